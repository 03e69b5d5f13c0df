// SPDX-License-Identifier: Apache-2.0

// The plain C pairs by which packet rates are measured: they send and receive in batches and look at nothing.

#ifndef CBENCH_H
#define CBENCH_H

#include <stddef.h>
#include <stdint.h>

// What became of the packets of one measurement.
struct cbench_rate {
  uint64_t received;
  // From before the first was sent until after the last was received.
  uint64_t nanoseconds;
};

// Sockets of the calling thread's namespace; -1 and errno where there is none. IPv4 protocol 253, addresses in
// network byte order.
int cbench_open_receiver(void);
int cbench_open_raw_sender(uint32_t destination);
// A packet socket whose frames bypass the queueing discipline (PACKET_QDISC_BYPASS, packet(7)).
int cbench_open_frame_sender(int link);

// Sends the same bytes `count` times by sendmmsg(2) while another thread takes them by recvmmsg(2), until all are
// there or nothing comes any more. Returns 0, or -1 and errno.
int cbench_measure(int sender, int receiver, const void *bytes, size_t length, uint64_t count,
                   struct cbench_rate *rate);

#endif
