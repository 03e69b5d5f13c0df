// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What the segments of TCP acknowledge that say no acknowledgment number: all that had arrived on their connection when
/// they were sent (RFC 9293 §3.10.7.4).
public struct Acknowledgments: Sendable {
  /// The sequence numbers that are next, by the connection as the acknowledging host sees it.
  private var next: [TCPConnection: UInt32] = [:]
  /// How many plays' records were read.
  private var count = 0

  /// Has seen nothing yet.
  public init() {}

  /// A play's message as it is sent after all that was recorded of the plays before it; plays are asked for in order.
  public mutating func message(of play: Play, after record: CaseRecord) -> Message {
    let message = play.message
    guard message.acknowledgesWhatArrived, let connection = TCPConnection(of: message) else { return message }
    while count < min(play.position, record.messages.count) {
      for frame in record.messages[count].frames where !frame.isOutgoing { note(frame) }
      count += 1
    }
    return message.acknowledging(next[connection] ?? 0)
  }

  private mutating func note(_ frame: FrameRecord) {
    guard (try? EthernetHeader(parsing: frame.bytes[...]))?.etherType == .ipv4,
      let packet = try? IPv4Packet(parsing: frame.bytes[...].dropFirst(EthernetHeader.length)),
      let connection = TCPConnection(receiving: packet, at: frame.host), let segment = Segment(of: packet)
    else { return }
    let number = segment.nextSequenceNumber
    // Numbers wrap: of two, the one up to half of all numbers ahead is the later one.
    if next[connection].map({ Int32(bitPattern: number &- $0) > 0 }) ?? true { next[connection] = number }
  }
}
