// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A transport header as it was seen, with what is known of how it was seen.
struct SeenSegment {
  /// The header and what it carries.
  let segment: Segment
  /// The IP header before it.
  let ip: IPHeader
  /// Whether all of what it carries is there.
  let isWhole: Bool
  /// Whether its kernel left the checksum to a network card.
  let isOffloaded: Bool
  /// Whether all of the header is told: a UDP socket tells ports alone.
  let isAllTold: Bool

  /// Takes a segment as it stands.
  init(_ segment: Segment, in ip: IPHeader, isWhole: Bool = true, isOffloaded: Bool = false) {
    self.segment = segment
    self.ip = ip
    self.isWhole = isWhole
    self.isOffloaded = isOffloaded
    isAllTold = true
  }

  /// Reads the header of a datagram; nil where it has none of this protocol.
  init?(_ datagram: SeenDatagram, _ wanted: WantedTransport) {
    guard
      let first = datagram.pieces.first(where: { $0.packet.header.fragmentOffset == 0 })
        ?? datagram.pieces.first, first.packet.header.protocol == wanted.number
    else { return nil }
    let whole = try? datagram.payload.get()
    guard let segment = wanted.segment(of: whole ?? first.packet.payload) else { return nil }
    self.segment = segment
    ip = first.packet.header
    let isCut = datagram.pieces.contains {
      $0.captured?.hasAlteredLengths == true || $0.bytes.count < $0.originalLength || $0.packet.isShort
    }
    isWhole =
      whole != nil && !isCut && !first.packet.header.isPiece || (whole != nil && !isCut && first.isFragment)
    isOffloaded = datagram.pieces.contains { $0.captured?.frame.isChecksumOffloaded == true }
    isAllTold = !first.isOfUDPSocket
  }

  /// The first bytes of the header, in words.
  var bits: String { HexDump.hexString(segment.header.prefix(segment.layer.minimumLength)) }

  /// Whether a field was told by whatever saw it.
  func tells(_ field: LayerField) -> Bool {
    isAllTold || SocketKind.toldByUDPOfTransport.contains(field.key)
  }

  /// Whether such a header has a field.
  func has(_ field: LayerField) -> Bool { segment.layer.has(field, in: segment.header) }

  /// Whether a field is as asked.
  func matches(_ matcher: FieldMatcher, _ field: LayerField) -> Bool {
    switch matcher {
    case .offloaded: isOffloaded
    case .valid: !isOffloaded && segment.isRight(field, in: ip)
    case .invalid: !isOffloaded && !segment.isRight(field, in: ip)
    default: matcher.matches(segment.value(of: field))
    }
  }
}

extension IPPacket {
  /// Whether fewer bytes are there than its header says.
  fileprivate var isShort: Bool {
    header.byteCount + payload.count < header.statedLength
  }
}
