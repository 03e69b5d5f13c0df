// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict

@testable import Report

extension ReportedEvents {
  /// What a run with these events wrote.
  static func file(_ name: String = "a.jsonl", events: [ReportedEvent]) throws -> ShardFile {
    try ShardFile(name: name, bytes: Array(text(JSONLines(), events).utf8))
  }

  /// What each of several shards wrote that share these cases.
  static func shards(_ count: Int, of results: [CaseResult]) throws -> [ShardFile] {
    try (1...count).map { number in
      let part = try #require(Part(number, of: count))
      let own = results.filter { Shard(part).includes($0.id) }
      let planned = own.enumerated().map { index, result in
        var moved = CaseResult(
          PlannedCase(result.scenario, position: index + 1, repetition: result.planned.repetition),
          outcome: result.outcome, duration: result.duration, capture: result.capture)
        moved.failedAttempts = result.failedAttempts
        return moved
      }
      return try file("shard\(number).jsonl", events: events(planned, shard: part))
    }
  }
}

/// Shards that become one run.
@Suite struct MergedRunTests {
  private func results() throws -> [CaseResult] {
    try CaseStatus.allCases.flatMap { status in
      try (1...5).map { try ReportedEvents.result(status, 0, id: "\(status.rawValue)-\($0)") }
    }.enumerated().map { index, result in
      CaseResult(
        PlannedCase(result.scenario, position: index + 1), outcome: result.outcome, duration: .milliseconds(1)
      )
    }
  }

  private func plain(_ events: [ReportedEvent]) -> String {
    ReportedEvents.text(TerminalReport(palette: Palette(isColoured: false)), Array(events.dropFirst()))
  }

  @Test("four shards in any order make the report and the status of the whole run")
  func shards() throws {
    let results = try results()
    let whole = try MergedRun([try ReportedEvents.file(events: ReportedEvents.events(results))])
    let shards = try ReportedEvents.shards(4, of: results)
    let merged = try MergedRun([shards[2], shards[0], shards[3], shards[1]])
    #expect(plain(merged.events) == plain(whole.events))
    #expect(merged.exitStatus == whole.exitStatus && merged.exitStatus == .cannotRunHere)
    #expect(merged.problems.isEmpty)
    guard case .run(let run) = merged.events.first else { throw MergeError("no run") }
    #expect(run.heading == "twohost 0.1.0 · Linux 6.18.44 · 35 cases · merged from 4 shards")
  }

  @Test("repetitions of a case stand in the order of their numbers")
  func repetitions() throws {
    let scenario = try Scenario(text: "{ exchange: ['a'] }", id: "b")
    let results = (1...11).map { number in
      CaseResult(
        PlannedCase(scenario, position: number, repetition: Part(number, of: 11)), outcome: .notRun("x"),
        duration: .zero)
    }
    let merged = try MergedRun(try ReportedEvents.shards(2, of: results))
    let ids = FinishedRun(merged.events).cases.map(\.id)
    #expect(ids == (1...11).map { "b#\($0)" })
  }

