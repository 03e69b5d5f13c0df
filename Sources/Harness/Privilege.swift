// SPDX-License-Identifier: Apache-2.0

import Linux
import Verdict

/// The right to make hosts and cables.
public enum Privilege {
  /// Gets what is needed, before any thread is started: what this user has, or else a user namespace.
  ///
  /// - Returns: whether a user namespace had to be made.
  /// - Throws: which setting forbids it, and what else to do.
  public static func obtain() throws(Obstruction) -> Bool {
    guard !UserNamespace.isSuperfluous else { return false }
    do throws(SystemError) {
      try UserNamespace.enter()
      return true
    } catch {
      throw refusal(error)
    }
  }

  private static func refusal(_ error: SystemError) -> Obstruction {
    let setting = UserNamespace.forbiddingSetting
    let cause = setting.map { "the setting \($0) forbids it" } ?? "this system forbids it"
    let change = setting.map { "change \($0.split(separator: " ")[0]) with sysctl(8), or " } ?? ""
    return Obstruction(
      .cannotRunHere,
      "this user may not make test hosts, and no user namespace in which it might: \(cause) (\(error))",
      fix: change
        + "run it as root (sudo), or with the capabilities CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW")
  }
}
