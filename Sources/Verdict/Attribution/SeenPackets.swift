// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// The frames of a case, read as packets and as what is none.
struct SeenPackets {
  /// A packet, and the play while which it was seen: its position, or nil where that says nothing.
  struct Packet {
    let captured: CapturedPacket
    let window: Int?
  }

  /// A delivery, and the play while which it was seen.
  struct Handed {
    let delivery: Delivery
    let window: Int?
  }

  /// The packets, each host's own in the order in which its capture saw them.
  private(set) var packets: [Packet] = []
  /// The frames that carry no packet that a message could be.
  private(set) var others: [OtherFrame] = []
  /// What sockets were handed, in the order of time.
  private(set) var deliveries: [Handed] = []

  /// Reads all that was recorded.
  init(_ scenario: Scenario, _ record: CaseRecord) {
    let (types, trace) = (scenario.frameTypes, CableTrace(record))
    var position = 0
    for (window, seen) in record.windows(pacing: scenario.pacing) {
      for frame in seen.frames {
        defer { position += 1 }
        let captured = CapturedPacket(
          frame, position: position, types: types, cablePacket: trace.packet(at: position),
          hasAlteredLengths: trace.hasAlteredLengths(at: position))
        if let captured {
          packets.append(Packet(captured: captured, window: window))
        } else {
          others.append(OtherFrame(frame, position: position, window: window))
        }
      }
      deliveries += seen.deliveries.map { Handed(delivery: $0, window: window) }
    }
  }
}

/// A frame that carries no packet that a message could be.
struct OtherFrame: Sendable {
  /// The frame.
  let frame: FrameRecord
  /// Its place among all frames as they were recorded.
  let position: Int
  /// The play while which it was seen; nil where that says nothing.
  let window: Int?

  init(_ frame: FrameRecord, position: Int, window: Int?) {
    self.frame = frame
    self.position = position
    self.window = window
  }

  /// Takes a packet that no message accounts for as the frame that it is.
  init(_ packet: SeenPackets.Packet) {
    self.init(packet.captured.frame, position: packet.captured.position, window: packet.window)
  }
}

extension CaseRecord {
  /// All that was recorded, in order, each with the position of the play while which it was seen: the play that was
  /// under way when the time ran out included.
  fileprivate func windows(pacing: Pacing) -> [(window: Int?, seen: MessageRecord)] {
    let played = messages.enumerated().map { (window: Optional($0.offset), seen: $0.element) }
    let underWay = pacing == .lockstep ? messages.count : nil
    return played + (burst.map { [(window: nil, seen: $0)] } ?? [])
      + (unfinished.map { [(window: underWay, seen: $0)] } ?? [])
  }
}
