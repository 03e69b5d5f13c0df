// SPDX-License-Identifier: Apache-2.0

import Testing
import Verdict

// Testing has a type of this name too.
import enum Verdict.ExitStatus

/// The exit status of a run, for each mixture of its cases.
@Suite struct ExitStatusTests {
  private func status(_ letters: String) throws -> ExitStatus {
    let passed = try PlayedCase("{ exchange: ['a'] }")
    var failed = passed
    failed.lose(at: [.delivered])
    var summary = RunSummary()
    for letter in letters {
      let outcome: CaseResult.Outcome =
        switch letter {
        case "p": .judged(passed.verdict)
        case "f": .judged(failed.verdict)
        case "c": .notJudged(Obstruction(.cannotRunHere, "no privilege"))
        case "h": .notJudged(Obstruction(.harnessFailed, "no disk"))
        default: .notJudged(Obstruction(.passed, "an obstruction that says it is none"))
        }
      let planned = PlannedCase(passed.scenario, position: 1)
      summary.add(CaseResult(planned, outcome: outcome, duration: .zero).status)
    }
    return summary.exitStatus
  }

  @Test(
    "the less a verdict can be trusted, the more it weighs",
    arguments: [
      ("p", ExitStatus.passed), ("pp", .passed), ("f", .failed), ("pf", .failed), ("fp", .failed),
      ("h", .harnessFailed), ("ph", .harnessFailed), ("fh", .harnessFailed), ("pfh", .harnessFailed),
      ("c", .cannotRunHere), ("pc", .cannotRunHere), ("fc", .cannotRunHere), ("hc", .cannotRunHere),
      ("pfhc", .cannotRunHere),
    ])
  func mixtures(_ cases: String, _ status: ExitStatus) throws {
    #expect(try self.status(cases) == status)
  }

  @Test("a run that judged nothing does not pass")
  func nothing() throws {
    #expect(try status("") == .nothingSelected)
    #expect(try status("po") == .harnessFailed)
  }

  @Test("the statuses are the documented numbers")
  func numbers() {
    let statuses: [ExitStatus] = [.passed, .failed, .usage, .cannotRunHere, .nothingSelected, .harnessFailed]
    #expect(statuses.map(\.rawValue) == [0, 1, 2, 3, 4, 5])
    #expect(Interruption.allCases.map(\.exitStatus.rawValue) == [129, 130, 143])
  }
}
