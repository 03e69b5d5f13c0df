// SPDX-License-Identifier: Apache-2.0

#ifndef CLINUX_USERS_H
#define CLINUX_USERS_H

// nsswitch.conf(5): from now on this process looks users up in /etc/passwd alone.
void clinux_look_up_users_in_files(void);

#endif
