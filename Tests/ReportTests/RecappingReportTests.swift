// SPDX-License-Identifier: Apache-2.0

import Testing
import Verdict

@testable import Report
@testable import Scenario

/// What the end of a long run says once more.
@Suite struct RecappingReportTests {
  private func end(_ cases: Int, failing: [Int]) throws -> String {
    var report = RecappingReport(TerminalReport(palette: Palette(isColoured: false), verbosity: .quiet))
    for number in 1...cases {
      var scenario = try Scenario(text: "{ exchange: ['a'] }")
      scenario.id = "case-\(number)"
      let record = failing.contains(number) ? CaseRecord() : scenario.record()
      let result = CaseResult(
        PlannedCase(called: scenario), outcome: .judged(Judge.judge(scenario, record)), duration: .zero)
      if let event = ReportedEvent(.caseFinished(result)) { _ = report.text(for: event) }
    }
    let event = try #require(ReportedEvent(.runFinished(RunSummary())))
    return report.text(for: event)
  }

  @Test("of 20 cases and more, those that did not pass are named at the end, each with what was found first")
  func recap() throws {
    let text = try end(20, failing: [3, 20])
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 6 && lines[0] == "did not pass:" && lines[3].isEmpty)
    #expect(lines[1].hasPrefix("  FAIL  case-3   ") && lines[2].hasPrefix("  FAIL  case-20   "))
    #expect(lines[1].contains("never sent"))
    #expect(lines[4] == "0 passed, 0 failed in 0.0 ms")
  }

  @Test("of fewer, or where all passed, nothing is said again")
  func short() throws {
    #expect(try end(19, failing: [3]) == "0 passed, 0 failed in 0.0 ms\n")
    #expect(try end(20, failing: []) == "0 passed, 0 failed in 0.0 ms\n")
  }

  @Test("no more than 50 are named, and how many others there are")
  func many() throws {
    let lines = try end(52, failing: Array(1...52)).split(separator: "\n")
    #expect(lines.count == 53 && lines[51] == "  … and 2 more")
    #expect(try end(50, failing: Array(1...50)).contains("more") == false)
  }
}
