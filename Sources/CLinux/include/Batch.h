// SPDX-License-Identifier: Apache-2.0

// sendmmsg(2) and recvmmsg(2), whose structure glibc declares for GNU sources only: a batch of packets of equal
// room, laid out once.

#ifndef CLINUX_BATCH_H
#define CLINUX_BATCH_H

#include <stddef.h>

struct clinux_batch;

// Packet i of `count` has `length` bytes from `bytes` + i * `stride` on, which must outlive the batch. NULL where
// there is no memory; free(3) frees it. With a protocol of 0 or more the batch is for receiving from a raw IPv6 socket
// of that: the first 40 of the bytes are the header, as far as the kernel tells it, and a flow label of 0 else.
struct clinux_batch *clinux_batch_make(
    void *bytes, size_t stride, size_t length, unsigned count, int protocol);

// Sends packets from `first` up to, not including, `end`: how many were taken, or -1 and errno.
int clinux_batch_send(struct clinux_batch *batch, int socket, unsigned first, unsigned end);

// Waits for one packet and takes all that are there: how many, or -1 and errno.
int clinux_batch_receive(struct clinux_batch *batch, int socket);

// The bytes that a packet which was received had; more than its room where it was cut, and 0 for the end.
unsigned clinux_batch_length(const struct clinux_batch *batch, unsigned index);

#endif
