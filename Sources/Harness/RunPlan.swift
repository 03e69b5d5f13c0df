// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// Which cases are run, and how.
public struct RunPlan: Sendable {
  /// The cases, in the order in which they are begun.
  public let cases: [PlannedCase]
  /// Which part of the selected scenarios these are; nil for all.
  public let shard: Shard?
  /// How many cases are run at once, from 1.
  public var jobs = 1
  /// Whether no case is begun any more when one has failed.
  public var endsAtFailure = false
  /// How often a case that fails is tried again, from 0.
  public var retries = 0
  /// Whether cases that pass when they are tried again let the run pass.
  public var allowsFlaky = false

  /// Plans the scenarios of a shard, each as often as asked and all of its repetitions in a row.
  public init(_ scenarios: [Scenario], shard: Shard? = nil, repetitions: Int = 1) {
    self.shard = shard
    let chosen = scenarios.filter { shard?.includes($0.id) ?? true }
    cases = chosen.enumerated().flatMap { index, scenario in
      (1...max(1, repetitions)).map { number in
        PlannedCase(
          scenario, position: index * repetitions + number,
          repetition: repetitions > 1 ? Part(number, of: repetitions) : nil)
      }
    }
  }
}
