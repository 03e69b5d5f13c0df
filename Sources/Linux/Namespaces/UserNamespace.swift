// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A user namespace of this process's own, in which an ordinary user may make hosts and cables
/// (user_namespaces(7)).
public enum UserNamespace {
  /// Whether this thread may make network namespaces and come back from them without one.
  public static var isSuperfluous: Bool {
    guard EffectiveCapabilities.ofThisThread?.lacking.isEmpty == true,
      let home = try? Descriptor.open("/proc/thread-self/ns/net", O_RDONLY)
    else { return false }
    // With every capability in a user namespace that does not own the network, a thread could not come back.
    return clinux_setns(home.rawValue, clinux_CLONE_NEWNET) == 0
  }

  /// Moves this process for good into a new user namespace, with the same user and group, and into a network of that.
  ///
  /// To be called before any thread is started.
  ///
  /// - Throws: `EPERM` or `ENOSPC` where the system forbids it, with the settings that do, and the other errors of
  ///   unshare(2).
  public static func enter() throws(SystemError) {
    do throws(SystemError) {
      try makeAndMap()
    } catch {
      let settings = UserNamespaceSetting.forbidding().map {
        "/proc/sys/\($0.setting.rawValue) is \($0.value)"
      }
      throw SystemError(
        error.call, error.errno, detail: settings.isEmpty ? nil : settings.joined(separator: ", "))
    }
  }

  private static func makeAndMap() throws(SystemError) {
    // Nobody can tell afterwards.
    _ = Remedy.Caller.ofThisProcess
    let (user, group) = (geteuid(), getegid())
    try systemCall("unshare(CLONE_NEWUSER|CLONE_NEWNET)") {
      clinux_unshare(clinux_CLONE_NEWUSER | clinux_CLONE_NEWNET)
    }
    // Who may not change groups may say which group is which (user_namespaces(7)).
    try write("deny", to: "/proc/self/setgroups")
    try write("\(user) \(user) 1", to: "/proc/self/uid_map")
    try write("\(group) \(group) 1", to: "/proc/self/gid_map")
  }

  private static func write(_ text: String, to path: String) throws(SystemError) {
    try Descriptor.open(path, O_WRONLY).writeAll(Array(text.utf8), to: path)
  }
}
