// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What was seen of a flow, counted packet by packet.
public struct FlowRecord: Sendable {
  /// What its packets were like.
  public let format: FlowFormat
  /// Packets that left the sender.
  public var sent = 0
  /// Packets that came as they were sent, each counted once.
  public var delivered = 0
  /// Packets that came again.
  public var duplicated = 0
  /// Packets that came behind one that was sent after them.
  public var reordered = 0
  /// Packets that came otherwise than they were sent.
  public var wrong = 0
  /// Packets sent in a second.
  public var sendingRate: UInt64 = 0
  /// Packets received in a second, from the first that was sent to the last that came.
  public var rate: UInt64 = 0
  /// The times on the way in nanoseconds, by percentile; empty where nothing came.
  public var latencies: [FlowMeasure: UInt64] = [:]
  /// The first sequence numbers, from 1, that were lost, came again, or came too late.
  public var examples: [FlowMeasure: [Int]] = [:]
  /// The first packets that were wrong, from their IPv4 headers on.
  public var wrongPackets: [[UInt8]] = []
  /// How many packets the receiving socket had no room for.
  public var droppedBySocket = 0
  /// How many packets the receiving interface dropped.
  public var droppedByInterface = 0
  /// How many times the sender's kernel had no room, and the packet was sent again.
  public var retries = 0

  /// The record of a flow of which nothing was seen yet.
  public init(_ format: FlowFormat) {
    self.format = format
  }

  /// Packets that never came as they were sent.
  public var lost: Int { sent - delivered }

  /// What a measure is; nil where there is nothing to measure.
  public func value(of measure: FlowMeasure) -> UInt64? {
    switch measure {
    case .lost: UInt64(lost)
    case .duplicated: UInt64(duplicated)
    case .reordered: UInt64(reordered)
    case .wrong: UInt64(wrong)
    case .rate: rate
    case .p50, .p90, .p99, .max: latencies[measure]
    }
  }
}
