// SPDX-License-Identifier: Apache-2.0

// The process that starts programs under test. It has none of a run's descriptors, so that no child of it holds a copy
// of one between clone(2) and execve(2), and it is small, so that a child of it is made fast.
//
// A program's init is made before anybody knows what it will run: it waits at a socket for a launch.

#ifndef CLINUX_STARTER_H
#define CLINUX_STARTER_H

#include "Program.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// How many descriptors go with a request: of the network namespace, of standard input, output and error, of the news,
// of the way to tell of failures, and where there is one, of the way to tell that the program is ready.
enum { clinux_launch_descriptors = 7 };

// A program that is to be started. Behind it goes a block of bytes: the processors on which it may run, as
// sched_setaffinity(2) takes them, and the strings, each with its NUL: paths, arguments, environment, writable folders,
// directory.
struct clinux_launch {
  uint32_t paths, arguments, environment, writable;  // how many of each; without writable ones all folders are
  uint32_t processors_size;                // in bytes; 0 for those of the starter
  uint64_t block_size;                     // in bytes; a multiple of 8
  uint64_t capabilities;                   // a bit for each, by the kernel's numbers
  uid_t user;
  gid_t group;
  uint32_t has_ready;
};

// What came of asking for an init.
struct clinux_started {
  pid_t process;
  int32_t error;
};

// Makes a starter, which ends when the socket to it is closed, and everything that it has started with it. What it starts
// has the /proc of its own PID namespace where that may be mounted and can be. Returns the socket, or -1 and sets errno.
int clinux_make_starter(bool may_mount_proc);

// Asks a starter for an init whose program has these capabilities at most; does not wait for it.
int clinux_ask_for_init(int starter, uint64_t capabilities);

// Awaits the first init that was asked for and has not come. Returns its number and stores a descriptor of it
// (pidfd_open(2)) and the socket at which it waits: it ends when that is closed. Returns -1 and sets errno where it could
// not be made, to EPIPE where the starter has ended.
pid_t clinux_await_init(int starter, int *init, int *socket);

// Has an init that waits start a program, with the capabilities that it was asked for. Returns -1 and sets errno, to EPIPE
// where it has ended.
int clinux_launch_program(int socket, const struct clinux_launch *launch, const void *block, const int *descriptors);

#endif
