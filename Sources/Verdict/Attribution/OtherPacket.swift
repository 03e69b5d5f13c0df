// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// An IP packet that is no message: it came back on a message's account, or is nobody's.
public struct OtherPacket: Sendable {
  /// Whose end of the cable it was seen at: the end that it came from, where both saw it.
  public let host: HostName
  /// Whether that host sent it.
  public let isOutgoing: Bool
  /// Its bytes from the IP header on.
  public let bytes: [UInt8]
  /// What the captures hold of it: once for each end of the cable that saw it.
  let captured: [CapturedPacket]

  private init(_ first: CapturedPacket, _ second: CapturedPacket?) {
    host = first.host
    isOutgoing = first.isOutgoing
    bytes = first.bytes
    captured = [first] + [second].compactMap { $0 }
  }

  /// What tells a packet that crosses the cable from others: its number on the cable, else its bytes, and who sent it.
  private struct Crossing: Hashable {
    let sender: HostName
    let cablePacket: CablePacket?
    let bytes: [UInt8]

    init(_ packet: CapturedPacket) {
      sender = packet.isOutgoing ? packet.host : packet.host.other
      cablePacket = packet.cablePacket
      bytes = packet.cablePacket == nil ? packet.bytes : []
    }
  }

  /// Joins what was seen of the same packet at both ends of the cable: what the cable numbered by its number, else
  /// by its bytes.
  static func join(_ packets: [CapturedPacket]) -> [OtherPacket] {
    let arrivals = packets.filter { !$0.isOutgoing }
    var waiting: [Crossing: Queue] = [:]
    for (index, arrival) in arrivals.enumerated() {
      waiting[Crossing(arrival), default: Queue()].append(index)
    }
    var isJoined = [Bool](repeating: false, count: arrivals.count)
    let departures = packets.filter(\.isOutgoing).map { departure in
      guard let index = waiting[Crossing(departure)]?.popFirst() else { return OtherPacket(departure, nil) }
      isJoined[index] = true
      return OtherPacket(departure, arrivals[index])
    }
    return departures + zip(arrivals, isJoined).filter { !$0.1 }.map { OtherPacket($0.0, nil) }
  }

  /// Its place among all frames as they were recorded: where it was seen first.
  var position: Int { captured[0].position }

  /// Whether it goes to the host that a message came from.
  func goesBack(to sender: HostName) -> Bool { isOutgoing ? host == sender.other : host == sender }

  /// The version that it is of.
  var version: IPVersion { captured[0].version }

  /// How it was seen last: where it arrived, if it did.
  var lastSeen: CapturedPacket? { captured.last }

  /// Which of the cable's packets it is; nil where the cable numbered none such.
  var cablePacket: CablePacket? { captured.first?.cablePacket }

  /// Whether it came out of the cable.
  var hasArrived: Bool { captured.contains { !$0.isOutgoing } }
}

extension [OtherPacket] {
  /// The packets in the order in which they arrived; one that did not keeps its place among them.
  var inOrderOfArrival: [OtherPacket] {
    let places = indices.filter { self[$0].hasArrived }
    let arrived = places.map { self[$0] }.sorted {
      ($0.lastSeen?.position ?? 0) < ($1.lastSeen?.position ?? 0)
    }
    var ordered = self
    for (place, packet) in zip(places, arrived) { ordered[place] = packet }
    return ordered
  }
}
