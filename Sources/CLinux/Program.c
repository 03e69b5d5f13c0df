// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "Program.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const rlim_t most_processes = 4096;
static const rlim_t most_files = 1024;
static const rlim_t most_file_bytes = 64 << 20;
// Where descriptors are out of the way of 0, 1 and 2.
static const int first_spare_descriptor = 10;

// MARK: - The program

static void fail(int descriptor, const char *call) {
  struct clinux_failure failure = {.error = errno};
  strncpy(failure.call, call, sizeof failure.call - 1);
  // If nobody reads it any more there is nobody to tell.
  ssize_t written = write(descriptor, &failure, sizeof failure);
  (void)written;
  _exit(127);
}

// Puts the streams at 0, 1 and 2, the way to tell of readiness at 3 and of failures behind that, and closes everything
// else.
static int arrange_descriptors(const struct clinux_program *program) {
  int given[] = {program->streams[0], program->streams[1], program->streams[2], program->ready};
  int kept = program->ready < 0 ? clinux_ready_descriptor : clinux_ready_descriptor + 1;
  int failure = fcntl(program->failure, F_DUPFD_CLOEXEC, first_spare_descriptor);
  int spare[4];
  for (int number = 0; number < kept; number++) {
    spare[number] = fcntl(given[number], F_DUPFD_CLOEXEC, first_spare_descriptor);
    if (spare[number] < 0) fail(program->failure, "fcntl(F_DUPFD_CLOEXEC)");
  }
  for (int number = 0; number < kept; number++) {
    if (dup2(spare[number], number) < 0) fail(failure, "dup2");
  }
  if (dup3(failure, kept, O_CLOEXEC) < 0) fail(failure, "dup3");
  if (close_range((unsigned)kept + 1, ~0U, 0) < 0) fail(kept, "close_range");
  return kept;
}

static int limit(int resource, rlim_t most) {
  struct rlimit now;
  if (getrlimit(resource, &now) < 0) return -1;
  if (now.rlim_max < most) most = now.rlim_max;
  return setrlimit(resource, &(struct rlimit){most, most});
}

// A limit of 0 keeps the kernel from writing a core, and 1 also from handing it to a program (core(5)).
static void set_core_limit(int failure) {
  if (setrlimit(RLIMIT_CORE, &(struct rlimit){1, 1}) < 0 && limit(RLIMIT_CORE, 0) < 0)
    fail(failure, "setrlimit(RLIMIT_CORE)");
}

static void set_limits(int failure) {
  set_core_limit(failure);
  if (limit(RLIMIT_NPROC, most_processes) < 0) fail(failure, "setrlimit(RLIMIT_NPROC)");
  if (limit(RLIMIT_NOFILE, most_files) < 0) fail(failure, "setrlimit(RLIMIT_NOFILE)");
  if (limit(RLIMIT_FSIZE, most_file_bytes) < 0) fail(failure, "setrlimit(RLIMIT_FSIZE)");
}

// Where memory runs out the kernel ends the program before whoever judges it, which can then say so (proc_pid_oom_score_adj(5)).
// Where there is no /proc the kernel chooses.
static void be_ended_first(void) {
  int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  ssize_t written = write(file, "1000", 4);
  (void)written;
  close(file);
}

static bool has(uint64_t capabilities, int number) { return capabilities >> number & 1; }

// The system calls: glibc's functions would change all threads of the parent, of which none is here, and wait for
// those that were just coming or going.
static void become(const struct clinux_program *program, int failure) {
  // Without CAP_SETGID the groups are the caller's, who could run the program with them anyhow.
  bool may_keep_groups = program->user == geteuid() || getgroups(0, NULL) == 0;
  if (syscall(SYS_setgroups, 0, NULL) < 0 && !(errno == EPERM && may_keep_groups)) fail(failure, "setgroups");
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) fail(failure, "prctl(PR_SET_KEEPCAPS)");
  if (syscall(SYS_setresgid, program->group, program->group, program->group) < 0) fail(failure, "setresgid");
  if (syscall(SYS_setresuid, program->user, program->user, program->user) < 0) fail(failure, "setresuid");
}

