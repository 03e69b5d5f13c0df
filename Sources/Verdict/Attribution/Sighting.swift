// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// One IP packet as it was seen at one place; a class, since it is passed on more often than it is made.
final class Sighting: Sendable {
  /// Where it was seen.
  let place: Place
  /// The bytes seen from the IP header on, Ethernet padding included.
  let bytes: [UInt8]
  /// How many bytes there were before a reader's buffer cut them.
  let originalLength: Int
  /// The same bytes as a packet.
  let packet: IPPacket
  /// The header under which it was sent, where the cable's number says so: the cable may have changed it.
  let sentHeader: IPHeader?
  /// Whether it is a piece that somebody cut from the datagram that was asked for (RFC 791 §3.2).
  ///
  /// A message that asks to be a piece is whole as it is.
  let isFragment: Bool
  /// The capture's view of it; nil where a socket read it.
  let captured: CapturedPacket?
  /// Whether a UDP socket was handed it, which can tell only some of its headers.
  let isOfUDPSocket: Bool
  /// Whether a socket was handed it that tells only some of its headers: the rest is made up.
  let isMadeUp: Bool
  /// The version of IP that it is of.
  var version: IPVersion { packet.version }

  /// Reads a packet of a capture; nil where the bytes are too few for a header.
  convenience init?(_ captured: CapturedPacket, place: Place, asked: IPPacket) {
    guard let packet = captured.packet else { return nil }
    self.init(packet, captured.bytes, captured.originalLength, place: place, asked: asked, captured, nil)
  }

  /// Reads a packet that arrived, of which it is known how it was sent; what the cable has cut of its header is
  /// taken from there.
  convenience init(_ captured: CapturedPacket, sentAs twin: Sighting, asked: IPPacket) {
    let version = captured.version
    let rest = twin.bytes.prefix(version.minimumHeaderLength).dropFirst(captured.bytes.count)
    let packet = (try? IPPacket(parsing: (captured.bytes + rest)[...], as: version)) ?? twin.packet
    self.init(
      packet, captured.bytes, captured.originalLength, place: .arrived, asked: asked, captured,
      twin.packet.header)
  }

  /// Reads a packet that a socket was handed; nil where the bytes are too few for a header.
  convenience init?(_ delivery: Delivery, asked: IPPacket) {
    guard let packet = try? IPPacket(parsing: delivery.bytes[...], as: delivery.version) else { return nil }
    self.init(
      packet, delivery.bytes, delivery.originalLength, place: .delivered, asked: asked, nil, nil,
      isOfUDPSocket: delivery.isOfUDPSocket, isMadeUp: delivery.isMadeUp)
  }

  private init(
    _ packet: IPPacket, _ bytes: [UInt8], _ originalLength: Int, place: Place, asked: IPPacket,
    _ captured: CapturedPacket?, _ sentHeader: IPHeader?, isOfUDPSocket: Bool = false,
    isMadeUp: Bool = false
  ) {
    let isLaidOutAsAsked =
      packet.version == asked.version && !isMadeUp
      && (packet.isMisstated(like: asked) || captured?.hasAlteredLengths == true)
    self.packet = isLaidOutAsAsked ? packet.laidOut(like: asked) : packet
    self.place = place
    self.bytes = bytes
    self.originalLength = originalLength
    self.captured = captured
    self.isOfUDPSocket = isOfUDPSocket
    self.isMadeUp = isMadeUp
    self.sentHeader = sentHeader
    isFragment = (self.packet.isPiece || sentHeader?.isPiece == true) && !asked.isPiece
  }

  /// The header by which its datagram is known: as it was sent, as far as that is known.
  var datagramHeader: IPHeader { sentHeader ?? packet.header }

