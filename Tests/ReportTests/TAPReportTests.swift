// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict

@testable import Report

/// TAP, as `prove` and a reader of YAML take it.
@Suite struct TAPReportTests {
  /// What prove says; before Test::Harness 3.48 it knows TAP by the number 13 alone, and reads all that we write.
  private func prove(_ text: String) throws -> IndependentJudge {
    let old = "perl -MTAP::Parser -e 'exit($TAP::Parser::VERSION >= 3.48)'"
    let command = "if \(old); then sed -i '1s/14/13/' \"$1\"; fi; LC_ALL=C.UTF-8 prove -v -e cat \"$1\""
    return try IndependentJudge(command, of: text)
  }

  @Test("a run in which each case ended otherwise is the text of the golden file")
  func everyStatus() throws {
    let text = ReportedEvents.text(TAPReport(), try ReportedEvents.everyStatus())
    #expect(text == (try Golden.text("every-status.tap", text)))
    let judge = try prove(text)
    #expect(judge.status != 0)
    #expect(judge.output.contains("Failed tests:  2-3, 5-7"), "\(judge.output)")
    #expect(!judge.output.contains("Parse errors"))
  }

  @Test(
    "prove passes a run whose cases passed, failed as they are known to, or are flaky where that is allowed")
  func passes() throws {
    let accepted: [CaseStatus] = [.passed, .knownFailure, .flaky]
    let results = try accepted.enumerated().map { try ReportedEvents.result($1, $0 + 1) }
    let allowed = ReportedEvents.events(results, allowsFlaky: true)
    #expect(try prove(ReportedEvents.text(TAPReport(), allowed)).status == 0)
    let judge = try prove(ReportedEvents.text(TAPReport(), ReportedEvents.events(results)))
    #expect(judge.status != 0 && judge.output.contains("Failed test:  3"), "\(judge.output)")
  }

  @Test("prove fails a run that was interrupted or lost cases, and skips one without cases")
  func interrupted() throws {
    let results = [try ReportedEvents.result(.passed, 1)]
    let interrupted = ReportedEvents.events(results, interruption: .interrupt)
    let judge = try prove(ReportedEvents.text(TAPReport(), interrupted))
    #expect(judge.status != 0 && judge.output.contains("interrupted by SIGINT"), "\(judge.output)")
    let lost = [ReportedEvents.run(cases: 2)] + ReportedEvents.events(results).dropFirst()
    #expect(try prove(ReportedEvents.text(TAPReport(), Array(lost))).status != 0)
    let none = try prove(ReportedEvents.text(TAPReport(), ReportedEvents.events([])))
    #expect(none.output.contains("Result: NOTESTS"), "\(none.output)")
  }

  @Test("hostile names break neither the lines nor the YAML, and no directive comes of them")
  func hostile() throws {
    let text = ReportedEvents.text(TAPReport(), try ReportedEvents.everyStatusHostile())
    let judge = try prove(text)
    #expect(judge.output.contains("Failed tests:  2-3, 5-7"), "\(judge.output)")
    #expect(!judge.output.contains("Parse errors") && !judge.output.contains("skipped"))
    #expect(ReportedEvents.commands(in: text).isEmpty)
    let yaml = try IndependentJudge(python: Self.readYAML, of: text)
    #expect(yaml.status == 0 && yaml.output == "6 blocks, 3 with text\n", "\(yaml.output)")
  }

  @Test("a backslash and a number sign are escaped in what a case is called and known by (TAP 14, Escaping)")
  func escaping() throws {
    let known = try ReportedEvents.result(.knownFailure, 2, id: "known", said: "C:\\\\dir #2")
    let results = [try ReportedEvents.result(.passed, 1, id: #"a\b#c\"#), known]
    let text = ReportedEvents.text(TAPReport(), ReportedEvents.events(results))
    let points = text.split(separator: "\n").filter { $0.hasPrefix("ok") || $0.hasPrefix("not ok") }
    #expect(points == [##"ok 1 - a\\b\#c\\"##, ##"not ok 2 - known # TODO C:\\dir \#2"##])
  }

  /// Reads each block with PyYAML, and finds in it what was put in.
  private static let readYAML = """
    import re, sys, yaml
    text = open(sys.argv[1], encoding="utf-8", newline="\\n").read()
    blocks = re.findall(r"^  ---\\n(.*?)^  \\.\\.\\.\\n", text, re.S | re.M)
    values = [yaml.safe_load(block) for block in blocks]
    assert all("\\\\u{202e}" in str(value) for value in values)
    print(len(blocks), "blocks,", sum(v.get("text", "").startswith("shown:") for v in values), "with text")
    """
}
