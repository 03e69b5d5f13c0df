// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A user namespace of this process's own, in which an ordinary user may make hosts and cables
/// (user_namespaces(7)).
public enum UserNamespace {
  /// CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_ADMIN (`<linux/capability.h>`).
  private static let needed: UInt64 = 1 << 12 | 1 << 13 | 1 << 21

  /// Whether this thread may make network namespaces and come back from them without one.
  public static var isSuperfluous: Bool {
    guard let effective = try? effectiveCapabilities(), effective & needed == needed,
      let home = try? Descriptor.open("/proc/thread-self/ns/net", O_RDONLY)
    else { return false }
    // With every capability in a user namespace that does not own the network, a thread could not come back.
    return clinux_setns(home.rawValue, clinux_CLONE_NEWNET) == 0
  }

  /// Moves this process into a new user namespace, with the same user and group, and into a network of that.
  ///
  /// To be called before any thread is started.
  ///
  /// - Throws: `EPERM` or `ENOSPC` where the system forbids it, and the other errors of unshare(2).
  public static func enter() throws(SystemError) {
    let (user, group) = (geteuid(), getegid())
    try systemCall("unshare(CLONE_NEWUSER)") { clinux_unshare(clinux_CLONE_NEWUSER | clinux_CLONE_NEWNET) }
    // Who may not change groups may say which group is which (user_namespaces(7)).
    try write("deny", to: "/proc/self/setgroups")
    try write("\(user) \(user) 1", to: "/proc/self/uid_map")
    try write("\(group) \(group) 1", to: "/proc/self/gid_map")
  }

  /// The setting of the system that forbids it, with its value: `kernel.unprivileged_userns_clone = 0`; nil where
  /// none is known to.
  public static var forbiddingSetting: String? {
    let forbidden: [(name: String, value: String)] = [
      ("kernel.unprivileged_userns_clone", "0"), ("user.max_user_namespaces", "0"),
      ("user.max_net_namespaces", "0"), ("kernel.apparmor_restrict_unprivileged_userns", "1"),
    ]
    return forbidden.first { setting($0.name) == $0.value }.map { "\($0.name) = \($0.value)" }
  }

  private static func setting(_ name: String) -> String? {
    let path = "/proc/sys/" + name.split(separator: ".").joined(separator: "/")
    return (try? ProcFile.text(path)).map { $0.filter { !$0.isWhitespace } }
  }

  private static func effectiveCapabilities() throws(SystemError) -> UInt64 {
    let lines = try ProcFile.text("/proc/thread-self/status").split(separator: "\n")
    let value = lines.first { $0.hasPrefix("CapEff:") }?.split(separator: "\t").last
    return value.flatMap { UInt64($0, radix: 16) } ?? 0
  }

  private static func write(_ text: String, to path: String) throws(SystemError) {
    try Descriptor.open(path, O_WRONLY).writeAll(Array(text.utf8), to: path)
  }
}
