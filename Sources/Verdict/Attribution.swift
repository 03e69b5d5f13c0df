// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Which of the packets seen while a message passed are that message, and which are nobody's.
public struct Attribution: Sendable {
  /// The message as it was seen at each place, copies apart.
  public private(set) var datagrams: [Place: [SeenDatagram]] = [:]
  /// Packets of which the receiver read less than a header: whose they are cannot be seen, but they came now.
  public private(set) var stubs: [Delivery] = []
  /// The packets that no message accounts for, each once, at the end of the cable that it came from.
  public private(set) var strays: [Stray] = []

  /// Sorts what was seen while one message passed.
  ///
  /// A packet belongs to the message when it has the source, destination and protocol that were asked for,
  /// or carries its payload or the piece of it that its offset says: what a kernel or a cable may have
  /// changed must not hide it.
  init(_ record: MessageRecord, of message: Message, in scenario: Scenario) {
    let asked = message.packet(in: scenario)
    var seen: [Place: [Sighting]] = [:]
    var others: [Stray] = []
    for frame in record.frames {
      guard let bytes = frame.ipv4Bytes else { continue }
      if let place = frame.place, let sighting = Sighting(place: place, bytes: bytes, of: frame),
        sighting.packet.isKin(to: asked)
      {
        seen[place, default: []].append(sighting)
      } else {
        others.append(Stray(host: frame.host, isOutgoing: frame.isOutgoing, bytes: bytes))
      }
    }
    seen[.delivered] = record.deliveries.compactMap { delivery in
      Sighting(place: .delivered, bytes: delivery.bytes, originalLength: delivery.originalLength)
    }.filter { $0.packet.isKin(to: asked) }
    datagrams = seen.mapValues(SeenDatagram.gather)
    stubs = record.deliveries.filter { $0.bytes.count < IPv4Header.minimumLength }
    strays = others.filter { stray in !others.contains { $0.isDeparture(of: stray) } }
  }
}

/// An IPv4 packet that no message accounts for.
public struct Stray: Hashable, Sendable {
  /// Whose end of the cable it was seen at.
  public let host: HostName
  /// Whether that host sent it.
  public let isOutgoing: Bool
  /// Its bytes from the IPv4 header on.
  public let bytes: [UInt8]

  /// Whether `other` is this packet where it came out of the cable.
  ///
  /// A packet that crosses the cable is seen at both ends, in either order, and is one stray.
  fileprivate func isDeparture(of other: Stray) -> Bool {
    isOutgoing && !other.isOutgoing && host != other.host && bytes == other.bytes
  }
}

extension FrameRecord {
  /// The place at which a frame on its way from sender to receiver is seen; nil for the other way.
  fileprivate var place: Place? {
    switch (host, isOutgoing) {
    case (.sender, true): .sent
    case (.receiver, false): .arrived
    default: nil
    }
  }

  /// What follows the Ethernet header where it says that this is IPv4.
  fileprivate var ipv4Bytes: [UInt8]? {
    guard let header = try? EthernetHeader(parsing: bytes[...]), header.etherType == .ipv4 else { return nil }
    return Array(bytes.dropFirst(EthernetHeader.length))
  }
}

extension Sighting {
  fileprivate init?(place: Place, bytes: [UInt8], of frame: FrameRecord) {
    self.init(place: place, bytes: bytes, originalLength: frame.originalLength - EthernetHeader.length)
  }
}

extension IPv4Packet {
  /// Whether this is likely the packet that was asked for, whole or a piece of it, changed on its way or not.
  fileprivate func isKin(to asked: IPv4Packet) -> Bool {
    let isAddressedAlike =
      header.source == asked.header.source && header.destination == asked.header.destination
      && header.protocol == asked.header.protocol
    return isAddressedAlike || carriesPiece(of: asked.payload)
  }

  private func carriesPiece(of whole: [UInt8]) -> Bool {
    let isFragment = header.moreFragments || header.fragmentOffset > 0
    let piece = isFragment ? whole.dropFirst(Int(header.fragmentOffset)).prefix(payload.count) : whole[...]
    return !payload.isEmpty && payload.elementsEqual(piece)
  }
}
