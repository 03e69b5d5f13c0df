// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict

@testable import Report

/// Cases in every way in which they can end, as the reports get them.
enum ReportedEvents {
  /// Text that a terminal, a CI, or a format would take for something else.
  static let hostile =
    "::error::x ##[error]y ]]> --- # SKIP \\ \u{1b}[2J\u{202e}\u{0}\u{7}\r\n::error::z\n...\n\u{fffe}\u{ffff}\u{fffd} </failure>&\"'"
    + " `````` | <b> %0A <\u{301}#\u{301}\"\u{301}|\u{301}`\u{301}:\u{301}"

  static func run(
    cases: Int, jobs: Int = 1, shard: Part? = nil, allowsFlaky: Bool = false
  ) -> ReportedEvent {
    let shard = shard.map(Shard.init)
    let run = RunDescription(
      version: "0.1.0", kernel: "6.18.44", cases: cases, jobs: jobs, shard: shard, allowsFlaky: allowsFlaky)
    return .run(ReportedRun(run))
  }

  /// A case that ends as it is asked to.
  static func result(
    _ status: CaseStatus, _ position: Int, id: String? = nil, path: String? = nil, said: String = "bug 7"
  ) throws -> CaseResult {
    let id = id ?? "area/\(status.rawValue)"
    let known = status == .knownFailure ? "knownFailure: '\(said)', " : ""
    let scenario = try Scenario(
      text: "{ \(known)exchange: ['a'] }", id: id, path: path ?? "scenarios/\(id).json5")
    let passed = Judge.judge(scenario, scenario.record())
    let failed = Judge.judge(scenario, CaseRecord())
    let outcome: CaseResult.Outcome =
      switch status {
      case .passed, .flaky: .judged(passed)
      case .failed, .knownFailure: .judged(failed)
      case .cannotRun: .notJudged(Obstruction(.cannotRunHere, said, fix: "run it as root"))
      case .notJudged: .notJudged(Obstruction(.harnessFailed, said))
      case .notRun: .notRun(said)
      }
    var result = CaseResult(
      PlannedCase(called: scenario, position: position), outcome: outcome, duration: .microseconds(12_345),
      capture: status == .failed ? "twohost-artifacts/\(id)/capture.pcapng" : nil)
    if status == .flaky { result.failedAttempts = [failed] }
    return result
  }

  /// A case of flows that passed, as many as are asked for.
  static func flow(_ count: Int = 1) throws -> CaseResult {
    let flow = "{ flow: { packets: 1000 } }"
    let scenario = try Scenario(
      text: "{ exchange: [\(Array(repeating: flow, count: count).joined(separator: ", "))] }", id: "flows/one"
    )
    var record = CaseRecord()
    for number in 1...count {
      var seen = FlowRecord(try #require(scenario.exchange[0].flowFormat(in: scenario, number: number)))
      seen.sent = 1000
      seen.delivered = 1000
      seen.rate = 302_415
      seen.latencies = [.p50: 11_000, .p90: 21_000, .p99: UInt64(41_000 * number), .max: 99_000]
      var message = MessageRecord()
      message.flow = seen
      record.messages.append(message)
    }
    return CaseResult(
      PlannedCase(called: scenario), outcome: .judged(Judge.judge(scenario, record)),
      duration: .milliseconds(7))
  }

  /// The end of a run of these cases.
  static func end(
    _ results: [CaseResult], allowsFlaky: Bool = false, interruption: Interruption? = nil
  ) -> ReportedEvent {
    var summary = RunSummary(allowsFlaky: allowsFlaky)
    for result in results { summary.add(result.status) }
    summary.duration = .milliseconds(40)
    summary.interruption = interruption
    return .end(ReportedEnd(summary))
  }

  /// A whole run of these cases.
  static func events(
    _ results: [CaseResult], jobs: Int = 1, shard: Part? = nil, allowsFlaky: Bool = false,
    interruption: Interruption? = nil
  ) -> [ReportedEvent] {
    let begin = run(cases: results.count, jobs: jobs, shard: shard, allowsFlaky: allowsFlaky)
    return [begin] + results.map { .case(ReportedCase($0)) }
      + [end(results, allowsFlaky: allowsFlaky, interruption: interruption)]
  }

  /// A run in which a case ends in every way.
  static func everyStatus(allowsFlaky: Bool = false, interruption: Interruption? = nil) throws
    -> [ReportedEvent]
  {
    let results = try CaseStatus.allCases.enumerated().map { try result($1, $0 + 1) }
    return events(results, allowsFlaky: allowsFlaky, interruption: interruption)
  }

  /// A run in which a case with hostile names ends in every way.
  static func everyStatusHostile() throws -> [ReportedEvent] {
    let long = String(repeating: "x", count: 300)
    let results = try CaseStatus.allCases.enumerated().map { index, status in
      let id = "\(hostile)\(index)\(index == 0 ? long : "")"
      let said = status == .knownFailure ? "::error::]]>\u{202e} # TODO <b>" : hostile
      return try result(status, index + 1, id: id, path: "::error::\(hostile)", said: said)
    }
    return events(results)
  }

  /// What a report says of all of them.
  static func text(_ report: some Report, _ events: [ReportedEvent]) -> String {
    var report = report
    return events.map { report.text(for: $0) }.joined()
  }

  /// The JUnit document of them.
  static func junit(_ events: [ReportedEvent]) -> String {
    var report = JUnitReport()
    let additions = inOrder(events).map { report.take($0) }
    let (properties, cases) = (additions.map(\.properties).joined(), additions.map(\.cases).joined())
    return report.head + properties + report.middle + cases + report.tail
  }

  /// GitHub's summary of them.
  static func summary(_ events: [ReportedEvent], limit: Int = GitHubSummary.limit) -> String {
    var summary = GitHubSummary(limit: limit)
    for event in inOrder(events) { summary.take(event) }
    return summary.text
  }

  private static func inOrder(_ events: [ReportedEvent]) -> [ReportedEvent] {
    var order = InOrder()
    return events.flatMap { order.events(after: $0) }
  }
}

extension ReportedEvents {
  /// The lines that GitHub, Azure or TeamCity would obey.
  static func commands(in text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { line in
      let begun = line.unicodeScalars.drop { $0.properties.isWhitespace }
      return begun.starts(with: "::".unicodeScalars) || Array(line.utf8).contains(Array("##[".utf8))
    }
  }
}
