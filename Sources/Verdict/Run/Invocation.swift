// SPDX-License-Identifier: Apache-2.0

import Scenario

/// How a run was called, as far as it matters for one of its cases.
public struct Invocation: Sendable {
  /// The words before the command: the program as it was called, behind `sudo` where that was used.
  public let program: [String]
  /// The options by which a case is the same: `--networks`, `--timeout-factor`.
  public let options: [String]

  /// Describes a call.
  public init(program: [String], options: [String]) {
    self.program = program
    self.options = options
  }

  /// The words that run a case again, and no other.
  func words(for scenario: Scenario) -> [String] {
    let filter = scenario.isOfMatrix ? ["--filter", scenario.caseName] : []
    let settings = scenario.settings.flatMap { ["--set", "\($0.name)=\($0.value)"] }
    return program + ["run"] + options + settings + filter + [scenario.file.path]
  }
}
