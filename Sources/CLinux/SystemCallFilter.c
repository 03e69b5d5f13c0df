// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "SystemCallFilter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
#define REFUSE RETURN(SECCOMP_RET_ERRNO | EPERM)
#define REFUSE_IF(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), REFUSE
// The low half of an argument: both architectures here are little-endian.
#define REFUSE_IOCTLS(number) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 6), LOAD(args[1]), REFUSE_IF(TIOCSTI), REFUSE_IF(TIOCLINUX), \
      RETURN(SECCOMP_RET_ALLOW)
// Calls that are younger than the numbers that all architectures share: open_tree, move_mount, fsopen, fsconfig,
// fsmount, fspick, mount_setattr, open_tree_attr.
#define REFUSE_NEW_MOUNTS \
  REFUSE_IF(428), REFUSE_IF(429), REFUSE_IF(430), REFUSE_IF(431), REFUSE_IF(432), REFUSE_IF(433), REFUSE_IF(442), \
      REFUSE_IF(467)
#define IF_ARCHITECTURE(architecture, length) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 0, (length) / sizeof(struct sock_filter))

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#error "the numbers of this architecture's system calls are to be checked"
#endif

// Each list begins behind the load of the number, and ends by allowing what it does not name.
static const struct sock_filter native[] = {
    LOAD(nr),
#if defined(__x86_64__)
    // The calls of x32, which have numbers of their own.
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x40000000, 0, 1),
    REFUSE,
#endif
    REFUSE_IF(__NR_kexec_load),
    REFUSE_IF(__NR_kexec_file_load),
    REFUSE_IF(__NR_init_module),
    REFUSE_IF(__NR_finit_module),
    REFUSE_IF(__NR_delete_module),
    REFUSE_IF(__NR_reboot),
    REFUSE_IF(__NR_swapon),
    REFUSE_IF(__NR_swapoff),
    REFUSE_IF(__NR_bpf),
    REFUSE_IF(__NR_perf_event_open),
    REFUSE_IF(__NR_keyctl),
    REFUSE_IF(__NR_add_key),
    REFUSE_IF(__NR_request_key),
    REFUSE_IF(__NR_mount),
    REFUSE_IF(__NR_umount2),
    REFUSE_IF(__NR_pivot_root),
    REFUSE_IF(__NR_open_by_handle_at),
    REFUSE_NEW_MOUNTS,
    REFUSE_IOCTLS(__NR_ioctl),
    RETURN(SECCOMP_RET_ALLOW),
};

#if defined(__x86_64__)
// The same calls by the numbers of 32-bit programs (arch/x86/entry/syscalls/syscall_32.tbl), in the same order; umount
// has one of its own there.
static const struct sock_filter compatible[] = {
    LOAD(nr),       REFUSE_IF(283), REFUSE_IF(128), REFUSE_IF(350), REFUSE_IF(129), REFUSE_IF(88),
    REFUSE_IF(87),  REFUSE_IF(115), REFUSE_IF(357), REFUSE_IF(336), REFUSE_IF(288), REFUSE_IF(286),
    REFUSE_IF(287), REFUSE_IF(21),  REFUSE_IF(22),  REFUSE_IF(52),  REFUSE_IF(217), REFUSE_IF(342),
    REFUSE_NEW_MOUNTS,              REFUSE_IOCTLS(54),              RETURN(SECCOMP_RET_ALLOW),
};
#define COMPATIBLE AUDIT_ARCH_I386
#endif

int clinux_filter_system_calls(void) {
  static const size_t size = sizeof(struct sock_filter);
  struct sock_filter filter[256];
  size_t length = 0;
  filter[length++] = (struct sock_filter)LOAD(arch);
  filter[length++] = (struct sock_filter)IF_ARCHITECTURE(NATIVE, sizeof native);
  for (size_t index = 0; index < sizeof native / size; index++) filter[length++] = native[index];
#ifdef COMPATIBLE
  filter[length++] = (struct sock_filter)IF_ARCHITECTURE(COMPATIBLE, sizeof compatible);
  for (size_t index = 0; index < sizeof compatible / size; index++) filter[length++] = compatible[index];
#endif
  filter[length++] = (struct sock_filter)REFUSE;
  struct sock_fprog program = {.len = (unsigned short)length, .filter = filter};
  // Without the flag an older kernel makes all of the program slower.
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) == 0) return 0;
  return errno == EINVAL || errno == ENOSYS ? 0 : -1;
}