  @Test("an interrupted shard gives its status, unless something is missing")
  func interrupted() throws {
    let result = try ReportedEvents.result(.passed, 1, id: "a")
    let first = try ReportedEvents.file(
      events: ReportedEvents.events([result], shard: Part(1, of: 2), interruption: .interrupt))
    let second = try ReportedEvents.file("b.jsonl", events: ReportedEvents.events([], shard: Part(2, of: 2)))
    #expect(try MergedRun([first, second]).exitStatus == .interrupted)
    let third = try ReportedEvents.file(
      "c.jsonl", events: ReportedEvents.events([], shard: Part(2, of: 2), interruption: .termination))
    #expect(
      try MergedRun([first, third]).exitStatus == .interrupted, "of two signals that of the first file")
    #expect(try MergedRun([third, first]).exitStatus == .terminated)
    let alone = try MergedRun([first])
    #expect(alone.exitStatus == .harnessFailed && alone.problems == ["shard 2 of 2 is missing"])
    #expect(FinishedRun(alone.events).run?.shards == 1, "how many were merged, not how many there are")
  }

  @Test(
    "flaky cases pass where every shard allows them, and fail where one does not, whichever it is",
    arguments: [
      ([true, true, true], Verdict.ExitStatus.passed), ([false, true, true], .failed),
      ([true, true, false], .failed),
      ([false, false, false], .failed),
    ])
  func flaky(allowing: [Bool], expected: Verdict.ExitStatus) throws {
    let files = try allowing.enumerated().map { index, allowsFlaky in
      let shard = try #require(Part(index + 1, of: allowing.count))
      let flaky = try ReportedEvents.result(.flaky, 1, id: "flaky-\(index)")
      return try ReportedEvents.file(
        "\(index)", events: ReportedEvents.events([flaky], shard: shard, allowsFlaky: allowsFlaky))
    }
    let merged = try MergedRun(files)
    #expect(merged.exitStatus == expected && merged.problems.isEmpty)
    let finished = FinishedRun(merged.events)
    #expect(finished.run?.allowsFlaky == (expected == .passed))
    #expect(finished.end?.exitStatus == Int(expected.rawValue))
  }

  @Test(
    "of shards that differ every version and kernel is told, of a time the longest, and no number of jobs")
  func different() throws {
    let machines = [("0.1.0", "6.1", 2.5), ("0.2.0", "6.1", 7.5), ("0.1.0", "6.18", 5)]
    let files = try machines.enumerated().map { index, machine in
      let shard = Shard(try #require(Part(index + 1, of: machines.count)))
      let results = try (0...index).map { try ReportedEvents.result(.passed, $0 + 1, id: "\(index)-\($0)") }
      let run = RunDescription(
        version: machine.0, kernel: machine.1, cases: results.count, jobs: 4, shard: shard, allowsFlaky: false
      )
      var summary = RunSummary()
      for result in results { summary.add(result.status) }
      summary.duration = .seconds(machine.2)
      return try ReportedEvents.file(
        "\(index)",
        events: [.run(ReportedRun(run))] + results.map { .case(ReportedCase($0)) } + [
          .end(ReportedEnd(summary))
        ])
    }
    let merged = FinishedRun(try MergedRun(files).events)
    let run = try #require(merged.run)
    #expect(run.version == "0.1.0, 0.2.0" && run.kernel == "6.1, 6.18")
    #expect(run.cases == 6 && run.jobs == nil && run.shard == nil && run.shards == 3)
    #expect(merged.end?.seconds == 7.5 && merged.end?.count(of: .passed) == 6)
    #expect(merged.cases.map(\.id) == ["0-0", "1-0", "1-1", "2-0", "2-1", "2-2"])
    #expect(merged.cases.map(\.position) == Array(1...6))
  }

  /// The lines of a run of as many cases as it announces, or of which it announces another number.
  private func lines(of results: [CaseResult], announcing cases: Int? = nil, counting: [CaseStatus]? = nil)
    -> [String]
  {
    var events = ReportedEvents.events(results)
    if let cases { events[0] = ReportedEvents.run(cases: cases) }
    if let counting {
      var summary = RunSummary()
      for status in counting { summary.add(status) }
      events[events.count - 1] = .end(ReportedEnd(summary))
    }
    return ReportedEvents.text(JSONLines(), events).split(separator: "\n").map { "\($0)\n" }
  }

  @Test("what is not complete is told, and no pass")
  func incomplete() throws {
    let results = try (1...3).map { try ReportedEvents.result(.passed, $0, id: "case-\($0)") }
    let whole = lines(of: results)
    let uncounted = "a does not hold as many cases as it counts"
    let table: [(String, [String])] = [
      (whole.dropLast().joined(), ["a was cut short"]),
      (whole[..<3].joined(), ["a was cut short, 1 case of 3 is missing"]),
      (whole[..<2].joined() + String(whole[2].dropLast(9)), ["a was cut short, 2 cases of 3 are missing"]),
      (whole[0] + whole[1] + whole[4], ["\(uncounted), 2 cases of 3 are missing"]),
      // What stands behind the end was being written when the program died.
      (whole.joined() + "{\"event\"", ["a was cut short"]), (whole.joined() + " ", ["a was cut short"]),
      (String(whole.joined().dropLast()), ["a was cut short"]),
      // More cases than were announced, fewer, and others than were counted.
      (lines(of: results, announcing: 2).joined(), [uncounted]),
      (lines(of: results, announcing: 4).joined(), ["\(uncounted), 1 case of 4 is missing"]),
      (lines(of: results, counting: [.passed, .passed, .failed]).joined(), [uncounted]),
      (lines(of: results, counting: [.passed, .passed, .passed, .notRun]).joined(), [uncounted]),
    ]
    for (text, problems) in table {
      let merged = try MergedRun([try ShardFile(name: "a", bytes: Array(text.utf8))])
      #expect(merged.problems == problems)
      #expect(merged.exitStatus == .harnessFailed)
      #expect(plain(merged.events).contains("not complete: \(problems[0])"))
      #expect(ReportedEvents.junit(merged.events).contains(problems[0]))
    }
  }

  @Test("what a shard's own run lacked is told with its name, and what ends with its end is complete")
  func ownProblems() throws {
    let whole = lines(of: [try ReportedEvents.result(.passed, 1)])
    #expect(try MergedRun([try ShardFile(name: "a", bytes: Array(whole.joined().utf8))]).problems.isEmpty)
    let end = try #require(FinishedRun(ReportedEvents.events([try ReportedEvents.result(.passed, 1)])).end)
    let last = ReportedEvents.text(JSONLines(), [.end(end.with(problems: ["the disk is full\u{1b}"]))])
    let bytes = Array((whole.dropLast().joined() + last).utf8)
    let merged = try MergedRun([try ShardFile(name: "a", bytes: bytes)])
    #expect(merged.problems == ["a: the disk is full\\u{1b}"])
    #expect(merged.exitStatus == .harnessFailed)
  }

  @Test("files that contradict each other or do not belong together are refused")
  func wrong() throws {
    let result = try ReportedEvents.result(.passed, 1, id: "x")
    func file(_ name: String, _ number: Int?, of count: Int = 2, _ results: [CaseResult] = []) throws
      -> ShardFile
    {
      try ReportedEvents.file(
        name, events: ReportedEvents.events(results, shard: number.flatMap { Part($0, of: count) }))
    }
    let table: [([ShardFile], String)] = [
      ([try file("a", 1), try file("b", 1)], "a and b are both shard 1 of 2"),
      ([try file("a", 1), try file("b", 2, of: 3)], "a is one of 2 shards, but b is one of 3"),
      ([try file("a", nil), try file("b", nil)], "a is a whole run, which cannot be merged with b"),
      ([try file("a", 1), try file("b", nil)], "b is a whole run, which cannot be merged with a"),
      ([try file("a", 1, [result]), try file("b", 2, [result])], "the case x is in a and b"),
      ([try file("a", nil, [result, result])], "the case x is twice in a"),
      ([try ShardFile(name: "a", bytes: [])], "a is empty: its run never began"),
      ([], "there is nothing to merge"),
    ]
    for (files, reason) in table {
      let error = #expect(throws: MergeError.self) { try MergedRun(files) }
      #expect(error?.description == reason)
    }
  }

  @Test("a line that is none is told by file and line")
  func wrongLines() throws {
    let run = ReportedEvents.text(JSONLines(), [ReportedEvents.run(cases: 0)])
    let end = ReportedEvents.text(JSONLines(), [ReportedEvents.end([])])
    let table = [
      (run + "{\n", "a:2: "), (run + "\n" + end, "a:2: "), (end, "a:1: the first line must begin a run"),
      (run + run, "a:2: a second run begins"), (run + end + end, "a:3: there is something after the end"),
      ("{\"event\":\"run\",\"format\":2}\n", "a:1: format: format 2 is not known"),
      ("{\"event\":\"run\",\"format\":1}\n", "a:1: there is no \""),
      ("{\"event\":\"party\"}\n", "a:1: event: "), ("\u{1b}\n", "a:1: "),
    ]
    for (text, reason) in table {
      let error = #expect(throws: MergeError.self) { try ShardFile(name: "a", bytes: Array(text.utf8)) }
      #expect(error?.description.hasPrefix(reason) == true, "\(String(describing: error))")
      #expect(error?.description.contains("\n") == false)
    }
  }
}
