// SPDX-License-Identifier: Apache-2.0

#include "Arguments.h"

#include <stdlib.h>
#include <unistd.h>

static struct clinux_arguments kept;

// Before Swift's runtime begins: where nothing is mounted at /proc it would look there for itself, in order to find the
// program that explains crashes, and abort.
__attribute__((constructor(101))) static void begin(int count, char **words) {
  kept = (struct clinux_arguments){count, words};
  if (access("/proc/self/exe", F_OK) < 0) setenv("SWIFT_BACKTRACE", "enable=no,swift-backtrace=/", 1);
}

struct clinux_arguments clinux_arguments(void) {
  return kept;
}
