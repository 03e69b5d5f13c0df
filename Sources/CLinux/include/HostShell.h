// SPDX-License-Identifier: Apache-2.0

// A command of a person's own in a host, with the terminal that it is called from.

#ifndef CLINUX_HOST_SHELL_H
#define CLINUX_HOST_SHELL_H

#include <sys/types.h>

// Starts a command in a network namespace, and where one is given in a user namespace, in which the calling process is
// then too, so that it may have no second thread. The command has a PID namespace of its own with its /proc, the network
// namespace's /sys, and a host name; it and all that it starts end with the init of that namespace, and that with the
// calling process. Its status is the init's: of a signal, 128 and its number; 126 or 127 where it could not be run.
//
// Stores a descriptor of init (pidfd_open(2)) and returns its number, or -1 and sets errno.
pid_t clinux_start_in_host(
    int user, int network, const char *host, char *const *arguments, char *const *environment, int *process);

#endif
