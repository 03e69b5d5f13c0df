// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scenario
import Testing
import Verdict

@testable import Report

/// JSON lines, as `jq` takes them and as they are read back.
@Suite struct JSONLinesTests {
  @Test("a run in which each case ended otherwise is the text of the golden file")
  func everyStatus() throws {
    let text = ReportedEvents.text(JSONLines(), try ReportedEvents.everyStatus())
    #expect(text == (try Golden.text("every-status.jsonl", text)))
  }

  @Test("jq reads every line, and what it prints of a hostile name is that name")
  func hostile() throws {
    let text = ReportedEvents.text(JSONLines(), try ReportedEvents.everyStatusHostile())
    #expect(text.split(separator: "\n").count == 9)
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{202e}" })
    let ids = try IndependentJudge(
      #"jq -j 'select(.event == "case") | .id | @base64 "\(.) "' "$1""#, of: text)
    #expect(ids.status == 0)
    let decoded = ids.output.split(separator: " ").compactMap { Data(base64Encoded: String($0)) }
    let names = decoded.map { String(decoding: $0, as: UTF8.self) }
    #expect(names.count == 7 && names.allSatisfy { $0.hasPrefix(ReportedEvents.hostile) }, "\(ids.output)")
  }

  @Test("what is read back makes the same lines, and every report the same text")
  func readBack() throws {
    for events in [
      try ReportedEvents.everyStatus(interruption: .interrupt), try ReportedEvents.everyStatusHostile(),
    ] {
      let text = ReportedEvents.text(JSONLines(), events)
      let read = try text.utf8.split(separator: UInt8(ascii: "\n")).map { try JSONLines.event(in: $0) }
      let terminal = TerminalReport(palette: Palette(isColoured: true), verbosity: .verbose)
      #expect(ReportedEvents.text(JSONLines(), read) == text)
      #expect(ReportedEvents.text(terminal, read) == ReportedEvents.text(terminal, events))
      #expect(ReportedEvents.text(TAPReport(), read) == ReportedEvents.text(TAPReport(), events))
      #expect(ReportedEvents.junit(read) == ReportedEvents.junit(events))
    }
  }

  @Test("every key of every line is described in ci/REPORTS.md")
  func documented() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "ci/REPORTS.md"), encoding: .utf8)
    let scenario = try Scenario(
      text: "{ title: 't', network: { cable: { loss: { percent: 10, seed: 7 } } }, exchange: ['a'] }")
    let repeated = CaseResult(
      PlannedCase(scenario, position: 1, repetition: Part(1, of: 2)), outcome: .notRun("x"), duration: .zero)
    let events =
      try ReportedEvents.everyStatus(interruption: .interrupt)
      + ReportedEvents.events(
        [repeated, try ReportedEvents.flow(), try HTMLReportTests.failed(3, printing: "x")],
        shard: Part(1, of: 2))
    let merged = try MergedRun([
      try ReportedEvents.file(events: ReportedEvents.events([], shard: Part(1, of: 1)))
    ])
    let text = ReportedEvents.text(JSONLines(), events + merged.events)
    let keys = try IndependentJudge(#"jq -r 'paths | map(strings) | last // empty' "$1" | sort -u"#, of: text)
    #expect(keys.status == 0)
    let seeds: Set = ["cable"]
    let all = Set(keys.output.split(separator: "\n").map(String.init)).subtracting(seeds)
    #expect(all.count > 40)
    for key in all { #expect(page.contains("`\(key)`"), "\(key) is not described") }
  }
}
