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

// Starts what is asked for; the block holds the processors and then the strings, behind them is room for the lists.
static void start(const struct clinux_launch *launch, char *block, const int *descriptors, int socket) {
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
  int init = -1;
  pid_t process = clinux_clone_program(&program, &init);
  struct clinux_started started = {.process = process, .error = process < 0 ? errno : 0};
  send_all(socket, &started, sizeof started, &init, process < 0 ? 0 : 1);
  if (process > 0) close(init);
}

// Takes one request; false when nobody asks any more.
static bool serve_one(int socket) {
  struct clinux_launch launch;
  int descriptors[clinux_launch_descriptors];
  size_t number = 0;
  if (receive_all(socket, &launch, sizeof launch, descriptors, clinux_launch_descriptors, &number) < 0) return false;
  // Not from the C library, whose locks another thread may have held when this process was made.
  size_t strings = (size_t)launch.paths + launch.arguments + launch.environment + launch.writable;
  size_t lists = (strings + 4) * sizeof(char *);
  size_t room = launch.block_size + lists;
  char *block = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  size_t none = 0;
  if (block == MAP_FAILED || receive_all(socket, block, launch.block_size, NULL, 0, &none) < 0) return false;
  start(&launch, block, descriptors, socket);
  munmap(block, room);
  for (size_t index = 0; index < number; index++) close(descriptors[index]);
  return true;
}

// Ends itself when the one who asks has ended, and with it, by their PR_SET_PDEATHSIG, all that it has started.
static void run_starter(int socket) {
  if (socket > 0) close_range(0, (unsigned)socket - 1, 0);
  close_range((unsigned)socket + 1, ~0U, 0);
  setsid();
  prctl(PR_SET_NAME, "twohost-starter", 0, 0, 0);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  // Once for all that it starts. Where that fails, it starts nothing.
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || clinux_filter_system_calls() < 0) _exit(1);
  // The kernel reaps those whose end is ignored.
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGCHLD, &ignore, NULL);
  while (serve_one(socket)) continue;
  _exit(0);
}

int clinux_make_starter(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return -1;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  struct clone_args arguments = {.exit_signal = SIGCHLD};
  // The system call: glibc's fork would run handlers and take locks that another thread may hold.
  pid_t process = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  if (process == 0) run_starter(ends[1]);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(ends[1]);
  if (process < 0) close(ends[0]);
  errno = error;
  return process < 0 ? -1 : ends[0];
}

// MARK: - The one who asks

pid_t clinux_ask_starter(
    int starter, const struct clinux_launch *launch, const void *block, const int *descriptors, int *init) {
  size_t number = launch->has_ready ? clinux_launch_descriptors : clinux_launch_descriptors - 1;
  if (send_all(starter, launch, sizeof *launch, descriptors, number) < 0) return -1;
  if (send_all(starter, block, launch->block_size, NULL, 0) < 0) return -1;
  struct clinux_started started;
  size_t came = 0;
  if (receive_all(starter, &started, sizeof started, init, 1, &came) < 0) return -1;
  errno = started.error;
  return started.process;
}
