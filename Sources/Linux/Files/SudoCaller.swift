// SPDX-License-Identifier: Apache-2.0

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

  /// Hands something to the caller, where there is one and this process may give things away.
  static func own(_ call: String, _ change: (SudoCaller) -> Int32) throws(SystemError) {
    guard let caller = ofThisProcess else { return }
    do throws(SystemError) {
      try systemCall(call) { change(caller) }
    } catch  where error.errno == .notPermitted {
      // Without CAP_CHOWN, as in many containers, files stay root's.
    }
  }

  private static func number(_ variable: String) -> UInt32? {
    getenv(variable).flatMap { UInt32(String(cString: $0)) }
  }
}
