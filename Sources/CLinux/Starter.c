// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "Starter.h"

#include "SystemCallFilter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// MARK: - What both ends do

// Room for the descriptors of one message.
union control {
  char bytes[CMSG_SPACE(clinux_launch_descriptors * sizeof(int))];
  struct cmsghdr alignment;
};

// Sends bytes, with descriptors at the first of them.
static int send_all(int socket, const void *bytes, size_t count, const int *descriptors, size_t number) {
  union control control = {0};
  const char *next = bytes;
  while (count > 0) {
    struct iovec vector = {.iov_base = (void *)next, .iov_len = count};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (number > 0) {
      message.msg_control = control.bytes;
      message.msg_controllen = CMSG_SPACE(number * sizeof(int));
      struct cmsghdr *header = CMSG_FIRSTHDR(&message);
      *header = (struct cmsghdr){CMSG_LEN(number * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
      memcpy(CMSG_DATA(header), descriptors, number * sizeof(int));
    }
    ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return -1;
    next += sent;
    count -= (size_t)sent;
    number = 0;
  }
  return 0;
}

// Receives just so many bytes, and the descriptors that come with them; EPIPE says that nobody sends any more.
static int receive_all(int socket, void *bytes, size_t count, int *descriptors, size_t most, size_t *number) {
  char *next = bytes;
  while (count > 0) {
    union control control;
    struct iovec vector = {.iov_base = next, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0 && errno == EINTR) continue;
    if (received == 0) errno = EPIPE;
    if (received <= 0) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
      size_t came = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      if (came > most) came = most;
      memcpy(descriptors, CMSG_DATA(header), came * sizeof(int));
      *number = came;
    }
    next += received;
    count -= (size_t)received;
  }
  return 0;
}

// MARK: - The starter

// Takes the next string of a block that holds them one behind the other.
static const char *next_string(const char **block) {
  const char *string = *block;
  *block += strlen(string) + 1;
  return string;
}

static void next_strings(const char **block, const char **list, uint32_t count) {
  for (uint32_t number = 0; number < count; number++) list[number] = next_string(block);
  list[count] = NULL;
}

// Runs what it is told to; the block holds the processors and then the strings, behind them is room for the lists.
static _Noreturn void run(const struct clinux_launch *launch, char *block, const int *descriptors) {
  const char *strings = block + launch->processors_size;
  const char **paths = (const char **)(block + launch->block_size);
  const char **arguments = paths + launch->paths + 1;
  const char **environment = arguments + launch->arguments + 1;
  const char **writable = environment + launch->environment + 1;
  next_strings(&strings, paths, launch->paths);
  next_strings(&strings, arguments, launch->arguments);
  next_strings(&strings, environment, launch->environment);
  next_strings(&strings, writable, launch->writable);
  struct clinux_program program = {
      .paths = paths,
      .arguments = (char *const *)arguments,
      .environment = (char *const *)environment,
      .directory = next_string(&strings),
      .writable = launch->writable > 0 ? writable : NULL,
      .user = launch->user,
      .group = launch->group,
      .capabilities = launch->capabilities,
      .processors = launch->processors_size > 0 ? block : NULL,
      .processors_size = launch->processors_size,
      .network = descriptors[0],
      .streams = {descriptors[1], descriptors[2], descriptors[3]},
      .news = descriptors[4],
      .failure = descriptors[5],
      .ready = launch->has_ready ? descriptors[6] : -1,
  };
  clinux_run_init(&program);
}

// Closes every descriptor but one.
static void close_all_but(int socket) {
  if (socket > 0) close_range(0, (unsigned)socket - 1, 0);
  close_range((unsigned)socket + 1, ~0U, 0);
}

// An init: gets ready while nobody waits for it, and is told what to run. Ends itself where nobody will tell it, or its
// program could do what none may.
static _Noreturn void await_launch(int socket, uint64_t capabilities, bool has_mounts) {
  close_all_but(socket);
  // Where that is refused, /proc stays as it was.
  if (has_mounts) mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  if (clinux_filter_system_calls() < 0) _exit(1);
  clinux_become_init(capabilities);
  struct clinux_launch launch;
  int descriptors[clinux_launch_descriptors];
  size_t number = 0;
  if (receive_all(socket, &launch, sizeof launch, descriptors, clinux_launch_descriptors, &number) < 0) _exit(1);
  // The kernel leaves out those for which there is no more room.
  if (number != (launch.has_ready ? clinux_launch_descriptors : clinux_launch_descriptors - 1)) _exit(1);
  // Not from the C library, whose locks another thread may have held when the starter was made.
  size_t strings = (size_t)launch.paths + launch.arguments + launch.environment + launch.writable;
  size_t lists = (strings + 4) * sizeof(char *);
  char *block = mmap(NULL, launch.block_size + lists, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  size_t none = 0;
  if (block == MAP_FAILED || receive_all(socket, block, launch.block_size, NULL, 0, &none) < 0) _exit(1);
  run(&launch, block, descriptors);
}

// Makes an init with an IPC namespace too: shared memory and queues (sysvipc(7), mq_overview(7)) would outlive every
// process. Mounts of its own let it have the /proc of its PID namespace. Returns its number and stores a descriptor of it
// (pidfd_open(2)), or returns -1 and sets errno.
static pid_t make_init(int socket, uint64_t capabilities, bool has_mounts, int *init) {
  struct clone_args arguments = {
      .flags = CLONE_NEWPID | CLONE_NEWIPC | CLONE_PIDFD | (has_mounts ? CLONE_NEWNS : 0),
      .pidfd = (uint64_t)(uintptr_t)init,
      .exit_signal = SIGCHLD};
  pid_t process = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  if (process == 0) await_launch(socket, capabilities, has_mounts);
  return process;
}

// Takes one request; false when nobody asks any more.
static bool serve_one(int socket, bool has_mounts) {
  uint64_t capabilities;
  size_t none = 0;
  if (receive_all(socket, &capabilities, sizeof capabilities, NULL, 0, &none) < 0) return false;
  int ends[2], given[2];
  struct clinux_started started = {.process = -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
    started.error = errno;
    return send_all(socket, &started, sizeof started, NULL, 0) == 0;
  }
  started.process = make_init(ends[1], capabilities, has_mounts, &given[0]);
  started.error = errno;
  given[1] = ends[0];
  bool is_made = started.process > 0;
  int sent = send_all(socket, &started, sizeof started, given, is_made ? 2 : 0);
  if (is_made) close(given[0]);
  close(ends[0]);
  close(ends[1]);
  return sent == 0;
}

// The system call: glibc's function does not touch the two signals that glibc keeps for itself, which posix_spawn(3)
// leaves ignored. All zeros is SIG_DFL, however the kernel lays the structure out.
static void reset_signals(void) {
  const uint64_t action[8] = {0};
  for (int number = 1; number <= 64; number++) syscall(SYS_rt_sigaction, number, action, NULL, sizeof(uint64_t));
}

// Ends itself when the one who asks has ended, and with it, by their PR_SET_PDEATHSIG, all that it has started.
static _Noreturn void run_starter(int socket, bool may_mount_proc) {
  close_all_but(socket);
  setsid();
  prctl(PR_SET_NAME, "twohost-starter", 0, 0, 0);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  // Once for all that it starts. Where that fails, it starts nothing.
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) _exit(1);
  // What is mounted here stays here; what the machine unmounts goes here too (mount_namespaces(7)).
  bool has_mounts = may_mount_proc && unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0;
  reset_signals();
  // The kernel reaps those whose end is ignored.
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGCHLD, &ignore, NULL);
  while (serve_one(socket, has_mounts)) continue;
  _exit(0);
}

