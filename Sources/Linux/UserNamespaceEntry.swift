// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The way into a user namespace for a process that has no other thread (user_namespaces(7)).
enum UserNamespaceEntry {
  private static let newUser: Int32 = 0x1000_0000  // CLONE_NEWUSER in <linux/sched.h>

  /// Moves this process for good into a user namespace of its own, in which its user is root, and into a network
  /// namespace that belongs to it.
  ///
  /// - Throws: `EPERM` or `ENOSPC` where the system forbids it, and the other errors of unshare(2) and write(2).
  static func enter() throws(SystemError) {
    let (user, group) = (geteuid(), getegid())
    try systemCall("unshare(CLONE_NEWUSER|CLONE_NEWNET)") { clinux_unshare(newUser | clinux_CLONE_NEWNET) }
    try write("deny", to: "/proc/self/setgroups")
    try write("0 \(user) 1", to: "/proc/self/uid_map")
    try write("0 \(group) 1", to: "/proc/self/gid_map")
  }

  private static func write(_ text: String, to path: String) throws(SystemError) {
    let file = try Descriptor.open(path, O_WRONLY)
    let bytes = Array(text.utf8)
    // The kernel takes all of it in one call or none.
    try systemCall("write(\(path))") { Glibc.write(file.rawValue, bytes, bytes.count) }
  }
}
