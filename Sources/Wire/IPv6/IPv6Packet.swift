// SPDX-License-Identifier: Apache-2.0

/// An IPv6 packet: its header with the extensions, its payload, and what follows it in the frame.
public struct IPv6Packet: WireValue {
  /// The header, right or wrong.
  public var header: IPv6Header
  /// What the packet carries behind its extension headers.
  public var payload: [UInt8]
  /// The bytes after the payload length: what a NIC adds to a short frame.
  public var padding: [UInt8]

  /// Makes a packet of its parts as they are.
  public init(header: IPv6Header, payload: [UInt8], padding: [UInt8] = []) {
    self.header = header
    self.payload = payload
    self.padding = padding
  }

  /// Reads a packet; throws `TruncatedError` below 40 bytes.
  ///
  /// The payload begins behind the last extension header that is all there, and ends with the payload length or with the
  /// bytes, whichever is first; what follows is padding.
  public init(parsing bytes: ArraySlice<UInt8>) throws(TruncatedError) {
    header = try IPv6Header(parsing: bytes)
    let begin = header.byteCount
    let end = max(begin, IPv6Header.end(of: bytes, payloadLength: header.payloadLength, header.nextHeader))
    payload = Array(bytes.prefix(end).dropFirst(begin))
    padding = Array(bytes.dropFirst(end))
  }

  /// The packet as it stands: header, extensions, payload and padding.
  public var bytes: [UInt8] { header.bytes + payload + padding }

  /// The payload length that the packet ought to have; more than the field can say is 0 (RFC 2675 §3).
  public var rightPayloadLength: UInt16 {
    UInt16(exactly: header.byteCount - IPv6Header.length + payload.count) ?? 0
  }

  /// Makes a packet whose payload length is worked out; all else stays as the header has it.
  public static func build(header: IPv6Header, payload: [UInt8], padding: [UInt8] = []) -> IPv6Packet {
    var packet = IPv6Packet(header: header, payload: payload, padding: padding)
    packet.header.payloadLength = packet.rightPayloadLength
    return packet
  }
}
