// SPDX-License-Identifier: Apache-2.0

#include "Version.h"

#ifndef TWOHOST_COMMIT
#define TWOHOST_COMMIT ""
#endif

const char *cversion_commit(void) { return TWOHOST_COMMIT; }
