// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "Batch.h"

#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "CLinux.h"

// The length of an IPv6 header (RFC 8200, section 3).
enum { HEADER = 40 };

// What the kernel tells of a packet beside its bytes.
struct told {
  struct sockaddr_in6 source;
  union {
    char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + 2 * CMSG_SPACE(sizeof(int))];
    struct cmsghdr aligned;
  } control;
};

struct clinux_batch {
  unsigned count;
  int protocol;
  struct iovec *vectors;
  struct told *told;
  struct mmsghdr messages[];
};

struct clinux_batch *clinux_batch_make(
    void *bytes, size_t stride, size_t length, unsigned count, int protocol) {
  size_t told = protocol < 0 ? 0 : sizeof(struct told);
  size_t each = sizeof(struct mmsghdr) + sizeof(struct iovec) + told;
  struct clinux_batch *batch = calloc(1, sizeof *batch + count * each);
  if (!batch) return NULL;
  batch->count = count;
  batch->protocol = protocol;
  batch->vectors = (struct iovec *)&batch->messages[count];
  if (told) batch->told = (struct told *)&batch->vectors[count];
  size_t header = told ? HEADER : 0;
  for (unsigned i = 0; i < count; i++) {
    batch->vectors[i] =
        (struct iovec){.iov_base = (char *)bytes + i * stride + header, .iov_len = length - header};
    batch->messages[i].msg_hdr = (struct msghdr){.msg_iov = &batch->vectors[i], .msg_iovlen = 1};
  }
  return batch;
}

int clinux_batch_send(struct clinux_batch *batch, int socket, unsigned first, unsigned end) {
  return sendmmsg(socket, &batch->messages[first], end - first, 0);
}

static void make_room(struct clinux_batch *batch) {
  for (unsigned i = 0; i < batch->count; i++) {
    struct msghdr *message = &batch->messages[i].msg_hdr;
    message->msg_name = &batch->told[i].source;
    message->msg_namelen = sizeof batch->told[i].source;
    message->msg_control = &batch->told[i].control;
    message->msg_controllen = sizeof batch->told[i].control.bytes;
  }
}

// Writes the header of a packet before what follows it.
static void write_header(struct clinux_batch *batch, unsigned index) {
  struct msghdr *message = &batch->messages[index].msg_hdr;
  uint8_t *header = (uint8_t *)batch->vectors[index].iov_base - HEADER;
  uint32_t first = htonl(6u << 28), information = 0;
  uint16_t length = htons((uint16_t)batch->messages[index].msg_len);
  memset(header, 0, HEADER);
  memcpy(header + 4, &length, sizeof length);
  header[6] = (uint8_t)batch->protocol;
  memcpy(header + 8, &batch->told[index].source.sin6_addr, 16);
  for (struct cmsghdr *told = CMSG_FIRSTHDR(message); told; told = CMSG_NXTHDR(message, told)) {
    if (told->cmsg_level != IPPROTO_IPV6) continue;
    int number;
    if (told->cmsg_type == IPV6_PKTINFO) {
      memcpy(header + 24, CMSG_DATA(told), 16);
    } else if (told->cmsg_type == IPV6_HOPLIMIT) {
      memcpy(&number, CMSG_DATA(told), sizeof number);
      header[7] = (uint8_t)number;
    } else if (told->cmsg_type == clinux_IPV6_FLOWINFO) {
      memcpy(&information, CMSG_DATA(told), sizeof information);
    }
  }
  first |= information;
  memcpy(header, &first, sizeof first);
}

int clinux_batch_receive(struct clinux_batch *batch, int socket) {
  if (batch->told) make_room(batch);
  int count = recvmmsg(socket, batch->messages, batch->count, MSG_WAITFORONE | MSG_TRUNC, NULL);
  for (int i = 0; batch->told && i < count; i++) write_header(batch, (unsigned)i);
  return count;
}

unsigned clinux_batch_length(const struct clinux_batch *batch, unsigned index) {
  const struct mmsghdr *message = &batch->messages[index];
  if (!batch->told) return message->msg_len;
  // The end has no sender.
  return message->msg_hdr.msg_namelen ? message->msg_len + HEADER : 0;
}
