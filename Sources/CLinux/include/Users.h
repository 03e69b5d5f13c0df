// SPDX-License-Identifier: Apache-2.0

#ifndef CLINUX_USERS_H
#define CLINUX_USERS_H

#include <sys/types.h>

// nsswitch.conf(5): from now on this process looks users up in /etc/passwd alone.
void clinux_look_up_users_in_files(void);

// What a thread had before it took the rights of another user to files.
struct clinux_file_rights {
  uid_t user;
  gid_t group;
  // The supplementary groups; none were changed where there are fewer than 0.
  int groups_count;
  gid_t groups[1024];
};

// Gives this thread alone the rights to files of a user and a group, and of no other group (setfsuid(2), setgroups(2));
// whatever of it may not be changed stays.
struct clinux_file_rights clinux_take_file_rights(uid_t user, gid_t group);

// Gives this thread back what it had.
void clinux_give_back_file_rights(struct clinux_file_rights before);

#endif
