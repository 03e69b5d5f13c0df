// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict

@testable import Report

/// GitHub's log, annotations and step summary.
@Suite struct GitHubReportTests {
  private func text(_ events: [ReportedEvent]) -> String {
    ReportedEvents.text(GitHubReport(TerminalReport(palette: Palette(isColoured: false))), events)
  }

  /// The lines that GitHub obeys.
  private func annotations(_ events: [ReportedEvent]) -> [String] {
    ReportedEvents.commands(in: text(events))
  }

  @Test("the log is the terminal's report, and then an annotation for each case that did not go right")
  func everyStatus() throws {
    let text = text(try ReportedEvents.everyStatus())
    #expect(text == (try Golden.text("every-status.github.txt", text)))
  }

  @Test("a flaky case that is allowed is a warning, an interrupted run an error")
  func levels() throws {
    let allowed = annotations(try ReportedEvents.everyStatus(allowsFlaky: true, interruption: .interrupt))
    #expect(allowed.first == "::error title=the run::interrupted by SIGINT")
    #expect(allowed.last?.hasPrefix("::warning file=scenarios/area/flaky.json5,line=1,col=14,title=") == true)
  }

  @Test("of many failures nine are annotated and the others counted")
  func many() throws {
    func count(_ failures: Int) throws -> [String] {
      let results = try (1...failures).map { try ReportedEvents.result(.failed, $0, id: "case-\($0)") }
      return annotations(ReportedEvents.events(results))
    }
    #expect(try count(9).count == 9)
    #expect(try count(30).count == 10)
    #expect(try count(30).last == "::error title=twohost::and 21 more")
  }

  @Test(
    "what was left out is counted as an error where an error was left out, else as a warning",
    arguments: [
      (8, 1, false, nil), (9, 1, false, "::warning title=twohost::and 1 more"),
      (9, 4, false, "::warning title=twohost::and 4 more"),
      (10, 0, false, "::error title=twohost::and 1 more"),
      (10, 1, false, "::error title=twohost::and 2 more"),
      (0, 10, false, "::warning title=twohost::and 1 more"),
      // That the run was interrupted is an error too.
      (8, 1, true, "::warning title=twohost::and 1 more"), (9, 1, true, "::error title=twohost::and 2 more"),
    ] as [(Int, Int, Bool, String?)])
  func more(failed: Int, flaky: Int, isInterrupted: Bool, expected: String?) throws {
    let statuses = Array(repeating: CaseStatus.failed, count: failed) + Array(repeating: .flaky, count: flaky)
    let results = try statuses.enumerated().map { index, status in
      try ReportedEvents.result(status, index + 1, id: "case-\(index)")
    }
    let lines = annotations(
      ReportedEvents.events(results, allowsFlaky: true, interruption: isInterrupted ? .interrupt : nil))
    let last = lines.last.flatMap { $0.contains("title=twohost::") ? $0 : nil }
    #expect(last == expected)
    #expect(lines.count == (expected == nil ? 9 : 10))
  }

  @Test(
    "an annotation has the first four findings, and counts the others",
    arguments: [(1, nil), (4, nil), (5, "and 1 more finding"), (6, "and 2 more findings")] as [(Int, String?)]
  )
  func findings(count: Int, rest: String?) throws {
    let messages = (1...count).map { "'message \($0)'" }.joined(separator: ", ")
    let scenario = try Scenario(text: "{ exchange: [\(messages)] }")
    let result = CaseResult(
      PlannedCase(called: scenario), outcome: .judged(Judge.judge(scenario, CaseRecord())),
      duration: .zero)
    let line = try #require(annotations(ReportedEvents.events([result])).first)
    let text = try #require(line.split(separator: "::", omittingEmptySubsequences: true).last)
    let lines = text.split(separator: "%0A").map(String.init)
    #expect(lines.count == min(count, 4) + (rest == nil ? 0 : 1))
    #expect(rest == nil || lines.last == rest)
  }

  @Test("hostile names obey nobody, and stay inside their annotation")
  func hostile() throws {
    let annotations = annotations(try ReportedEvents.everyStatusHostile())
    #expect(annotations.count == 4)
    for line in annotations {
      #expect(line.hasPrefix(#"::error file=\u{3a}%3Aerror%3A%3A"#), "\(line)")
      #expect(!line.dropFirst(2).contains("##["))
      let properties = line.dropFirst(2).utf8.split(separator: "::".utf8, maxSplits: 1)[0]
      #expect(properties.count { $0 == UInt8(ascii: ",") } <= 3, "\(line)")
    }
  }

  @Test("the summary of a run in which each case ended otherwise is the text of the golden file")
  func summary() throws {
    let text = ReportedEvents.summary(try ReportedEvents.everyStatus(interruption: .hangup))
    #expect(text == (try Golden.text("every-status.md", text)))
  }

  @Test("a summary that would be too long is cut, and says so")
  func cut() throws {
    let results = try (1...500).map { try ReportedEvents.result(.failed, $0, id: "case-\($0)") }
    let events = ReportedEvents.events(results)
    let text = ReportedEvents.summary(events, limit: 20_000)
    #expect(text.utf8.count < 21_000)
    #expect(text.contains("This summary is truncated: "))
    #expect(!ReportedEvents.summary(events).contains("This summary is truncated"))
  }

  @Test("in a summary nothing foreign ends its cell or its block, or is read as HTML")
  func hostileSummary() throws {
    let text = ReportedEvents.summary(try ReportedEvents.everyStatusHostile())
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
    #expect(rows.count == 7)
    for row in rows { #expect(row.utf8.count { $0 == UInt8(ascii: "|") } == 5, "\(row)") }
    #expect(!rows.contains { $0.contains("<b>") })
    #expect(text.contains("\n```````text\n"))
  }
}
