// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What was found of a whole case.
public struct CaseVerdict: Sendable {
  /// What was found of each play, in order.
  public internal(set) var messages: [MessageVerdict] = []
  /// What is wrong beside the messages.
  public internal(set) var findings: [Finding] = []
  /// The packets that no message accounts for.
  public internal(set) var unexpected: [UnexpectedPackets] = []
  /// How many packets were seen at each place.
  public internal(set) var counts: [Place: Int] = [:]
  /// What was seen of the connection, where the messages are streams.
  public let stream: StreamRecord?
  /// What the programs under test printed.
  public let printed: [ProgramPrint]
  /// Why the case is known to fail, where it is and did.
  public internal(set) var knownFailure: String?
  /// What may be behind what is wrong beside the messages, in sentences.
  public internal(set) var hints: [String] = []

  init(_ record: CaseRecord) {
    printed = record.printed
    stream = record.stream
  }

  /// Says beside what is wrong what else may be behind it, in sentences.
  public mutating func add(hints sentences: [String]) {
    hints += sentences
  }

  /// A packet that is shown beside the message that it was likely meant to be is not told of again.
  mutating func account(forPacketAt positions: [Int]) {
    guard let index = unexpected.firstIndex(where: { $0.positions == positions }) else { return }
    unexpected.remove(at: index)
    findings.removeAll { $0.kind == .stray && $0.positions == positions }
  }

  /// Takes back what is of some kinds: one cause is told once.
  mutating func removeFindings(where isTaken: (Finding.Kind) -> Bool) {
    findings.removeAll { isTaken($0.kind) }
    for index in messages.indices { messages[index].findings.removeAll { isTaken($0.kind) } }
  }

  /// Whether everything is as it must be.
  public var isPassed: Bool { findings.isEmpty && messages.allSatisfy { $0.findings.isEmpty } }

  /// Whether the case lets the run pass: everything is as it must be, or the case is known to fail.
  public var isAccepted: Bool { isPassed || knownFailure != nil }

  /// What was counted of each flow, in order.
  public var flows: [FlowRecord] { messages.compactMap(\.flow) }

  /// Everything that is wrong, the messages' first.
  public var allFindings: [Finding] { messages.flatMap(\.findings) + findings }
}

/// What was found of one play of a message, and what shows it.
public struct MessageVerdict: Sendable {
  /// The play's name, as `Play.title` has it.
  public let title: String
  /// What is wrong; nothing when the message passed.
  public internal(set) var findings: [Finding] = []
  /// Field by field, what was wanted and what was seen at each place.
  public internal(set) var rows: [ComparisonRow] = []
  /// What was measured of a flow, where anything is wrong with it.
  public internal(set) var measures: [MeasureRow] = []
  /// What was counted of a flow; nil for a single packet.
  public internal(set) var flow: FlowRecord?
  /// A wrong payload beside the one that was wanted; nil where none is wrong, or less than all bytes are asked.
  public internal(set) var payload: PayloadDifference?
  /// The packet with its wrong bytes marked.
  public internal(set) var evidence: MarkedPacket?
  /// At each place the packet that was held against what was wanted, with its wrong bytes marked.
  var marked: [MarkedPacket] = []
  /// Who changed what on the way, in sentences.
  public internal(set) var changes: [String] = []
  /// What may be behind it, in sentences.
  public internal(set) var hints: [String] = []

  init(_ play: Play) {
    title = play.title
  }
}

/// One line of the table of what was wanted and what was seen.
public struct ComparisonRow: Sendable {
  /// The name of the field.
  public let title: String
  /// What was wanted.
  public let wanted: String
  /// What was seen, by place.
  public let seen: [Place: String]
  /// What else there is to say of the value, such as its hexadecimal form.
  public let remark: String?
  /// Whether a place has another value than wanted.
  public let isWrong: Bool
}

/// One line of the table of what was wanted and what was measured of a flow.
public struct MeasureRow: Sendable {
  /// The name of the measure.
  public let title: String
  /// What was wanted.
  public let wanted: String
  /// What was measured.
  public let seen: String
  /// Whether it is another than wanted.
  public let isWrong: Bool
}

/// A packet and which of its bytes are wrong.
public struct MarkedPacket: Sendable {
  /// Where it was seen, or nil for a packet of nobody's, and for one that came back.
  public let place: Place?
  /// Its bytes from the IPv4 header on.
  public let bytes: [UInt8]
  /// The positions of the bytes that are wrong.
  public let marks: Set<Int>
  /// In which place of the order it came back, from 1; nil where it did not.
  public internal(set) var returned: Int?
  /// The wrong fields, by the names of Wireshark's display filter.
  var wrongFields: Set<String> = []
}

/// A payload that is another than wanted, and the one that was wanted.
public struct PayloadDifference: Sendable {
  /// The place where it was seen first.
  public let place: Place
  /// The bytes that were wanted.
  public let wanted: [UInt8]
  /// The bytes that were seen.
  public let seen: [UInt8]
  /// The position of the first byte that is another, or that only one of them has.
  public let position: Int
}

/// What a program under test printed on one stream.
public struct ProgramPrint: Sendable {
  /// The host it ran in.
  public let host: HostName
  /// The stream's name: `stdout`, `stderr`.
  public let stream: String
  /// What it printed, which is foreign: never empty.
  public let output: PrintedOutput

  /// Says what a program printed on one of its streams.
  public init(host: HostName, stream: String, output: PrintedOutput) {
    self.host = host
    self.stream = stream
    self.output = output
  }
}

extension CaseRecord {
  /// Everything that the programs of the case printed.
  public var printed: [ProgramPrint] {
    let hosts = HostName.allCases.compactMap { host in programs[host].map { (host, $0) } }
    let streams = hosts.flatMap { host, program in
      [
        ProgramPrint(host: host, stream: "stdout", output: program.stdout),
        ProgramPrint(host: host, stream: "stderr", output: program.stderr),
      ]
    }
    return streams.filter { $0.output.total > 0 }
  }
}
