// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// What was seen of the connection of streams.
public struct ReportedStream: Codable, Sendable {
  /// Segments that left either host, those without payload included.
  public let segments: Int
  /// Bytes that came to the receiver.
  public let bytesToReceiver: Int
  /// Bytes that came to the sender.
  public let bytesToSender: Int
  /// Segments with bytes that had left before.
  public let retransmissions: Int
  /// Segments that arrived behind a gap, or behind what was sent after them.
  public let outOfOrder: Int
  /// How many times a host told that it has no room.
  public let zeroWindows: Int
  /// Whether either host reset the connection.
  public let reset: Bool
  /// Bytes that went through in a second.
  public let rate: UInt64
  /// What the kernels know of the ends of built-in roles, by the host.
  public let ends: [String: End]

  /// What a kernel knows of one end (`TCP_INFO`).
  public struct End: Codable, Sendable {
    /// Segments that it sent again.
    public let retransmissions: Int
    /// The smoothed time to the other host and back, in seconds.
    public let roundTrip: Double
    /// How many segments it would have had under way.
    public let congestionWindow: Int
  }

  init(_ stream: StreamRecord) {
    segments = Int(stream.value(of: .segments))
    bytesToReceiver = stream.received(from: .sender)
    bytesToSender = stream.received(from: .receiver)
    retransmissions = Int(stream.value(of: .retransmissions))
    outOfOrder = Int(stream.value(of: .outOfOrder))
    zeroWindows = Int(stream.value(of: .zeroWindows))
    reset = stream.conversation.isReset
    rate = stream.value(of: .rate)
    let known = stream.ends.map { host, end in
      (
        host.rawValue,
        End(
          retransmissions: end.retransmissions, roundTrip: Double(end.roundTrip) / 1e6,
          congestionWindow: end.congestionWindow)
      )
    }
    ends = Dictionary(uniqueKeysWithValues: known)
  }

  /// What a line of a report says of it.
  var line: String {
    let bytes = [("to the receiver", bytesToReceiver), ("to the sender", bytesToSender)]
      .filter { $0.1 > 0 }.map { "\(Self.amount($0.1)) \($0.0)" }
    let words = [
      "\(segments) segments", bytes.isEmpty ? "no bytes" : bytes.joined(separator: ", "),
      retransmissions > 0 ? "\(retransmissions) retransmitted" : nil, reset ? "reset" : nil,
      bytesToReceiver + bytesToSender >= Self.worthRate ? "\(Self.amount(Int(clamping: rate)))/s" : nil,
    ]
    return words.compactMap { $0 }.joined(separator: "  ")
  }

  /// The rate of fewer bytes says how long the connection took to open.
  private static let worthRate = 1_000_000

  private static func amount(_ bytes: Int) -> String {
    switch bytes {
    case 1: "1 byte"
    case ..<10_000: "\(bytes) bytes"
    case ..<10_000_000: "\(bytes / 1000) kB"
    default: "\(bytes / 1_000_000) MB"
    }
  }
}
