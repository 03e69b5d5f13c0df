// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// What was measured of a flow.
public struct ReportedFlow: Codable, Sendable {
  /// Packets that left the sender.
  public let sent: Int
  /// Packets that came as they were sent, each counted once.
  public let delivered: Int
  /// Packets that never came as they were sent.
  public let lost: Int
  /// Packets that came again.
  public let duplicated: Int
  /// Packets that came behind one that was sent after them (RFC 4737).
  public let reordered: Int
  /// Packets that came otherwise than they were sent.
  public let wrong: Int
  /// Packets sent in a second.
  public let sendingRate: UInt64
  /// Packets received in a second.
  public let rate: UInt64
  /// Times on the way in nanoseconds: `p50`, `p90`, `p99` and `max`; empty where nothing came.
  public let latency: [String: UInt64]

  init(_ flow: FlowRecord) {
    sent = flow.sent
    delivered = flow.delivered
    lost = flow.lost
    duplicated = flow.duplicated
    reordered = flow.reordered
    wrong = flow.wrong
    sendingRate = flow.sendingRate
    rate = flow.rate
    let times = flow.latencies.map { ($0.key.rawValue, $0.value) }
    latency = Dictionary(uniqueKeysWithValues: times)
  }
}

/// What a line of a report says of the flows of a case.
enum FlowText {
  /// The packets of all of them, the least of their rates, and the greatest of their times.
  static func line(_ flows: [ReportedFlow]) -> String {
    let sent = flows.reduce(0) { $0 + $1.sent }
    let delivered = flows.reduce(0) { $0 + $1.delivered }
    let rate = flows.map(\.rate).min() ?? 0
    let isOne = flows.count == 1
    let time = flows.compactMap { $0.latency[FlowMeasure.p99.rawValue] }.max()
    let words = [
      "\(sent) sent", "\(delivered) delivered", isOne ? Self.rate(rate) : "at least \(Self.rate(rate))",
      time.map { "p99 \(isOne ? "" : "at most ")\(FlowMeasure.p99.format($0))" },
    ]
    return words.compactMap { $0 }.joined(separator: "  ")
  }

  private static func rate(_ rate: UInt64) -> String { rate < 10_000 ? "\(rate) /s" : "\(rate / 1000) k/s" }
}
