// SPDX-License-Identifier: Apache-2.0

extension ObjectType where Object == Flow {
  /// Many numbered packets in a row.
  static let flow = ObjectType(
    "a flow such as { packets: 10000, size: 64 }", { _ in Flow() },
    keys: [
      Key("packets", .integer(1...Flow.mostPackets), \.packets, isRequired: true, "how many packets"),
      Key(
        "size", ValueType.integer(Flow.smallestSize...65_515, unit: "bytes").located, \.size,
        "the payload of each, which must fit the MTU; default: \(Flow.smallestSize)"),
      Key(
        "rate", ValueType.integer(1...10_000_000).located, \.rate,
        "packets per second, whether or not the receiver keeps up; default: as fast as it keeps up, so that"
          + " none is lost to a full buffer"),
    ])
}

extension ObjectType where Object == FlowExpectation {
  /// What must hold of a flow.
  static let flowExpectation = ObjectType(
    "an object such as { lost: 0 }", { FlowExpectation(span: $0) },
    keys: [
      count(.lost, "packets that never arrived as they were sent; default: 0"),
      count(.duplicated, "packets that arrived again; default: 0"),
      count(
        .reordered,
        "packets that arrived after one that was sent later (RFC 4737 §3.3); of copies, only the first"
          + " counts; default: 0"),
      count(
        .wrong,
        "packets that arrived changed, each of which is lost as well; default: 0"),
      Key(
        FlowMeasure.rate.rawValue, ValueType<FieldMatcher>.packetCount.located,
        "packets received per second, from the first sent to the last received"
      ) { $0.matchers[.rate] = $1 },
      Key(
        "latency", ObjectType<LatencyExpectation>.latency.value,
        "the time from the call that sends a packet to the one that receives it;"
          + " each call carries several packets"
      ) { $0.matchers.merge($1.matchers) { $1 } },
    ])

  private static func count(_ measure: FlowMeasure, _ meaning: String) -> Key<FlowExpectation> {
    Key(measure.rawValue, ValueType<FieldMatcher>.packetCount.located, meaning) { $0.matchers[measure] = $1 }
  }
}

/// What must hold of the time on the way, as a file writes it.
struct LatencyExpectation: Sendable {
  var matchers: [FlowMeasure: Located<FieldMatcher>] = [:]
}

extension ObjectType where Object == LatencyExpectation {
  static let latency = ObjectType(
    "an object such as { p99: { max: \"1ms\" } }", { _ in LatencyExpectation() },
    keys: [
      key(.p50, "within which half of the packets arrived"),
      key(.p90, "within which nine of ten arrived"),
      key(.p99, "within which ninety-nine of a hundred arrived"),
      key(.max, "the longest"),
    ])

  private static func key(_ measure: FlowMeasure, _ meaning: String) -> Key<LatencyExpectation> {
    Key(measure.rawValue, ValueType<FieldMatcher>.latency.located, meaning) { $0.matchers[measure] = $1 }
  }
}

extension ValueType where Value == FieldMatcher {
  /// What a number of packets may be; a packet may come twice and more.
  fileprivate static let packetCount = matcher(
    ValueType<Int>.integer(0...Int(Int32.max)).map { UInt64($0) }, words: [("any", .any)])

  /// What a time on the way may be.
  fileprivate static let latency = matcher(.nanoseconds, words: [("any", .any)])
}

extension ValueType where Value == UInt64 {
  /// A short time with its unit, in nanoseconds.
  fileprivate static let nanoseconds = ValueType<String>.string.parsed(
    as: "a time such as \"50us\", \"2ms\" or \"1s\"", pattern: "[0-9]{1,9}(ns|us|ms|s)"
  ) { text -> UInt64? in
    let units: [(String, UInt64)] = [("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000)]
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard digits.utf8.count <= 9, let amount = UInt64(digits),
      let unit = units.first(where: { $0.0 == text.dropFirst(digits.count) })
    else { return nil }
    return amount * unit.1
  }
}
