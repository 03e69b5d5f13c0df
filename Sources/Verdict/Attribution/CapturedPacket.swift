// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// An IP packet as a capture holds it, before anybody knows whose it is.
final class CapturedPacket: Sendable {
  /// Whose end of the cable it was seen at.
  let host: HostName
  /// Whether that host sent it.
  let isOutgoing: Bool
  /// Its frame's place among all frames as they were recorded.
  let position: Int
  /// The frame that it came in.
  let frame: FrameRecord
  /// The header of its frame, with the EtherType behind the tags.
  let ethernet: EthernetHeader
  /// The tags of virtual LANs in its frame, the outermost first.
  let tags: [VLANTag]
  /// The version of IP that it is of, by its EtherType.
  let version: IPVersion
  /// The bytes from the IP header on, Ethernet padding included.
  let bytes: [UInt8]
  /// How many bytes of it there were on the wire.
  let originalLength: Int
  /// Which of the cable's packets it is; nil where the cable is a plain one, or it came another way.
  let cablePacket: CablePacket?
  /// Whether the cable has cut it or made its header say other lengths, so that they say nothing of its bytes.
  let hasAlteredLengths: Bool

  /// Takes the packet out of a frame; nil where the frame's EtherType is none of those that are looked for.
  init?(
    _ frame: FrameRecord, position: Int, types: FrameTypes, cablePacket: CablePacket? = nil,
    hasAlteredLengths: Bool = false
  ) {
    guard var header = try? EthernetHeader(parsing: frame.bytes[...]) else { return nil }
    let found = VLANTag.all(in: frame.bytes, of: types.tags)
    let rest = frame.bytes.dropFirst(EthernetHeader.length - 2 + VLANTag.length * found.count)
    guard rest.count >= 2 else { return nil }
    header.etherType = EtherType(
      rawValue: UInt16(rest[rest.startIndex]) << 8 | UInt16(rest[rest.startIndex + 1]))
    guard let version = types.packets[header.etherType] else { return nil }
    self.version = version
    tags = found
    self.frame = frame
    host = frame.host
    isOutgoing = frame.isOutgoing
    self.position = position
    self.cablePacket = cablePacket
    self.hasAlteredLengths = hasAlteredLengths
    ethernet = header
    bytes = Array(rest.dropFirst(2))
    originalLength = frame.originalLength - EthernetHeader.length - VLANTag.length * found.count
  }

  /// The same bytes as a packet; nil where they are too few for a header.
  var packet: IPPacket? { try? IPPacket(parsing: bytes[...], as: version) }

  /// The bytes without what pads their frame.
  var bytesWithoutPadding: [UInt8] { bytes.withoutPadding(as: version) }

  /// The place on the way of a message from `sender` at which this was seen; nil for the other way.
  func place(from sender: HostName) -> Place? {
    switch (host, isOutgoing) {
    case (sender, true): .sent
    case (sender.other, false): .arrived
    default: nil
    }
  }

  /// The value of a field of its frame, in which `padding` bytes follow the packet.
  func value(of field: FrameField, padding: Int) -> UInt64 {
    switch field {
    case .length: UInt64(clamping: frame.originalLength)
    case .padding: UInt64(clamping: padding)
    case .source: ethernet.source.number
    case .destination: ethernet.destination.number
    case .etherType: UInt64(ethernet.etherType.rawValue)
    }
  }
}

/// The EtherTypes under which packets can be seen.
struct FrameTypes {
  /// Those of packets, with the version that stands behind each.
  var packets: [EtherType: IPVersion] = [.ipv4: .v4, .ipv6: .v6]
  /// Those of tags before them.
  var tags: Set<EtherType> = []
}

extension Scenario {
  /// The EtherTypes under which packets of this scenario can be seen.
  var frameTypes: FrameTypes {
    var types = FrameTypes(tags: tagTypes)
    for index in exchange.indices {
      guard let said = exchange[index].frame.etherType else { continue }
      let type = EtherType(rawValue: said.value)
      types.packets[type] = types.packets[type] ?? exchange[index].version
    }
    return types
  }
}
