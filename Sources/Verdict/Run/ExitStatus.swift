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
  /// Ended by SIGHUP, after tearing down and writing the reports.
  case hungUp = 129
  /// Ended by SIGINT, likewise.
  case interrupted = 130
  /// Ended by SIGTERM, likewise.
  case terminated = 143
}
