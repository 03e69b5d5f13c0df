// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A packet, or another frame, that no message accounts for.
struct Unaccounted: Sendable {
  /// Whose end of the cable it was seen at: the end that it came from, where both saw it.
  let host: HostName
  /// Whether that host sent it.
  let isOutgoing: Bool
  /// What it is.
  let summary: FrameSummary
  /// Its bytes from the IP header on, or the whole frame where it is none of IP.
  let bytes: [UInt8]
  /// Its place at each end of the cable that saw it, among all frames as they were recorded.
  let positions: [Int]
  /// The play while which it was seen; nil where that says nothing.
  let window: Int?
  /// The packet; nil where it is none of IP.
  let packet: OtherPacket?

  /// Takes a packet of IP.
  init(_ packet: OtherPacket, window: Int?) {
    (host, isOutgoing, bytes) = (packet.host, packet.isOutgoing, packet.bytes)
    summary = FrameSummary(
      packet: packet.bytes[...], as: packet.version, tellingFlags: packet.packet?.isReset == true)
    positions = packet.captured.map(\.position)
    self.window = window
    self.packet = packet
  }

  private init(_ first: OtherFrame, _ second: OtherFrame?) {
    (host, isOutgoing, bytes) = (first.frame.host, first.frame.isOutgoing, first.frame.bytes)
    summary = FrameSummary(frame: first.frame.bytes)
    positions = [first.position] + [second?.position].compactMap { $0 }
    (window, packet) = (first.window, nil)
  }

  /// Joins what was seen of the same frame at both ends of the cable.
  static func join(_ frames: [OtherFrame]) -> [Unaccounted] {
    struct Crossing: Hashable {
      let sender: HostName
      let bytes: [UInt8]

      init(_ frame: FrameRecord) {
        sender = frame.isOutgoing ? frame.host : frame.host.other
        bytes = frame.bytes
      }
    }
    let arrivals = frames.filter { !$0.frame.isOutgoing }
    var waiting: [Crossing: Queue] = [:]
    for (index, arrival) in arrivals.enumerated() {
      waiting[Crossing(arrival.frame), default: Queue()].append(index)
    }
    var joined: Set<Int> = []
    let departures = frames.filter(\.frame.isOutgoing).map { departure in
      let index = waiting[Crossing(departure.frame)]?.popFirst()
      if let index { joined.insert(index) }
      return Unaccounted(departure, index.map { arrivals[$0] })
    }
    let rest = arrivals.indices.filter { !joined.contains($0) }.map { Unaccounted(arrivals[$0], nil) }
    return departures + rest
  }
}
