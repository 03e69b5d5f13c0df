// SPDX-License-Identifier: Apache-2.0

// A program under test from its init's beginning to execve(2).

#ifndef CLINUX_PROGRAM_H
#define CLINUX_PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What is started, and with what rights.
struct clinux_program {
  const char *const *paths;  // tried in order, as a shell goes through PATH; NULL at the end
  char *const *arguments;    // NULL at the end
  char *const *environment;  // NULL at the end
  const char *directory;
  const char *const *writable;  // below these folders alone may it change files; NULL at the end, or for no such limit
  uid_t user;
  gid_t group;
  uint64_t capabilities;  // a bit for each, by the kernel's numbers
  const void *processors;  // on which it may run, as sched_setaffinity(2) takes them; NULL for those of the caller
  size_t processors_size;  // in bytes
  int network;             // the network namespace that it runs in
  int streams[3];          // the program's ends of standard input, output and error
  int news;                // where init writes the program's wait status; closed when nobody is left
  int failure;             // where the child tells what failed before execve(2); closed by execve(2)
  int ready;               // where the program tells that it is ready; -1 where it has other ways
};

// What failed before the program ran.
struct clinux_failure {
  int32_t error;
  char call[28];
};

// Where a program finds the descriptor by which it tells that it is ready.
enum { clinux_ready_descriptor = 3 };

// Makes the calling process, which is the first of a new PID namespace and blocks all signals, the init of a program that
// has these capabilities at most: all of it that can be done before the program is known.
void clinux_become_init(uint64_t capabilities);

// Runs a program as a child of the calling process, its init; returns never.
_Noreturn void clinux_run_init(const struct clinux_program *program);

// The version of Landlock that the kernel has (landlock_create_ruleset(2)), or -1 and errno where it has none.
int clinux_landlock_version(void);

// pipe2(2) with O_CLOEXEC.
int clinux_pipe(int *ends);

// pidfd_send_signal(2).
int clinux_pidfd_send_signal(int process, int signal);

// pidfd_open(2) and pidfd_getfd(2): a copy of another process's descriptor.
int clinux_pidfd_open(pid_t process);
int clinux_pidfd_getfd(int process, int descriptor);

// sigabbrev_np(3): the name of a signal without "SIG", or NULL.
const char *clinux_signal_name(int number);

// write(2) to a pipe, without the signal SIGPIPE where nobody reads it.
ssize_t clinux_write_without_signal(int pipe, const void *bytes, size_t count);

#endif
