// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "Batch.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

struct clinux_batch {
  unsigned count;
  struct iovec *vectors;
  struct mmsghdr messages[];
};

struct clinux_batch *clinux_batch_make(void *bytes, size_t stride, size_t length, unsigned count) {
  size_t each = sizeof(struct mmsghdr) + sizeof(struct iovec);
  struct clinux_batch *batch = calloc(1, sizeof *batch + count * each);
  if (!batch) return NULL;
  batch->count = count;
  batch->vectors = (struct iovec *)&batch->messages[count];
  for (unsigned i = 0; i < count; i++) {
    batch->vectors[i] = (struct iovec){.iov_base = (char *)bytes + i * stride, .iov_len = length};
    batch->messages[i].msg_hdr = (struct msghdr){.msg_iov = &batch->vectors[i], .msg_iovlen = 1};
  }
  return batch;
}

int clinux_batch_send(struct clinux_batch *batch, int socket, unsigned first, unsigned end) {
  return sendmmsg(socket, &batch->messages[first], end - first, 0);
}

int clinux_batch_receive(struct clinux_batch *batch, int socket) {
  return recvmmsg(socket, batch->messages, batch->count, MSG_WAITFORONE | MSG_TRUNC, NULL);
}

unsigned clinux_batch_length(const struct clinux_batch *batch, unsigned index) {
  return batch->messages[index].msg_len;
}
