// SPDX-License-Identifier: Apache-2.0

// What the kernel does for no program under test, whatever its capabilities (seccomp(2)).

#ifndef CLINUX_SYSTEM_CALL_FILTER_H
#define CLINUX_SYSTEM_CALL_FILTER_H

// Refuses to the calling thread and all that comes of it, with EPERM, calls that change the machine itself or reach what
// it shares with a run: its kernel, modules, mounts, swap space, keys, BPF programs and performance counters, and typing
// on a terminal (TIOCSTI). Needs PR_SET_NO_NEW_PRIVS. Returns -1 and sets errno; a kernel without filters is no failure.
int clinux_filter_system_calls(void);

#endif
