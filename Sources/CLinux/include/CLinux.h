// SPDX-License-Identifier: Apache-2.0

// What Swift's Glibc module lacks: the kernel's structures, calls that glibc declares only for GNU sources,
// and macros, which Swift cannot call, as functions. No logic that Swift could hold.

#ifndef CLINUX_H
#define CLINUX_H

#include "Arguments.h"
#include "Batch.h"
#include "HostShell.h"
#include "Program.h"
#include "Starter.h"
#include "SystemCallFilter.h"
#include "Users.h"

#include <malloc.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/ethtool.h>
#include <linux/filter.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/inet_diag.h>
#include <linux/ip.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/veth.h>

// <fcntl.h>, <sched.h>, <sys/socket.h>: defined by expressions or for GNU sources only.
extern const int clinux_F_SETPIPE_SZ;
extern const int clinux_O_TMPFILE;
extern const int clinux_CLONE_NEWNET;
extern const int clinux_CLONE_NEWUSER;
extern const int clinux_SCM_TIMESTAMPNS;
extern const int clinux_IPV6_FLOWINFO;

// unshare(2), setns(2).
int clinux_unshare(int flags);
int clinux_setns(int descriptor, int kind);

// sched_getcpu(3), sched_getaffinity(2), sched_setaffinity(2): of the calling thread; `mask` holds `bytes`.
int clinux_getcpu(void);
long clinux_getaffinity(void *mask, size_t bytes);
long clinux_setaffinity(const void *mask, size_t bytes);

// ppoll(2), with the signal mask as it is.
int clinux_ppoll(struct pollfd *descriptors, size_t count, const struct timespec *timeout);

// strerrorname_np(3): the constant name of an error ("EPERM"), or NULL.
const char *clinux_errno_name(int error);

// ioctl(2) with SIOCETHTOOL: a command that takes one value, such as ETHTOOL_STSO.
int clinux_ethtool_set(int socket, const char *interface, uint32_t command, uint32_t value);

// accept4(2): the address of whoever connects is not told.
int clinux_accept4(int socket, int flags);

// getsockopt(2) with TCP_INFO, whose structure has fields of bits: some of its figures.
struct clinux_tcp_figures {
  uint32_t segments;
  uint32_t total_retransmissions;
  uint32_t out_of_order;
  uint32_t round_trip_microseconds;
  uint32_t congestion_window;
};
int clinux_tcp_figures(int socket, struct clinux_tcp_figures *figures);

// cmsg(3).
/* The layout of sockaddr_in6 and of in6_pktinfo, without unions, which Swift cannot copy byte by byte. */
struct clinux_sockaddr_in6 {
  uint16_t family;
  uint16_t port;
  uint32_t flow_information;
  uint64_t address[2];
  uint32_t scope;
} __attribute__((packed, aligned(4)));
struct clinux_in6_pktinfo {
  uint64_t address[2];
  uint32_t interface;
} __attribute__((packed, aligned(4)));

size_t clinux_cmsg_space(size_t length);
struct cmsghdr *clinux_cmsg_first(struct msghdr *message);
struct cmsghdr *clinux_cmsg_next(struct msghdr *message, struct cmsghdr *control);
void *clinux_cmsg_data(struct cmsghdr *control);
size_t clinux_cmsg_length(const struct cmsghdr *control);

#endif
