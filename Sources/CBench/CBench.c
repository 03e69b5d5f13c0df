// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CBench.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_packet.h>

enum { protocol = 253, batch = 64, longest = 256, room = 64 << 20, silence_microseconds = 300000 };

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

// Closes a socket that could not be set up, and keeps the error.
static int close_for_error(int socket) {
  int error = errno;
  close(socket);
  errno = error;
  return -1;
}

int cbench_open_receiver(void) {
  int opened = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (opened < 0) return -1;
  int bytes = room;
  struct timeval silence = {.tv_usec = silence_microseconds};
  if (setsockopt(opened, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) ||
      setsockopt(opened, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence))
    return close_for_error(opened);
  return opened;
}

int cbench_open_raw_sender(uint32_t destination) {
  int opened = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (opened < 0) return -1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = destination};
  if (connect(opened, (struct sockaddr *)&address, sizeof address)) return close_for_error(opened);
  return opened;
}

int cbench_open_frame_sender(int link) {
  int opened = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (opened < 0) return -1;
  int yes = 1;
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = link};
  if (setsockopt(opened, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes) ||
      bind(opened, (struct sockaddr *)&address, sizeof address))
    return close_for_error(opened);
  return opened;
}

static struct sockaddr_in address_of(uint32_t address, uint16_t port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = address};
}

int cbench_open_udp_receiver(uint16_t port) {
  int opened = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (opened < 0) return -1;
  int bytes = room;
  struct timeval silence = {.tv_usec = silence_microseconds};
  struct sockaddr_in own = address_of(htonl(INADDR_ANY), port);
  if (setsockopt(opened, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) ||
      setsockopt(opened, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence) ||
      bind(opened, (struct sockaddr *)&own, sizeof own))
    return close_for_error(opened);
  return opened;
}

static int open_connected(int type, uint32_t destination, uint16_t port) {
  int opened = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (opened < 0) return -1;
  struct sockaddr_in address = address_of(destination, port);
  if (connect(opened, (struct sockaddr *)&address, sizeof address)) return close_for_error(opened);
  return opened;
}

int cbench_open_udp_sender(uint32_t destination, uint16_t port) {
  return open_connected(SOCK_DGRAM, destination, port);
}

int cbench_connect(uint32_t destination, uint16_t port) {
  return open_connected(SOCK_STREAM, destination, port);
}

int cbench_listen(uint16_t port) {
  int opened = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (opened < 0) return -1;
  struct sockaddr_in own = address_of(htonl(INADDR_ANY), port);
  if (bind(opened, (struct sockaddr *)&own, sizeof own) || listen(opened, 1)) return close_for_error(opened);
  return opened;
}

enum { piece = 1 << 18 };

struct taking {
  int listener;
  uint64_t count;
  uint64_t end;
  int error;
};

static void *take(void *argument) {
  struct taking *taking = argument;
  static char bytes[piece];
  int connection = accept(taking->listener, NULL, NULL);
  if (connection < 0) {
    taking->error = errno;
    return NULL;
  }
  uint64_t taken = 0;
  while (taken < taking->count) {
    ssize_t length = recv(connection, bytes, piece, 0);
    if (length > 0) {
      taken += (uint64_t)length;
    } else if (length == 0 || errno != EINTR) {
      taking->error = length == 0 ? EPIPE : errno;
      break;
    }
  }
  taking->end = now();
  close(connection);
  return NULL;
}

uint64_t cbench_stream(int sender, int listener, uint64_t count) {
  static const char bytes[piece];
  struct taking taking = {.listener = listener, .count = count};
  pthread_t thread;
  int error = pthread_create(&thread, NULL, take, &taking);
  if (error) {
    errno = error;
    return 0;
  }
  uint64_t start = now();
  for (uint64_t sent = 0; sent < count && !error;) {
    uint64_t rest = count - sent;
    ssize_t length = send(sender, bytes, rest < piece ? rest : piece, MSG_NOSIGNAL);
    if (length > 0) {
      sent += (uint64_t)length;
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  // Where not all could be sent, the other thread sees the end.
  if (error) shutdown(sender, SHUT_RDWR);
  pthread_join(thread, NULL);
  if (!error && !taking.error) return taking.end - start;
  errno = error ? error : taking.error;
  return 0;
}

struct receiving {
  int socket;
  uint64_t count;
  uint64_t received;
  uint64_t end;
  int error;
  atomic_bool is_sent;
};

static void *receive(void *argument) {
  struct receiving *receiving = argument;
  char bytes[batch][longest];
  struct iovec vectors[batch];
  struct mmsghdr messages[batch];
  for (int i = 0; i < batch; i++) {
    vectors[i] = (struct iovec){.iov_base = bytes[i], .iov_len = longest};
    messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &vectors[i], .msg_iovlen = 1}};
  }
  while (receiving->received < receiving->count) {
    bool was_sent = atomic_load(&receiving->is_sent);
    int taken = recvmmsg(receiving->socket, messages, batch, MSG_WAITFORONE, NULL);
    if (taken > 0) {
      receiving->received += (uint64_t)taken;
      receiving->end = now();
    } else if (errno == EAGAIN) {
      // Silence after the last was sent: what is not there is lost.
      if (was_sent) break;
    } else if (errno != EINTR) {
      receiving->error = errno;
      break;
    }
  }
  return NULL;
}

static int send_all(int sender, const void *packet, size_t length, uint64_t count) {
  struct iovec vector = {.iov_base = (void *)packet, .iov_len = length};
  struct mmsghdr messages[batch];
  for (int i = 0; i < batch; i++) {
    messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &vector, .msg_iovlen = 1}};
  }
  for (uint64_t sent = 0; sent < count;) {
    uint64_t rest = count - sent;
    int taken = sendmmsg(sender, messages, rest < batch ? (unsigned)rest : batch, 0);
    if (taken > 0) {
      sent += (uint64_t)taken;
    } else if (errno == ENOBUFS) {
      sent += 1;  // the kernel dropped it, and so it counts as lost
    } else if (errno != EINTR) {
      return -1;
    }
  }
  return 0;
}

int cbench_measure(int sender, int receiver, const void *bytes, size_t length, uint64_t count,
                   struct cbench_rate *rate) {
  struct receiving receiving = {.socket = receiver, .count = count};
  pthread_t thread;
  int error = pthread_create(&thread, NULL, receive, &receiving);
  if (error) {
    errno = error;
    return -1;
  }
  uint64_t start = now();
  int result = send_all(sender, bytes, length, count);
  error = errno;
  atomic_store(&receiving.is_sent, true);
  pthread_join(thread, NULL);
  *rate = (struct cbench_rate){
      .received = receiving.received,
      .nanoseconds = receiving.end > start ? receiving.end - start : 0,
  };
  if (!result && !receiving.error) return 0;
  errno = result ? error : receiving.error;
  return -1;
}
