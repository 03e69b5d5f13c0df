// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "Users.h"

#include <nss.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

void clinux_look_up_users_in_files(void) { __nss_configure_lookup("passwd", "files"); }

// The system call, which changes the calling thread alone: the C library would change all of them.
static int set_groups(int count, const gid_t *groups) { return (int)syscall(SYS_setgroups, count, groups); }

struct clinux_file_rights clinux_take_file_rights(uid_t user, gid_t group) {
  struct clinux_file_rights before;
  before.groups_count = getgroups(sizeof before.groups / sizeof before.groups[0], before.groups);
  // They are given up also where they are too many to be given back.
  if (set_groups(0, NULL) < 0) before.groups_count = -1;
  before.group = (gid_t)setfsgid(group);
  before.user = (uid_t)setfsuid(user);
  return before;
}

void clinux_give_back_file_rights(struct clinux_file_rights before) {
  setfsuid(before.user);
  setfsgid(before.group);
  if (before.groups_count >= 0) set_groups(before.groups_count, before.groups);
}
