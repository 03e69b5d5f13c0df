// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// Which cases are run, and how.
public struct RunPlan: Sendable {
  private let chosen: [ScenarioCase]
  private let repetitions: Int
  /// Which part of the selected cases these are; nil for all.
  public let shard: Shard?
  /// How many cases are run at once, from 1.
  public var jobs = 1
  /// Whether no case is begun any more when one has failed.
  public var endsAtFailure = false
  /// How often a case that fails is tried again, from 0.
  public var retries = 0
  /// Whether cases that pass when they are tried again let the run pass.
  public var allowsFlaky = false
  /// How many times its own time each case may take.
  public var timeoutFactor = 1.0
  /// How the run was called.
  public var invocation: Invocation?

  /// Plans the cases of a shard, and all of them again as often as asked.
  public init(_ cases: [ScenarioCase], shard: Shard? = nil, repetitions: Int = 1) {
    self.shard = shard
    self.repetitions = max(1, repetitions)
    chosen = shard.map { shard in cases.filter { shard.includes($0.id) } } ?? cases
  }

  /// How many cases are run, repetitions counted.
  public var count: Int { chosen.count * repetitions }

  /// The ids of its cases, each once.
  public var ids: some Sequence<String> { chosen.lazy.map(\.id) }

  /// Whether any case runs a program.
  var hasPrograms: Bool { chosen.contains(where: \.hasPrograms) }

  /// A case by its place in the order in which they are begun, from 0; made anew each time.
  public subscript(index: Int) -> PlannedCase { planned(index, chosen[index % chosen.count].scenario) }

  /// Does something with each case from a place on; what is repeated is made once, as far as there is room to keep it.
  func forEachCase(from first: Int, _ body: (PlannedCase) -> Void) {
    var made: [Int: Scenario] = [:]
    var room = Self.mostKept
    for index in first..<count {
      let place = index % chosen.count
      let scenario = made[place] ?? chosen[place].scenario
      if repetitions > 1, made[place] == nil, scenario.size <= room {
        made[place] = scenario
        room -= scenario.size
      }
      body(planned(index, scenario))
    }
  }

  /// As many bytes of cases are kept.
  private static let mostKept = 16 << 20

  private func planned(_ index: Int, _ scenario: Scenario) -> PlannedCase {
    PlannedCase(
      timeoutFactor == 1 ? scenario : scenario.withTimeout(multipliedBy: timeoutFactor), position: index + 1,
      repetition: repetitions > 1 ? Part(index / chosen.count + 1, of: repetitions) : nil,
      invocation: invocation)
  }
}

extension Scenario {
  /// How many bytes it takes, about.
  fileprivate var size: Int { exchange.reduce(4 << 10) { $0 + (1 << 10) + $1.payload.value.count } }
}