static void set_capabilities(uint64_t capabilities, int failure) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[2];
  for (int half = 0; half < 2; half++) {
    uint32_t bits = (uint32_t)(capabilities >> (32 * half));
    sets[half] = (struct __user_cap_data_struct){bits, bits, bits};
  }
  if (syscall(SYS_capset, &header, sets) < 0) fail(failure, "capset");
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0) fail(failure, "prctl(PR_CAP_AMBIENT)");
  for (int number = 0; number < 64; number++) {
    if (has(capabilities, number) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) < 0)
      fail(failure, "prctl(PR_CAP_AMBIENT)");
  }
}

// All that Landlock knows of changing files (landlock(7)): to write, remove, make, move and cut them, from
// LANDLOCK_ACCESS_FS_REMOVE_DIR to …_TRUNCATE; Linux 6.2 knows all of it.
static const uint64_t file_changes = 1 << 1 | 0x7ff << 4;

static void let_change_files(int domain, const char *folder) {
  const struct __attribute__((packed)) {
    uint64_t access;
    int32_t folder;
  } rule = {file_changes, open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC)};
  // Where there is no such folder, nothing can be changed in it.
  if (rule.folder < 0) return;
  syscall(SYS_landlock_add_rule, domain, 1, &rule, 0);
  close(rule.folder);
}

// A domain of Landlock: by /proc nobody gets at memory and descriptors of a process outside, not even of one of the same
// user in another case, and files are changed below some folders alone. Of what it can scope, abstract sockets are
// chosen, which a network namespace keeps apart anyhow. An older kernel does without the scope, or without any domain.
static void enter_domain(const struct clinux_program *program) {
  const struct {
    uint64_t files, ports, scopes;
  } rules = {.files = program->writable == NULL ? 0 : file_changes, .scopes = 1};
  int domain = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
  if (domain < 0) domain = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules.files, 0);
  if (domain < 0) return;
  for (const char *const *folder = program->writable; folder != NULL && *folder != NULL; folder++)
    let_change_files(domain, *folder);
  syscall(SYS_landlock_restrict_self, domain, 0);
  close(domain);
}

// Tries the paths in order; of what was wrong with several, that one may not be run says more than absence.
static void execute(const struct clinux_program *program, int failure) {
  int error = ENOENT;
  const char *call = "execve";
  for (const char *const *path = program->paths; *path != NULL; path++) {
    execve(*path, program->arguments, program->environment);
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
    // The file is there, and what it is to be run by is not.
    if (faccessat(AT_FDCWD, *path, F_OK, 0) == 0) call = "execve(interpreter)";
  }
  errno = error;
  fail(failure, error == ENOENT ? call : "execve");
}

static void run_program(const struct clinux_program *program) {
  be_ended_first();
  int failure = arrange_descriptors(program);
  if (setsid() < 0) fail(failure, "setsid");
  umask(022);
  set_limits(failure);
  become(program, failure);
  set_capabilities(program->capabilities, failure);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail(failure, "prctl(PR_SET_NO_NEW_PRIVS)");
  if (chdir(program->directory) < 0) fail(failure, "chdir");
  enter_domain(program);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execute(program, failure);
}

// MARK: - Its init

// Without CAP_SETPCAP, as in many containers, the set stays: no_new_privs keeps the program from gaining by it.
static void cut_bounding_set(uint64_t capabilities) {
  for (int number = 0; number < 64; number++) {
    // EPERM is said of all, and EINVAL of those that the kernel does not have, which are the last.
    if (!has(capabilities, number) && prctl(PR_CAPBSET_DROP, number, 0, 0, 0) < 0) return;
  }
}

