// SPDX-License-Identifier: Apache-2.0

import Testing
import Verdict

@testable import Report

/// What is told of a run when it is over.
@Suite struct ReportedEndTests {
  private func end(_ statuses: [CaseStatus], problems: [String] = []) -> ReportedEnd {
    var summary = RunSummary()
    for status in statuses { summary.add(status) }
    summary.duration = .milliseconds(1500)
    return ReportedEnd(summary, problems: problems)
  }

  @Test(
    "a run of which something is missing is not to be trusted, whatever its cases and whenever it is known")
  func problems() {
    for statuses in [[CaseStatus.passed], [.failed], [.cannotRun], []] {
      #expect(end(statuses, problems: ["a"]).exitStatus == 5)
      #expect(end(statuses).with(problems: ["a"]).exitStatus == 5)
      #expect(end(statuses, problems: ["a"]).with(problems: []).exitStatus == 5)
    }
  }

  @Test("what becomes known later stands behind what was known, and changes nothing else")
  func later() {
    let before = end([.passed, .failed, .failed], problems: ["a", "b"])
    let after = before.with(problems: ["c"])
    #expect(after.problems == ["a", "b", "c"])
    #expect(after.seconds == 1.5 && after.counts == before.counts && after.count(of: .failed) == 2)
  }

  @Test("where nothing more is missing the status is that of the cases, or of the signal")
  func nothingMissing() {
    #expect(end([.passed]).with(problems: []).exitStatus == 0)
    #expect(end([.failed]).with(problems: []).exitStatus == 1)
    var summary = RunSummary()
    summary.interruption = .interrupt
    let interrupted = ReportedEnd(summary).with(problems: [])
    #expect(interrupted.exitStatus == 130 && interrupted.interruption == .interrupt)
    #expect(interrupted.with(problems: ["a"]).allProblems == ["interrupted by SIGINT", "a"])
  }
}
