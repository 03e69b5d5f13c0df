// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "HostShell.h"

#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// What a terminal sends to all who are called from it.
static const int terminal_signals[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGHUP};

static void handle_terminal_signals(void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};
  for (size_t index = 0; index < sizeof terminal_signals / sizeof *terminal_signals; index++)
    sigaction(terminal_signals[index], &action, NULL);
}

// Where a mount is refused, as in containers, the machine's is seen.
static void mount_own_views(void) {
  if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) return;
  mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL);
}

static _Noreturn void run_command(char *const *arguments, char *const *environment) {
  handle_terminal_signals(SIG_DFL);
  struct sigaction usual = {.sa_handler = SIG_DFL};
  sigaction(SIGPIPE, &usual, NULL);
  sigaction(SIGXFSZ, &usual, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execvpe(arguments[0], arguments, environment);
  int error = errno;
  dprintf(STDERR_FILENO, "twohost: %s: %s\n", arguments[0], strerror(error));
  _exit(error == ENOENT ? 127 : 126);
}

// Reaps all that ends, until the command has ended: what it left running ends with its namespace.
static _Noreturn void serve(pid_t command) {
  for (;;) {
    int status;
    pid_t ended = waitpid(-1, &status, 0);
    if (ended < 0 && errno == EINTR) continue;
    if (ended == command || ended < 0) _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  }
}

static _Noreturn void run_init(int caller, const char *host, char *const *arguments, char *const *environment) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  // Whoever called may have ended before that.
  if (poll(&(struct pollfd){.fd = caller, .events = POLLIN}, 1, 0) != 0) _exit(1);
  prctl(PR_SET_NAME, "twohost-init", 0, 0, 0);
  handle_terminal_signals(SIG_IGN);
  sethostname(host, strlen(host));
  mount_own_views();
  pid_t command = fork();
  if (command == 0) run_command(arguments, environment);
  if (command < 0) _exit(126);
  serve(command);
}

pid_t clinux_start_in_host(
    int user, int network, const char *host, char *const *arguments, char *const *environment, int *process) {
  if (user >= 0 && setns(user, CLONE_NEWUSER) < 0) return -1;
  if (setns(network, CLONE_NEWNET) < 0) return -1;
  struct clone_args flags = {
      .flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_PIDFD,
      .pidfd = (uint64_t)(uintptr_t)process,
      .exit_signal = SIGCHLD};
  int caller = (int)syscall(SYS_pidfd_open, getpid(), 0);
  if (caller < 0) return -1;
  pid_t init = (pid_t)syscall(SYS_clone3, &flags, sizeof flags);
  if (init == 0) run_init(caller, host, arguments, environment);
  int error = errno;
  close(caller);
  errno = error;
  return init;
}
