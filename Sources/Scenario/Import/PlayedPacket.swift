// SPDX-License-Identifier: Apache-2.0

import Wire

/// A packet of a conversation as it is to be played: with the addresses of the hosts, and with the checksums that a
/// network card fills in.
struct PlayedPacket {
  /// Its place in its capture, from 1.
  let number: Int
  /// Who sends it.
  let from: HostName
  private(set) var packet: IPPacket
  /// The segment that it carries; nil where it is none that a message can have a header of.
  private(set) var segment: Segment?
  /// What came of it at the other end; nil where nobody watched there.
  private(set) var arrivals: [IPPacket]?
  /// Whether a checksum was left to a card, and is filled in.
  private(set) var wasLeftToCard = false

  /// Prepares a packet for the hosts that play it.
  init(_ imported: ImportedPacket, between hosts: ImportedHosts) {
    number = imported.number
    from = hosts.sender(of: imported.captured)
    packet = imported.captured.packet
    segment = imported.captured.segment
    arrivals = imported.arrivals
    guard let mended = Self.mended(packet, segment, from, hosts) else { return }
    wasLeftToCard = mended.wasLeftToCard
    packet = mended.packet
    // What was sent is not what was captured, and what arrived is told by its number alone.
    arrivals = arrivals?.map { _ in mended.packet }
    segment = segment.flatMap { Segment($0.layer, parsing: mended.packet.payload) }
  }

  private static func mended(
    _ packet: IPPacket, _ segment: Segment?, _ from: HostName, _ hosts: ImportedHosts
  ) -> (packet: IPPacket, wasLeftToCard: Bool)? {
    let header = packet.header
    let checksum = segment?.checksumField
    let isHeaderLeft = IPField.checksum.value(in: header) == 0 && !header.isChecksumRight
    let isSegmentLeft = segment.map { !$0.isRight(in: header) && $0.isLeftToCard(in: header) } ?? false
    guard hosts.isMoved || isHeaderLeft || isSegmentLeft else { return nil }
    var mended = packet
    if hosts.isMoved { mended.header = hosts.moved(header, from: from) }
    if var segment, let checksum,
      isSegmentLeft || (segment.isRight(in: header) && segment.value(of: checksum) != 0)
    {
      segment.set(checksum, to: segment.rightValue(of: checksum, in: mended.header))
      mended.payload = segment.bytes
    }
    if isHeaderLeft || header.isChecksumRight { mended.header = mended.header.withRightChecksum }
    return (mended, isHeaderLeft || isSegmentLeft)
  }

  /// The protocol number in its header.
  var `protocol`: UInt8 { packet.header.protocol }

  /// Whether it is a piece of a packet.
  var isFragment: Bool { packet.header.isPiece }

  /// Whether it arrived otherwise than it was sent.
  var isChanged: Bool { arrivals?.contains { $0.bytes != packet.bytes } ?? false }

  /// How many bytes it has on the wire, whatever its header says.
  var length: Int { packet.header.byteCount + packet.payload.count }

  /// The value of a field of its segment; nil where there is none.
  func value(_ key: String) -> UInt64? {
    guard let segment, let field = segment.layer.messageFields.first(where: { $0.key == key }) else {
      return nil
    }
    return segment.value(of: field)
  }
}

extension Segment {
  /// Whether its checksum is right, or says that there is none.
  func isRight(in header: IPHeader) -> Bool { checksumField.map { isRight($0, in: header) } ?? true }
}
