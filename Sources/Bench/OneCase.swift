// SPDX-License-Identifier: Apache-2.0

import Harness
import Linux
import Scenario
import Verdict

/// One case: by the bare kernel calls, through the harness, and by a shell script.
enum OneCase {
  private static let cases = 50
  private static let casesByShell = 2

  static func rows(_ options: BenchOptions) throws -> [Row] {
    let path = try GeneratedFiles.oneCase(in: options.folder)
    guard let scenario = ScenarioLibrary(paths: [path]).scenarios.first else {
      throw BenchError("\(path) has no case")
    }
    var round = RoundRobin()
    round.addTime("floor", per: cases) { try Floor.play(cases) }
    round.addTime("side by side", per: 2 * cases) { try Floor.playSideBySide(cases) }
    for choice in [CaseRunner.Captures.Choice.none, .all] {
      let captures = CaseRunner.Captures(choice, in: "\(options.folder)/artifacts")
      let runner = CaseRunner(captures: captures, application: "twohost-bench")
      round.addTime(choice.rawValue, per: cases) { try play(scenario, by: runner) }
    }
    round.addTime("shell", per: casesByShell) {
      for _ in 0..<casesByShell {
        _ = try MeasuredProcess([options.shellWay, options.python])
      }
    }
    return try rows(of: round.run(rounds: options.rounds))
  }

  private static func rows(of samples: [String: Samples]) throws -> [Row] {
    let floor = (name: "floor", samples: try samples.of("floor"))
    let harness = (name: "harness, pcapng", samples: try samples.of("all"))
    return [
      Row("floor: bare kernel calls of one case", "ms", floor.samples),
      Row("two floors side by side", "ms", try samples.of("side by side"), to: floor),
      Row("harness: a case, captured at both ends", "ms", try samples.of("none"), to: floor),
      Row("harness: the same, pcapng written", "ms", harness.samples, to: floor, .ratioAtMost(1.5)),
      Row("shell and Python, done with care", "ms", try samples.of("shell"), to: harness, .ratioAtLeast(20)),
    ]
  }

  private static func play(_ scenario: Scenario, by runner: CaseRunner) throws {
    let stop = try StopRequest()
    for position in 1...cases {
      let result = runner.run(PlannedCase(scenario, position: position), stop: stop)
      guard result.status == .passed else { throw BenchError("the case ended as \(result.status)") }
    }
  }
}
