// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What the segments of TCP acknowledge that say no acknowledgment number: all that had arrived on their connection when
/// they were sent (RFC 9293 §3.10.7.4).
struct Acknowledgments: Sendable {
  /// The sequence numbers that are next, by the connection as the acknowledging host sees it.
  private var next: [TCPConnection: UInt32] = [:]
  /// How many plays' records were read.
  private var count = 0

  /// Under which EtherTypes segments are looked for.
  private let types: FrameTypes

  /// Has seen nothing of a scenario's segments yet.
  init(_ scenario: Scenario) {
    types = scenario.frameTypes
  }

  /// A play's message as it is sent after all that was recorded of the plays before it; plays are asked for in order.
  mutating func message(of play: Play, after record: CaseRecord) -> Message {
    let message = play.message
    guard message.acknowledgesWhatArrived, let connection = TCPConnection(of: message) else { return message }
    while count < min(play.position, record.messages.count) {
      for frame in record.messages[count].frames where !frame.isOutgoing { note(frame) }
      count += 1
    }
    return message.acknowledging(next[connection] ?? 0)
  }

  private mutating func note(_ frame: FrameRecord) {
    guard let captured = CapturedPacket(frame, position: 0, types: types),
      let packet = captured.packet,
      let connection = TCPConnection(receiving: packet, at: frame.host), let segment = Segment(of: packet)
    else { return }
    let number = segment.nextSequenceNumber
    // Numbers wrap: of two, the one up to half of all numbers ahead is the later one.
    let isLater = next[connection].map { Int32(bitPattern: number &- $0) > 0 } ?? true
    if isLater || segment.beginsConnection { next[connection] = number }
  }
}
