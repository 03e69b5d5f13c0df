// SPDX-License-Identifier: Apache-2.0

import Harness
import Linux
import Scenario
import Verdict

/// One case: by the bare kernel calls, through the harness, and by a shell script.
enum OneCase {
  private static let cases = 100
  private static let casesByShell = 2

  /// Where the harness leaves captures: nowhere, in a new folder each time, or over those of the time before.
  private enum Place: String, CaseIterable {
    case none, new, again
  }

  static func rows(_ options: BenchOptions) throws -> [Row] {
    let path = try GeneratedFiles.matrix(of: cases, in: options.folder)
    let scenarios = ScenarioLibrary(paths: [path]).scenarios
    guard scenarios.count == cases else { throw BenchError("\(path) has \(scenarios.count) cases") }
    var round = RoundRobin()
    round.addTime("floor", per: cases) { try Floor.play(cases) }
    round.addTime("side by side", per: 2 * cases) { try Floor.playSideBySide(cases) }
    var number = 0
    for place in Place.allCases {
      round.addTime(place.rawValue, per: cases) {
        number += 1
        let name = place == .new ? "captures-\(number)" : "captures"
        let captures = CaseRunner.Captures(place == .none ? .none : .all, in: "\(options.folder)/\(name)")
        try play(scenarios, by: CaseRunner(captures: captures, application: "twohost-bench"))
      }
    }
    round.addTime("shell", per: casesByShell) {
      for _ in 0..<casesByShell { _ = try MeasuredProcess([options.shellWay, options.python]) }
    }
    return try rows(of: round.run(rounds: options.rounds))
  }

  private static func rows(of samples: [String: Samples]) throws -> [Row] {
    let floor = (name: "floor", samples: try samples.of("floor"))
    let harness = (name: "harness, pcapng", samples: try samples.of("new"))
    return [
      Row("floor: bare kernel calls of one case", "ms", floor.samples),
      Row("two floors side by side", "ms", try samples.of("side by side"), to: floor),
      Row("harness: a case, captured at both ends", "ms", try samples.of("none"), to: floor),
      Row("harness: the same, pcapng written", "ms", harness.samples, to: floor, .ratioAtMost(1.5)),
      Row("harness: the same, over an earlier pcapng", "ms", try samples.of("again"), to: floor),
      Row("shell and Python, done with care", "ms", try samples.of("shell"), to: harness, .ratioAtLeast(20)),
    ]
  }

  /// Plays cases one after the other, each of which must pass.
  static func play(_ scenarios: [Scenario], by runner: CaseRunner) throws {
    let stop = try StopRequest()
    for (index, scenario) in scenarios.enumerated() {
      let result = runner.run(PlannedCase(scenario, position: index + 1), stop: stop)
      guard result.status == .passed else { throw BenchError("a case ended as \(result.status)") }
    }
  }
}
