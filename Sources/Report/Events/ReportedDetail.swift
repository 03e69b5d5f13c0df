// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict
import Wire

/// What shows how a case went: its file, what was wanted beside what was seen, and all that crossed the cable.
public struct ReportedDetail: Codable, Sendable {
  /// The hosts, by their names.
  public let hosts: [String: ReportedHost]
  /// The part of the file that matters.
  public let source: ReportedSource
  /// What was wanted and seen of each message that something is wrong with.
  public let comparisons: [ReportedComparison]
  /// The packets, in the order of time.
  public let packets: [ReportedCrossing]
  /// How many packets behind the last of them are left out.
  public let omitted: Int
  /// What the programs printed, in the order of time.
  public let outputs: [ReportedOutput]
  /// By how much counters rose that the file asks about, by host.
  public let counters: [String: [String: Int]]

  init(_ scenario: Scenario, _ verdict: CaseVerdict?, _ traffic: CaseTraffic) {
    let named = HostName.allCases.map { ($0.rawValue, ReportedHost(scenario, $0)) }
    hosts = Dictionary(uniqueKeysWithValues: named)
    let findings = verdict?.allFindings ?? []
    source = ReportedSource(scenario, marking: findings.map(\.span))
    let failed = verdict?.messages.filter { !$0.findings.isEmpty } ?? []
    comparisons = failed.prefix(Self.mostComparisons).map(ReportedComparison.init)
    packets = traffic.crossings.map(ReportedCrossing.init)
    omitted = traffic.omitted
    outputs = traffic.outputs.map(ReportedOutput.init)
    let rises = traffic.rises.filter { !$0.value.isEmpty }.map { ($0.key.rawValue, $0.value) }
    counters = Dictionary(uniqueKeysWithValues: rises)
  }

  private static let mostComparisons = 16
}

/// One of the hosts of a case.
public struct ReportedHost: Codable, Sendable {
  /// Its address.
  public let address: String
  /// The program under test that runs in it; nil where a built-in role has the sockets.
  public let program: String?

  init(_ scenario: Scenario, _ host: HostName) {
    address = scenario.interfaces(of: host).map(\.address.description).joined(separator: ", ")
    program = scenario.program(in: host)?.arguments.first
  }
}

/// What was wanted of a message, and what was seen of it.
public struct ReportedComparison: Codable, Sendable {
  /// The message in words: `message 2`.
  public let title: String
  /// Field by field.
  public let fields: [Field]
  /// Measure by measure, of a flow.
  public let measures: [Measure]
  /// Who changed what on the way, in sentences.
  public let changes: [String]
  /// What may be behind it, in sentences.
  public let hints: [String]

  /// A field.
  public struct Field: Codable, Sendable {
    /// Its name.
    public let title: String
    /// What was wanted.
    public let wanted: String
    /// What was seen, by the place.
    public let seen: [String: String]
    /// What else there is to say of the value.
    public let remark: String?
    /// Whether a place has another value than wanted.
    public let isWrong: Bool
  }

  /// A measure of a flow.
  public struct Measure: Codable, Sendable {
    /// Its name.
    public let title: String
    /// What was wanted.
    public let wanted: String
    /// What was measured.
    public let seen: String
    /// Whether it is another than wanted.
    public let isWrong: Bool
  }

  init(_ message: MessageVerdict) {
    title = message.title
    fields = message.rows.map { row in
      let seen = row.seen.map { ($0.key.rawValue, $0.value) }
      return Field(
        title: row.title, wanted: row.wanted, seen: Dictionary(uniqueKeysWithValues: seen),
        remark: row.remark, isWrong: row.isWrong)
    }
    measures = message.measures.map {
      Measure(title: $0.title, wanted: $0.wanted, seen: $0.seen, isWrong: $0.isWrong)
    }
    (changes, hints) = (message.changes, message.hints)
  }
}

/// What a program printed at once.
public struct ReportedOutput: Codable, Sendable {
  /// The host that it ran in.
  public let host: String
  /// The stream's name.
  public let stream: String
  /// When it was read, in nanoseconds of the epoch; nil where that is not known.
  public let time: UInt64?
  /// What it printed, which is foreign; of much the beginning and the end.
  public let text: String

  private static let most = 4096

  init(_ output: CaseTraffic.Output) {
    (host, stream, time) = (output.host.rawValue, output.stream, output.timestamp)
    let bytes = output.bytes
    let left = bytes.count - 2 * Self.most
    guard left > 0 else {
      text = String(decoding: bytes, as: UTF8.self)
      return
    }
    let (head, tail) = (bytes.prefix(Self.most), bytes.suffix(Self.most))
    text =
      String(decoding: head, as: UTF8.self) + "\n[\(count(left, "byte")) are left out]\n"
      + String(decoding: tail, as: UTF8.self)
  }
}
