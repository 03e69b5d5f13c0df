// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Who called sudo, to whom the files of a run belong (sudo(8), `SUDO_UID`).
public struct SudoCaller: Sendable {
  let user: uid_t
  let group: gid_t

  /// Who called this process by sudo; nil where nobody did.
  public static let ofThisProcess: SudoCaller? = {
    guard getuid() == 0, let user = number("SUDO_UID"), let group = number("SUDO_GID") else { return nil }
    return SudoCaller(user: user, group: group)
  }()

  /// Does something with files as the caller could, where there is one: what is made belongs to the caller, and no link
  /// that stands in the way, nor a folder that is swapped meanwhile, leads to what only root may change.
  ///
  /// A process without CAP_SETUID, as in a container, has no more rights than it has: it goes on as it is.
  ///
  /// - Throws: what the work throws; of `EACCES` and `EPERM` it is said whose rights were lacking.
  public static func withRights<Value: ~Copyable>(
    _ work: () throws(SystemError) -> Value
  ) throws(SystemError) -> Value {
    guard let caller = ofThisProcess, caller.user != 0 else { return try work() }
    let before = clinux_take_file_rights(caller.user, caller.group)
    defer { clinux_give_back_file_rights(before) }
    do throws(SystemError) {
      return try work()
    } catch  where [.accessDenied, .notPermitted].contains(error.errno) {
      let reason = "files are written with the rights of the user who called sudo, \(caller.user)"
      throw SystemError(error.call, error.errno, detail: error.detail ?? reason)
    }
  }

  private static func number(_ variable: String) -> UInt32? {
    getenv(variable).flatMap { UInt32(String(cString: $0)) }
  }
}
