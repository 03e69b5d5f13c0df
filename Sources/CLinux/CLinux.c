// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

const int clinux_F_SETPIPE_SZ = F_SETPIPE_SZ;
const int clinux_O_TMPFILE = O_TMPFILE;
const int clinux_CLONE_NEWNET = CLONE_NEWNET;
const int clinux_CLONE_NEWUSER = CLONE_NEWUSER;
const int clinux_SCM_TIMESTAMPNS = SCM_TIMESTAMPNS;
/* <linux/in6.h> has it, which does not go together with <netinet/in.h>. */
const int clinux_IPV6_FLOWINFO = 11;

int clinux_unshare(int flags) { return unshare(flags); }

int clinux_setns(int descriptor, int kind) { return setns(descriptor, kind); }

int clinux_getcpu(void) { return sched_getcpu(); }

// The system calls, not glibc's wrappers: they take masks of any size, and the first says how much it wrote.
long clinux_getaffinity(void *mask, size_t bytes) {
  return syscall(SYS_sched_getaffinity, 0, bytes, mask);
}

long clinux_setaffinity(const void *mask, size_t bytes) {
  return syscall(SYS_sched_setaffinity, 0, bytes, mask);
}

int clinux_ppoll(struct pollfd *descriptors, size_t count, const struct timespec *timeout) {
  return ppoll(descriptors, count, timeout, NULL);
}

const char *clinux_errno_name(int error) { return strerrorname_np(error); }

int clinux_ethtool_set(int socket, const char *interface, uint32_t command, uint32_t value) {
  struct ethtool_value setting = {.cmd = command, .data = value};
  struct ifreq request = {.ifr_data = (char *)&setting};
  strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
  return ioctl(socket, SIOCETHTOOL, &request);
}

int clinux_accept4(int socket, int flags) { return accept4(socket, NULL, NULL, flags); }

int clinux_tcp_figures(int socket, struct clinux_tcp_figures *figures) {
  struct tcp_info info = {0};
  socklen_t length = sizeof info;
  int result = getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length);
  figures->segments = info.tcpi_segs_out;
  figures->total_retransmissions = info.tcpi_total_retrans;
  figures->out_of_order = info.tcpi_rcv_ooopack;
  figures->round_trip_microseconds = info.tcpi_rtt;
  figures->congestion_window = info.tcpi_snd_cwnd;
  return result;
}

_Static_assert(sizeof(struct clinux_sockaddr_in6) == sizeof(struct sockaddr_in6), "the layout is that of sockaddr_in6");
_Static_assert(sizeof(struct clinux_in6_pktinfo) == sizeof(struct in6_pktinfo), "the layout is that of in6_pktinfo");

size_t clinux_cmsg_space(size_t length) { return CMSG_SPACE(length); }

struct cmsghdr *clinux_cmsg_first(struct msghdr *message) { return CMSG_FIRSTHDR(message); }

struct cmsghdr *clinux_cmsg_next(struct msghdr *message, struct cmsghdr *control) {
  return CMSG_NXTHDR(message, control);
}

void *clinux_cmsg_data(struct cmsghdr *control) { return CMSG_DATA(control); }

size_t clinux_cmsg_length(const struct cmsghdr *control) { return control->cmsg_len - CMSG_LEN(0); }
