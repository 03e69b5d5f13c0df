// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict

@testable import Report

/// JUnit's XML, as the Python package `junitparser` takes it.
@Suite struct JUnitReportTests {
  private func text(_ events: [ReportedEvent]) -> String { ReportedEvents.junit(events) }

  /// What junitparser read: the counts as they are written, then each case's result.
  private func read(_ text: String) throws -> String {
    let judge = try IndependentJudge(python: Self.script, of: text)
    try #require(judge.status == 0, "\(judge.output)")
    return judge.output
  }

  private static let script = """
    import sys
    from junitparser import JUnitXml
    xml = JUnitXml.fromfile(sys.argv[1])
    for suite in xml:
        written = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()
        assert written == (suite.tests, suite.failures, suite.errors, suite.skipped), written
        assert (xml.tests, xml.failures, xml.errors) == written[:3]
        print(*written)
        for case in suite:
            assert all(len(r.text or "") > 0 for r in case.result if r._tag in ("failure", "error"))
            print(case.name[-60:].replace("\\n", "?"), *[r._tag for r in case.result])
    """

  @Test("a run in which each case ended otherwise is the text of the golden file, its counts right")
  func everyStatus() throws {
    let text = text(try ReportedEvents.everyStatus())
    #expect(text == (try Golden.text("every-status.xml", text)))
    #expect(
      try read(text) == """
        7 2 2 2
        area/passed
        area/failed failure
        area/flaky failure
        area/knownFailure skipped
        area/cannotRun error
        area/notJudged error
        area/notRun skipped

        """)
  }

  @Test("a flaky case passes where that is allowed, with what its attempts found")
  func flaky() throws {
    let text = text(try ReportedEvents.everyStatus(allowsFlaky: true))
    #expect(text.contains("<flakyFailure message=\"attempt 1: "))
    #expect(try read(text).hasPrefix("7 1 2 2\n"))
  }

  @Test("a run that was interrupted or cut short has an error of its own")
  func interrupted() throws {
    let results = [try ReportedEvents.result(.passed, 1), try ReportedEvents.result(.notRun, 2)]
    let events = ReportedEvents.events(results, interruption: .termination)
    #expect(try read(text(events)).hasPrefix("3 0 1 1\n"))
    #expect(text(events).contains("message=\"interrupted by SIGTERM\""))
    #expect(try read(text(events.dropLast())).contains("the run error"))
  }

  @Test("cases stand in the plan's order, whenever they ended")
  func order() throws {
    let results = try [3, 1, 2].map { try ReportedEvents.result(.passed, $0, id: "case-\($0)") }
    #expect(try read(text(ReportedEvents.events(results))) == "3 0 0 0\ncase-1\ncase-2\ncase-3\n")
  }

  @Test("hostile names make a document all the same")
  func hostile() throws {
    let text = text(try ReportedEvents.everyStatusHostile())
    #expect(try read(text).hasPrefix("7 2 2 2\n"))
    #expect(!text.contains("]]>") && !text.contains("\u{202e}"))
  }

  @Test("the seeds, the kernel, the version and the shard are properties")
  func properties() throws {
    let scenario = try Scenario(
      text: "{ network: { cable: { loss: { percent: 10, seed: 7 } } }, exchange: ['a'] }")
    let result = CaseResult(PlannedCase(scenario, position: 1), outcome: .notRun("x"), duration: .zero)
    let text = text(ReportedEvents.events([result], shard: Part(2, of: 4)))
    let properties = [
      ("seed of area/case, cable", "7"), ("kernel", "6.18.44"), ("version", "0.1.0"), ("shard", "2 of 4"),
    ]
    for (name, value) in properties {
      #expect(text.contains("<property name=\"\(name)\" value=\"\(value)\"/>"), "\(name)")
    }
  }
}
