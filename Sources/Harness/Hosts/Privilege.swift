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
    guard Requirements.isProcMounted else {
      throw Obstruction(
        .cannotRunHere, "nothing is mounted at /proc, which a run needs", fix: Requirements.procFix)
    }
    guard !UserNamespace.isSuperfluous else { return false }
    do throws(SystemError) {
      try UserNamespace.enter()
      return true
    } catch {
      throw Obstruction(
        .cannotRunHere,
        "this user may make neither test hosts nor a user namespace to make them in: \(error)",
        fix: Remedy.fix(for: error))
    }
  }
}
