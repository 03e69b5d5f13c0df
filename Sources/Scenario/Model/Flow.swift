// SPDX-License-Identifier: Apache-2.0

import Wire

/// Many numbered packets in a row, each of which is checked where it is delivered.
public struct Flow: Sendable {
  /// How many packets.
  public internal(set) var packets = 1
  /// The bytes of payload in each.
  public internal(set) var size = Located(Flow.smallestSize)
  /// How many packets leave in a second; nil for as many as the receiver takes.
  public internal(set) var rate: Located<Int>?

  /// The most packets of a flow.
  public static let mostPackets = 10_000_000
  /// The most packets of a flow over a cable that does something, which keeps each of them.
  public static let mostPacketsOverCable = 100_000
  /// Room for the numbers and times by which a packet is checked, in bytes of payload.
  public static let smallestSize = 32
}

extension Flow {
  /// The flow in words: `a flow of 1000 packets, 64 bytes of payload each, 2000 a second`.
  public var text: String {
    let pace = rate.map { "\($0.value) per second" } ?? "as fast as the receiver takes them"
    return "a flow of \(packets) packets, \(size.value) bytes of payload each, \(pace)"
  }
}

/// What is measured of a flow.
public enum FlowMeasure: String, CaseIterable, Hashable, Sendable {
  /// Packets that never came as they were sent.
  case lost
  /// Packets that came again.
  case duplicated
  /// Packets that came behind one that was sent after them (RFC 4737 §3.3).
  case reordered
  /// Packets that came otherwise than they were sent.
  case wrong
  /// Packets received in a second.
  case rate
  /// The time on the way within which half of the packets came, in nanoseconds.
  case p50
  /// The same of nine packets of ten.
  case p90
  /// The same of ninety-nine packets of a hundred.
  case p99
  /// The longest time on the way.
  case max

  /// The measures that count packets: each must be 0 where a file says nothing.
  public static let counts: [FlowMeasure] = [.lost, .duplicated, .reordered, .wrong]
  /// The measures of the time on the way.
  public static let latencies: [FlowMeasure] = [.p50, .p90, .p99, .max]

  /// The measure by a name of its own: `lost`, `latency p99`.
  public var name: String { Self.latencies.contains(self) ? "latency \(rawValue)" : rawValue }

  /// A value of it in words: `17`, `302415 /s`, `41 µs`.
  public func format(_ value: UInt64) -> String {
    if self == .rate { return "\(value) /s" }
    return Self.latencies.contains(self) ? Self.time(value) : "\(value)"
  }

  /// Nanoseconds in the unit in which three digits say enough.
  private static func time(_ nanoseconds: UInt64) -> String {
    switch nanoseconds {
    case ..<10_000: "\(nanoseconds) ns"
    case ..<10_000_000: "\(nanoseconds / 1000) µs"
    case ..<10_000_000_000: "\(nanoseconds / 1_000_000) ms"
    default: "\(nanoseconds / 1_000_000_000) s"
    }
  }
}

/// What a file asks of a flow.
public struct FlowExpectation: Sendable {
  /// Where the file says it.
  public let span: SourceSpan
  /// What is asked, by measure.
  public internal(set) var matchers: [FlowMeasure: Located<FieldMatcher>] = [:]

  init(span: SourceSpan) {
    self.span = span
  }
}

extension Message {
  /// What the packets of the flow are like, which is the play of this number, from 1; nil for a single packet.
  public func flowFormat(in scenario: Scenario, number: Int) -> FlowFormat? {
    guard let flow = flow?.value else { return nil }
    let (near, far) = (scenario.network[from.value], scenario.network[from.value.other])
    return FlowFormat(
      from: near.address(of: version), to: far.address(of: version),
      protocol: scenario.protocol.value, number: UInt32(number),
      packets: flow.packets, size: flow.size.value, isIdentified: wayOut == .frame)
  }

  /// What a measure of the flow must be; nil where the file asks for nothing and nothing is a matter of course.
  public func matcher(of measure: FlowMeasure) -> Located<FieldMatcher>? {
    if let asked = expect.flow?.matchers[measure] { return asked }
    return FlowMeasure.counts.contains(measure) ? Located(.value(0), at: flow?.span ?? span) : nil
  }
}

extension FieldMatcher {
  /// What is asked of a measure, in words: `0`, `at most 41 µs`.
  public func text(for measure: FlowMeasure) -> String { words(by: measure.format) }
}

extension Scenario {
  /// Whether what crosses the cable is flows, which captures do not record.
  public var isOfFlows: Bool { exchange.contains { $0.flow != nil } }
}