// Reaps all that has ended; ends init when nobody is left, for the namespace is of no more use then.
static void reap(pid_t program, int news) {
  int status;
  pid_t ended;
  while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
    if (ended != program) continue;
    ssize_t written = write(news, &status, sizeof status);
    (void)written;
  }
  if (ended < 0) {
    // Before the rest of its end, which takes longer and which nobody has to wait for.
    close(news);
    _exit(0);
  }
}

// Closes every descriptor but two.
static void close_all_but(int one, int other) {
  unsigned low = one < other ? one : other, high = one < other ? other : one;
  if (low > 0) close_range(0, low - 1, 0);
  if (high > low + 1) close_range(low + 1, high - 1, 0);
  close_range(high + 1, ~0U, 0);
}

// Passes SIGTERM on to everybody, where it comes from outside: a sender there has no number inside.
static void take_signals(int signals) {
  struct signalfd_siginfo signal;
  while (read(signals, &signal, sizeof signal) == sizeof signal) {
    if (signal.ssi_signo == SIGTERM && signal.ssi_pid == 0) kill(-1, SIGTERM);
  }
}

// Returns never; ends itself when nobody is left, or nobody reads the news any more.
static _Noreturn void serve(pid_t program, int news, int signals) {
  for (;;) {
    reap(program, news);
    struct pollfd events[] = {{.fd = signals, .events = POLLIN}, {.fd = news}};
    if (poll(events, 2, -1) < 0) continue;
    // Whoever started this may have died before PR_SET_PDEATHSIG, while a child still had a copy of the readers' end.
    if (events[1].revents & POLLERR) _exit(1);
    take_signals(signals);
  }
}

void clinux_become_init(uint64_t capabilities) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  prctl(PR_SET_NAME, "twohost-init", 0, 0, 0);
  setsid();
  struct sigaction usual = {.sa_handler = SIG_DFL};
  sigaction(SIGCHLD, &usual, NULL);
  cut_bounding_set(capabilities);
}

// Signals are blocked and taken one by one: what the program sends to its init has no effect.
void clinux_run_init(const struct clinux_program *program) {
  if (setns(program->network, CLONE_NEWNET) < 0) fail(program->failure, "setns(CLONE_NEWNET)");
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGCHLD);
  sigaddset(&awaited, SIGTERM);
  int signals = signalfd(-1, &awaited, SFD_NONBLOCK | SFD_CLOEXEC);
  if (signals < 0) fail(program->failure, "signalfd");
  // Before the child is made, which the kernel then puts where there is nothing else to do. They were in force a moment
  // ago; where the machine has lost them since, the kernel has set new ones.
  if (program->processors != NULL) syscall(SYS_sched_setaffinity, 0, program->processors_size, program->processors);
  // The child uses this memory until it runs the program, which is faster than to copy it.
  pid_t child = vfork();
  if (child == 0) run_program(program);
  if (child < 0) fail(program->failure, "vfork");
  // The way to tell of failures last: whoever awaits its end knows that a pipe that the program closes is closed.
  for (int number = 0; number < 3; number++) close(program->streams[number]);
  if (program->ready >= 0) close(program->ready);
  close_all_but(program->news, signals);
  serve(child, program->news, signals);
}

// MARK: - Beside it

int clinux_landlock_version(void) { return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1); }

int clinux_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }

int clinux_pidfd_send_signal(int process, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, process, signal, NULL, 0);
}

int clinux_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int clinux_pidfd_getfd(int process, int descriptor) {
  return (int)syscall(SYS_pidfd_getfd, process, descriptor, 0);
}

const char *clinux_signal_name(int number) { return sigabbrev_np(number); }

ssize_t clinux_write_without_signal(int pipe, const void *bytes, size_t count) {
  sigset_t broken, before;
  sigemptyset(&broken);
  sigaddset(&broken, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken, &before);
  ssize_t written = write(pipe, bytes, count);
  int error = errno;
  if (written < 0 && error == EPIPE && !sigismember(&before, SIGPIPE))
    sigtimedwait(&broken, NULL, &(struct timespec){0});
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return written;
}
