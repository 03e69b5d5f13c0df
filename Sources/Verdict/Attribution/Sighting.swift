// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// One IPv4 packet as it was seen at one place.
struct Sighting: Sendable {
  /// Where it was seen.
  let place: Place
  /// The bytes seen from the IPv4 header on, Ethernet padding included.
  let bytes: [UInt8]
  /// How many bytes there were before a reader's buffer cut them.
  let originalLength: Int
  /// The same bytes as a packet.
  let packet: IPv4Packet
  /// The header under which it was sent, where the cable's number says so: the cable may have changed it.
  let sentHeader: IPv4Header?
  /// Whether it is a piece that somebody cut from the datagram that was asked for (RFC 791 §3.2).
  ///
  /// A message that asks to be a piece is whole as it is.
  let isFragment: Bool
  /// The capture's view of it; nil where a socket read it.
  let captured: CapturedPacket?
  /// Whether a UDP socket was handed it, which can tell only some of its headers.
  let isOfUDPSocket: Bool

  /// Reads a packet of a capture; nil where the bytes are too few for a header.
  init?(_ captured: CapturedPacket, place: Place, asked: IPv4Packet) {
    guard let packet = try? IPv4Packet(parsing: captured.bytes[...]) else { return nil }
    self.init(packet, captured.bytes, captured.originalLength, place: place, asked: asked, captured, nil)
  }

  /// Reads a packet that arrived, of which it is known how it was sent; what the cable has cut of its header is
  /// taken from there.
  init(_ captured: CapturedPacket, sentAs twin: Sighting, asked: IPv4Packet) {
    let rest = twin.bytes.prefix(IPv4Header.minimumLength).dropFirst(captured.bytes.count)
    let packet = (try? IPv4Packet(parsing: (captured.bytes + rest)[...])) ?? twin.packet
    self.init(
      packet, captured.bytes, captured.originalLength, place: .arrived, asked: asked, captured,
      twin.packet.header)
  }

  /// Reads a packet that a socket was handed; nil where the bytes are too few for a header.
  init?(_ delivery: Delivery, asked: IPv4Packet) {
    guard let packet = try? IPv4Packet(parsing: delivery.bytes[...]) else { return nil }
    self.init(
      packet, delivery.bytes, delivery.originalLength, place: .delivered, asked: asked, nil, nil,
      isOfUDPSocket: delivery.isOfUDPSocket)
  }

  private init(
    _ packet: IPv4Packet, _ bytes: [UInt8], _ originalLength: Int, place: Place, asked: IPv4Packet,
    _ captured: CapturedPacket?, _ sentHeader: IPv4Header?, isOfUDPSocket: Bool = false
  ) {
    let isLaidOutAsAsked = packet.isMisstated(like: asked) || captured?.hasAlteredLengths == true
    self.packet = isLaidOutAsAsked ? packet.laidOut(like: asked) : packet
    self.place = place
    self.bytes = bytes
    self.originalLength = originalLength
    self.captured = captured
    self.isOfUDPSocket = isOfUDPSocket
    self.sentHeader = sentHeader
    isFragment = (packet.header.isPiece || sentHeader?.isPiece == true) && !asked.isPiece
  }

  /// The header by which its datagram is known: as it was sent, as far as that is known.
  var datagramHeader: IPv4Header { sentHeader ?? packet.header }

  /// Whether all of a field is among the bytes that the cable has left, and that a socket can tell of.
  func holds(_ field: IPField) -> Bool {
    if isOfUDPSocket, !SocketKind.toldByUDP.contains(field) { return false }
    let end = field == .options ? IPv4Header.minimumLength * 8 : field.bits.upperBound
    return end <= bytes.count * 8
  }

  /// Whether a field is as asked; of one that is not there, or a checksum of a header that is not, nothing can be
  /// said.
  func matches(_ matcher: FieldMatcher, _ field: IPField) -> Bool {
    if matcher == .any { return true }
    let isOfAll = matcher == .valid || matcher == .invalid
    return holds(isOfAll ? .options : field) && matcher.matches(field, in: packet.header)
  }

  /// Whether a socket was handed just what arrived, as far as its reader had room for it.
  func isCopy(of arrived: Sighting) -> Bool {
    let core = arrived.bytes.withoutPadding
    return originalLength == core.count && core.starts(with: bytes)
  }

  /// The value of a field of the frame around it; nil where a socket read it.
  func value(of field: FrameField) -> UInt64? {
    captured?.value(of: field, padding: packet.padding.count)
  }
}

extension IPv4Packet {
  /// Whether it says of itself that it is a part of a datagram.
  var isPiece: Bool { header.isPiece }

  /// Whether header or total length say something else than there is.
  var hasMisstatedLengths: Bool {
    let headerLength = IPv4Header.minimumLength + header.options.count
    return Int(header.headerLength) != headerLength || Int(header.totalLength) != headerLength + payload.count
  }

  /// Whether its lengths are the wrong ones that were asked for.
  fileprivate func isMisstated(like asked: IPv4Packet) -> Bool {
    header.headerLength == asked.header.headerLength && header.totalLength == asked.header.totalLength
      && asked.hasMisstatedLengths
  }

  /// The same bytes with options and payload where the sender put them, whatever the header says of them.
  fileprivate func laidOut(like asked: IPv4Packet) -> IPv4Packet {
    let rest = (header.options + payload + padding)[...]
    let behindOptions = rest.dropFirst(asked.header.options.count)
    var packet = self
    packet.header.options = Array(rest.prefix(asked.header.options.count))
    packet.payload = Array(behindOptions.prefix(asked.payload.count))
    packet.padding = Array(behindOptions.dropFirst(asked.payload.count))
    return packet
  }

  /// Whether this is likely the packet that was asked for, whole or a piece of it, changed on its way or not.
  ///
  /// A reset of TCP that nobody asked for is the kernel's own (RFC 9293 §3.10.7.1).
  func isKin(to asked: IPv4Packet) -> Bool {
    if isReset, !asked.isReset { return false }
    let isAddressedAlike =
      header.source == asked.header.source && header.destination == asked.header.destination
      && header.protocol == asked.header.protocol
    return isAddressedAlike || carriesPiece(of: asked)
  }

  /// Whether it carries a segment of TCP with RST.
  var isReset: Bool {
    header.protocol == 6 && header.fragmentOffset == 0 && payload.count > 13 && payload[13] & 0x04 != 0
  }

  private func carriesPiece(of asked: IPv4Packet) -> Bool {
    let isCut = isPiece && !asked.isPiece
    let piece =
      isCut ? asked.payload.dropFirst(Int(header.fragmentOffset)).prefix(payload.count) : asked.payload[...]
    return !payload.isEmpty && payload.elementsEqual(piece)
  }
}

extension IPv4Header {
  /// Whether it says that its packet is a part of a datagram.
  var isPiece: Bool { moreFragments || fragmentOffset > 0 }
}
