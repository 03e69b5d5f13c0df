// SPDX-License-Identifier: Apache-2.0

/// An IPv4 packet: its header, its payload, and what follows it in the frame.
public struct IPv4Packet: WireValue {
  /// The fields that can be worked out from the rest of the packet.
  public struct ComputedFields: OptionSet, Sendable {
    /// One bit a field.
    public let rawValue: UInt8

    /// 20 and the options, rounded up to a multiple of 4 and at most 60.
    public static let headerLength = ComputedFields(rawValue: 1)
    /// The bytes of header and payload, at most 65535.
    public static let totalLength = ComputedFields(rawValue: 2)
    /// The right checksum of the header as it stands after the lengths.
    public static let checksum = ComputedFields(rawValue: 4)
    /// All three.
    public static let all: ComputedFields = [.headerLength, .totalLength, .checksum]

    /// Makes a set of its bits.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }
  }

  /// The header, right or wrong.
  public var header: IPv4Header
  /// What the packet carries.
  public var payload: [UInt8]
  /// The bytes after the total length: what a NIC adds to a short frame.
  public var padding: [UInt8]

  /// Makes a packet of its parts as they are.
  public init(header: IPv4Header, payload: [UInt8], padding: [UInt8] = []) {
    self.header = header
    self.payload = payload
    self.padding = padding
  }

  /// Reads a packet; throws `TruncatedError` below 20 bytes.
  ///
  /// The payload begins where the header with its options ends, and ends with the total length or with the
  /// bytes, whichever is first; what follows is padding. A total length below the header length leaves the
  /// payload empty.
  public init(parsing bytes: ArraySlice<UInt8>) throws(TruncatedError) {
    header = try IPv4Header(parsing: bytes)
    let begin = IPv4Header.minimumLength + header.options.count
    let end = max(begin, min(Int(header.totalLength), bytes.count))
    payload = Array(bytes.prefix(end).dropFirst(begin))
    padding = Array(bytes.dropFirst(end))
  }

  /// The packet as it stands: header, payload and padding.
  public var bytes: [UInt8] { header.bytes + payload + padding }

  /// Makes a packet whose `fields` are worked out, in the order header length, total length, checksum; the
  /// others stay as the header has them.
  public static func build(
    header: IPv4Header, payload: [UInt8], padding: [UInt8] = [], fillingIn fields: ComputedFields = .all
  ) -> IPv4Packet {
    var header = header
    let headerBytes = IPv4Header.minimumLength + header.options.count
    if fields.contains(.headerLength) {
      header.headerLength = UInt8(min(60, (headerBytes + 3) / 4 * 4))
    }
    if fields.contains(.totalLength) {
      header.totalLength = UInt16(clamping: headerBytes + payload.count)
    }
    if fields.contains(.checksum) {
      header.checksum = header.rightChecksum()
    }
    return IPv4Packet(header: header, payload: payload, padding: padding)
  }
}
