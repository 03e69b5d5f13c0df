// SPDX-License-Identifier: Apache-2.0

#include "Users.h"

#include <nss.h>

void clinux_look_up_users_in_files(void) { __nss_configure_lookup("passwd", "files"); }