int clinux_make_starter(bool may_mount_proc) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return -1;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  struct clone_args arguments = {.exit_signal = SIGCHLD};
  // The system call: glibc's fork would run handlers and take locks that another thread may hold.
  pid_t process = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  if (process == 0) run_starter(ends[1], may_mount_proc);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(ends[1]);
  if (process < 0) close(ends[0]);
  errno = error;
  return process < 0 ? -1 : ends[0];
}

// MARK: - The one who asks

int clinux_ask_for_init(int starter, uint64_t capabilities) {
  return send_all(starter, &capabilities, sizeof capabilities, NULL, 0);
}

pid_t clinux_await_init(int starter, int *init, int *socket) {
  struct clinux_started started;
  int given[2] = {-1, -1};
  size_t came = 0;
  if (receive_all(starter, &started, sizeof started, given, 2, &came) < 0) return -1;
  errno = started.error;
  if (started.process < 0) return -1;
  if (came != 2) {
    // The kernel leaves out those for which this process has no more room.
    for (size_t number = 0; number < came; number++) close(given[number]);
    errno = EMFILE;
    return -1;
  }
  *init = given[0];
  *socket = given[1];
  return started.process;
}

int clinux_launch_program(int socket, const struct clinux_launch *launch, const void *block, const int *descriptors) {
  size_t number = launch->has_ready ? clinux_launch_descriptors : clinux_launch_descriptors - 1;
  if (send_all(socket, launch, sizeof *launch, descriptors, number) < 0) return -1;
  return send_all(socket, block, launch->block_size, NULL, 0);
}
