// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// What is told of a case that is over, or that will not be run.
///
/// Foreign text stands here as it is; only `text` is made to be printed.
public struct ReportedCase: Codable, Sendable {
  /// Its place in the plan of its run, from 1.
  public var position: Int
  /// Its id, with its repetition where it has some.
  public let id: String
  /// The scenario's file.
  public let file: String
  /// The line on which the exchange's first message stands, from 1.
  public let line: Int
  /// The scenario's title; empty where it has none.
  public let title: String
  /// The scenario's tags.
  public let tags: [String]
  /// How it counts.
  public let status: CaseStatus
  /// How long it took, of several attempts the last.
  public let seconds: Double
  /// Which of its repetitions this is; nil where it is run once.
  public let repetition: Part?
  /// How many times it was tried.
  public let attempts: Int
  /// What the attempts before the last found.
  public let failedAttempts: [ReportedAttempt]
  /// How many packets were seen at each place; nil where nothing was judged.
  public let packets: ReportedPackets?
  /// What was measured of each flow, in order; nil where there is none.
  public let flows: [ReportedFlow]?
  /// What was seen of the connection, where the messages are streams; nil where they are not.
  public let stream: ReportedStream?
  /// Everything that is wrong.
  public let findings: [ReportedFinding]
  /// The failure as a terminal shows it, in lines; nil where there is none.
  public let text: String?
  /// Why the case is known to fail, where it is and did.
  public let knownFailure: String?
  /// Why it was not judged, or not run.
  public let reason: String?
  /// What to do about the reason, where that is known.
  public let fix: String?
  /// The capture file that was written, if any.
  public let capture: String?
  /// Why a capture that was to be kept is not there.
  public let captureFailure: String?
  /// A command line that runs it again, as a shell takes it; nil of a case that passed, or where nobody knows.
  public let again: String?
  /// The seeds of what is random in it, by what they are for.
  public let seeds: [String: Int]
  /// What was given on the command line for variables of its file, by name; nil where nothing was.
  public let variables: [String: String]?
  /// Where its time went; nil where nothing was played.
  public let timing: ReportedTiming?
  /// What shows how it went; nil where nobody looks at that. Of a flaky case, what its last failure was.
  public var detail: ReportedDetail?
}

/// Where the time of a case went, in seconds.
public struct ReportedTiming: Codable, Sendable {
  /// From nothing to two hosts that are ready.
  public let setUp: Double
  /// From the first message until all is over in both hosts.
  public let exchange: Double
  /// From what was seen to a verdict.
  public let judging: Double
  /// Until the hosts were let go, or handed to the next case.
  public let tearDown: Double

  init(_ timing: CaseTiming) {
    setUp = timing.setUp.inSeconds
    exchange = timing.exchange.inSeconds
    judging = timing.judging.inSeconds
    tearDown = timing.tearDown.inSeconds
  }

  /// The parts in words, in order.
  var words: String {
    [("set-up", setUp), ("exchange", exchange), ("judging", judging), ("tear-down", tearDown)]
      .map { "\($0.0) \(Duration(inSeconds: $0.1).formatted)" }.joined(separator: "  ")
  }
}

/// What was found by an attempt that failed.
public struct ReportedAttempt: Codable, Sendable {
  /// Everything that is wrong.
  public let findings: [ReportedFinding]
  /// The failure as a terminal shows it, in lines.
  public let text: String
}

/// How many packets of a case were seen at each place.
public struct ReportedPackets: Codable, Sendable {
  /// On their way out of the sender.
  public let sent: Int
  /// On their way into the receiver.
  public let arrived: Int
  /// At the receiving program.
  public let delivered: Int
}

/// One thing that is not as it must be.
public struct ReportedFinding: Codable, Sendable {
  /// What kind of thing, by a name that never changes: `field ttl`.
  public let kind: String
  /// The places where it is wrong, in order.
  public let places: [String]
  /// The file that says what is wanted.
  public let file: String
  /// The line there, from 1.
  public let line: Int
  /// The column there, from 1, in characters.
  public let column: Int
  /// What is wrong: `wanted 0, arrived with 7238`.
  public let text: String

  init(_ finding: Finding) {
    let position = finding.span.position
    kind = finding.kind.name
    places = finding.places.map(\.rawValue)
    file = finding.span.file.path
    line = position.line
    column = position.column
    text = finding.text
  }

  /// Where it is, and what: `scenarios/a.json5:4:24: wanted 0, arrived with 7238`.
  var sentence: String { "\(file):\(line):\(column): \(text)" }
}

extension ReportedCase {
  init(_ result: CaseResult) {
    let scenario = result.scenario
    position = result.planned.position
    id = result.id
    file = scenario.file.path
    line = scenario.exchange.first?.span.line ?? 1
    title = scenario.title
    tags = scenario.tags
    status = result.status
    seconds = result.duration.inSeconds
    repetition = result.planned.repetition
    attempts = result.failedAttempts.count + 1
    failedAttempts = result.failedAttempts.map(ReportedAttempt.init)
    let verdict = result.verdict
    packets = verdict.map(ReportedPackets.init)
    flows = verdict.flatMap { $0.flows.isEmpty ? nil : $0.flows.map(ReportedFlow.init) }
    stream = verdict?.stream.map(ReportedStream.init)
    findings = verdict?.allFindings.map(ReportedFinding.init) ?? []
    text = verdict.flatMap { $0.isPassed ? nil : $0.shown }
    knownFailure = verdict?.knownFailure
    (reason, fix) = result.obstacle
    (capture, captureFailure) = (result.capture, result.captureFailure)
    let again = result.status == .passed ? nil : result.planned.again
    self.again = again.map { $0.map(ShellWord.quote).joined(separator: " ") }
    seeds = scenario.seeds
    let settings = scenario.settings.map { ($0.name, $0.value) }
    variables = settings.isEmpty ? nil : Dictionary(settings) { first, _ in first }
    timing = result.timing.map(ReportedTiming.init)
    let shown = result.status == .flaky ? result.failedAttempts.last : verdict
    detail = result.traffic.map { ReportedDetail(scenario, shown, $0) }
  }

  /// The kinds of what is wrong, each once.
  var kinds: [String] {
    var kinds: [String] = []
    for finding in findings where !kinds.contains(finding.kind) { kinds.append(finding.kind) }
    return kinds
  }
}

extension ReportedAttempt {
  init(_ verdict: CaseVerdict) {
    self.init(findings: verdict.allFindings.map(ReportedFinding.init), text: verdict.shown)
  }
}

extension ReportedPackets {
  init(_ verdict: CaseVerdict) {
    self.init(
      sent: verdict.counts[.sent, default: 0], arrived: verdict.counts[.arrived, default: 0],
      delivered: verdict.counts[.delivered, default: 0])
  }
}

extension CaseVerdict {
  /// What shows why it failed, in lines.
  fileprivate var shown: String { FailureText(self).lines.map(LogLine.guarded).joined(separator: "\n") }
}

extension CaseResult {
  fileprivate var verdict: CaseVerdict? {
    if case .judged(let verdict) = outcome { verdict } else { nil }
  }

  /// Why there is no verdict, and what to do about it.
  fileprivate var obstacle: (reason: String?, fix: String?) {
    switch outcome {
    case .judged: (nil, nil)
    case .notJudged(let obstruction): (obstruction.reason, obstruction.fix)
    case .notRun(let reason): (reason, nil)
    }
  }
}
