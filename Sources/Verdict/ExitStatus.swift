// SPDX-License-Identifier: Apache-2.0

/// The status with which the program ends; every one it has is here.
public enum ExitStatus: Int32, Sendable {
  /// Every selected case passed, or failed as it is known to.
  case passed = 0
  /// A case failed, or passed that is known to fail.
  case failed = 1
  /// The command line or a file is wrong: nothing was run.
  case usage = 2
  /// This machine or this user cannot run it.
  case cannotRunHere = 3
  /// Nothing was selected.
  case nothingSelected = 4
  /// The harness could not do its work: the verdict is not to be trusted.
  case harnessFailed = 5
}

extension RunSummary {
  /// The status of the run: the less a verdict can be trusted, the more it weighs.
  ///
  /// A run without cases does not pass.
  public var exitStatus: ExitStatus {
    let weighed: [ExitStatus] = [.cannotRunHere, .harnessFailed, .failed, .passed]
    return weighed.first { count(of: $0) > 0 } ?? .nothingSelected
  }
}