  /// Whether all of a field is among the bytes that the cable has left, and that a socket can tell of.
  func holds(_ field: IPField) -> Bool {
    if isMadeUp, !SocketKind.told(toUDP: isOfUDPSocket, over: version).contains(field) { return false }
    let length = version.minimumHeaderLength
    guard bytes.count < length else { return field.has(version) }
    return field.has(version) && field.isNumeric && field.bits(of: version).upperBound <= bytes.count * 8
  }

  /// Whether a field is as asked; of one that is not there, or a checksum of a header that is not, nothing can be
  /// said.
  func matches(_ matcher: FieldMatcher, _ field: IPField) -> Bool {
    switch matcher {
    case .any: true
    case .valid, .invalid: holds(.variablePart(of: version)) && matcher.matches(field, in: packet.header)
    default: holds(field) && matcher.matches(field, in: packet.header)
    }
  }

  /// Whether a socket was handed just what arrived, as far as its reader had room for it.
  func isCopy(of arrived: Sighting) -> Bool {
    guard !isMadeUp || isOfUDPSocket else { return packet.payload == arrived.packet.payload }
    let core = arrived.bytes.withoutPadding(as: version)
    return originalLength == core.count && core.starts(with: bytes)
  }

  /// The value of a field of the frame around it; nil where a socket read it.
  func value(of field: FrameField) -> UInt64? {
    captured?.value(of: field, padding: packet.padding.count)
  }
}

extension IPPacket {
  /// Whether it says of itself that it is a part of a datagram.
  var isPiece: Bool { header.isPiece }

  /// Whether its lengths, or the numbers by which its headers announce each other, say something else than there is.
  var hasMisstatedLengths: Bool {
    switch self {
    case .v4(let packet):
      let headerLength = header.byteCount
      return Int(packet.header.headerLength) != headerLength
        || Int(packet.header.totalLength) != headerLength + packet.payload.count
    case .v6(let packet):
      return (try? IPv6Packet(parsing: packet.bytes)) != packet
        || header.statedLength != header.byteCount + packet.payload.count
    }
  }

  /// Whether its lengths are the wrong ones that were asked for.
  fileprivate func isMisstated(like asked: IPPacket) -> Bool {
    let isAlike =
      switch (self, asked) {
      case (.v4(let own), .v4(let other)):
        own.header.headerLength == other.header.headerLength
          && own.header.totalLength == other.header.totalLength
      case (.v6(let own), .v6(let other)):
        own.header.payloadLength == other.header.payloadLength
          && own.header.nextHeader == other.header.nextHeader
      default: false
      }
    return isAlike && asked.hasMisstatedLengths
  }

  /// Whether this is likely the packet that was asked for, whole or a piece of it, changed on its way or not.
  ///
  /// A reset of TCP that nobody asked for is the kernel's own (RFC 9293 §3.10.7.1).
  func isKin(to asked: IPPacket) -> Bool {
    guard version == asked.version else { return false }
    if isReset, !asked.isReset { return false }
    if isHousekeeping, !asked.isHousekeeping { return false }
    let isAddressedAlike =
      header.source == asked.header.source && header.destination == asked.header.destination
      && header.protocol == asked.header.protocol
    return isAddressedAlike || carriesPiece(of: asked)
  }

  /// Whether it carries a segment of TCP with RST.
  var isReset: Bool {
    header.protocol == 6 && header.fragmentOffset == 0 && payload.count > 13 && payload[13] & 0x04 != 0
  }

  /// Whether kernels send such by themselves (`FrameSummary.isHousekeeping`).
  var isHousekeeping: Bool {
    version == .v6 && header.protocol == IPVersion.v6.controlProtocol
      && FrameSummary(packet: bytes[...], as: version).isHousekeeping
  }

  private func carriesPiece(of asked: IPPacket) -> Bool {
    let isCut = isPiece && !asked.isPiece
    let piece =
      isCut ? asked.payload.dropFirst(Int(header.fragmentOffset)).prefix(payload.count) : asked.payload[...]
    return !payload.isEmpty && payload.elementsEqual(piece)
  }
}
