// SPDX-License-Identifier: Apache-2.0

// The plain C pairs by which rates are measured: they send and receive in batches and look at nothing.

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

// UDP sockets of the calling thread's namespace: one that takes what comes to a port, and one that is connected to it.
int cbench_open_udp_receiver(uint16_t port);
int cbench_open_udp_sender(uint32_t destination, uint16_t port);

// A TCP socket of the calling thread's namespace that listens at a port, and one that is connected to it; -1 and errno.
int cbench_listen(uint16_t port);
int cbench_connect(uint32_t destination, uint16_t port);

// Sends `count` bytes, of which nobody cares what they are, on a connection while another thread accepts it and takes
// them, 256 KiB a call, until all are there. Returns the nanoseconds from the first call to the last byte, 0 and errno
// where it failed.
uint64_t cbench_stream(int sender, int listener, uint64_t count);

// Sends the same bytes `count` times by sendmmsg(2) while another thread takes them by recvmmsg(2), until all are
// there or nothing comes any more. Returns 0, or -1 and errno.
int cbench_measure(int sender, int receiver, const void *bytes, size_t length, uint64_t count,
                   struct cbench_rate *rate);

#endif
