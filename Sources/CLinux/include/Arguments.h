// SPDX-License-Identifier: Apache-2.0

#ifndef CLINUX_ARGUMENTS_H
#define CLINUX_ARGUMENTS_H

// The words that this process was called with, its name first.
struct clinux_arguments {
  int count;
  char **words;
};

// Swift's own come from /proc, which may not be mounted.
struct clinux_arguments clinux_arguments(void);

#endif
