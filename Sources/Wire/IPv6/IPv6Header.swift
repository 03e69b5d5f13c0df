// SPDX-License-Identifier: Apache-2.0

/// An IPv6 header with every field as on the wire, right or wrong, and the extension headers behind it (RFC 8200 §3, §4).
public struct IPv6Header: WireValue {
  /// How long the header is without extensions, in bytes.
  public static let length = 40

  /// The version, 0...15; 6 is right.
  public var version: UInt8
  /// The differentiated services codepoint, 0...63 (RFC 2474).
  public var dscp: UInt8
  /// The explicit congestion notification, 0...3 (RFC 3168).
  public var ecn: UInt8
  /// What tells packets of one flow, in 20 bits (RFC 6437).
  public var flowLabel: UInt32
  /// How many bytes follow the header, extensions included, as it says.
  public var payloadLength: UInt16
  /// What follows the header: an IP protocol or an extension header (IANA, Protocol Numbers).
  public var nextHeader: UInt8
  /// How many hops the packet may take.
  public var hopLimit: UInt8
  /// Who sent it.
  public var source: IPv6Address
  /// To whom it goes.
  public var destination: IPv6Address
  /// The extension headers, in the order of the wire.
  public var extensions: [IPv6ExtensionHeader]

  /// Makes a header of version 6, whose payload length is still zero, with extensions as they stand.
  public init(
    source: IPv6Address, destination: IPv6Address, nextHeader: UInt8, version: UInt8 = 6, dscp: UInt8 = 0,
    ecn: UInt8 = 0, flowLabel: UInt32 = 0, payloadLength: UInt16 = 0, hopLimit: UInt8 = 64,
    extensions: [IPv6ExtensionHeader] = []
  ) {
    self.version = version
    self.dscp = dscp
    self.ecn = ecn
    self.flowLabel = flowLabel
    self.payloadLength = payloadLength
    self.nextHeader = nextHeader
    self.hopLimit = hopLimit
    self.source = source
    self.destination = destination
    self.extensions = extensions
  }

  /// Reads a header and its extensions as far as they are there; throws `TruncatedError` below 40 bytes.
  ///
  /// Behind the header of a fragment there is but a piece of what follows, which has no extensions of its own.
  public init(parsing bytes: ArraySlice<UInt8>) throws(TruncatedError) {
    var reader = try ByteReader(bytes, layer: .ipv6, needing: Self.length)
    let word = reader.uint32()
    version = UInt8(word >> 28)
    dscp = UInt8(truncatingIfNeeded: word >> 22) & 0x3F
    ecn = UInt8(truncatingIfNeeded: word >> 20) & 0b11
    flowLabel = word & Self.flowLabelMask
    payloadLength = reader.uint16()
    nextHeader = reader.uint8()
    hopLimit = reader.uint8()
    source = reader.ipv6Address()
    destination = reader.ipv6Address()
    let end = Self.end(of: bytes, payloadLength: payloadLength, nextHeader)
    extensions = IPv6ExtensionHeader.chain(in: bytes.prefix(end).dropFirst(Self.length), after: nextHeader)
  }

  private static let flowLabelMask: UInt32 = 0xF_FFFF

  /// How many of a packet's bytes are the packet's own: what its length says, or where that is 0 and a jumbo payload option
  /// may say more, all of them (RFC 2675).
  static func end(of bytes: ArraySlice<UInt8>, payloadLength: UInt16, _ nextHeader: UInt8) -> Int {
    let isJumbo =
      payloadLength == 0 && nextHeader == HopByHopProtocol.number
      && !HopByHopProtocol.lacksJumboPayload(bytes.dropFirst(length))
    return isJumbo ? bytes.count : min(bytes.count, length + Int(payloadLength))
  }

  /// The header as it stands: 40 bytes and the extensions, whatever its length says.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    let flow = UInt32(ecn & 0b11) << 20 | flowLabel & Self.flowLabelMask
    bytes.append(bigEndian: UInt32(version & 0x0F) << 28 | UInt32(dscp & 0x3F) << 22 | flow)
    bytes.append(bigEndian: payloadLength)
    bytes.append(nextHeader)
    bytes.append(hopLimit)
    bytes.append(bigEndian: source.number)
    bytes.append(bigEndian: destination.number)
    for header in extensions { bytes += header.bytes }
    return bytes
  }

  /// How many bytes the header and its extensions take.
  public var byteCount: Int { extensions.reduce(Self.length) { $0 + $1.bytes.count } }

  /// The extensions as one run of bytes.
  public var extensionBytes: [UInt8] { extensions.flatMap(\.bytes) }

  /// What the payload is: what the last extension says, or else the header itself.
  public var `protocol`: UInt8 { extensions.last?.nextHeader ?? nextHeader }

  /// The header that says which part of a packet this is; nil where it is whole.
  public var fragment: IPv6ExtensionHeader? {
    extensions.first { $0.number == IPv6ExtensionHeader.fragmentNumber }
  }

  /// The address that the packet goes to in the end: the last of a routing header under way, or else the destination
  /// (RFC 8200 §4.4, §8.1).
  public var lastDestination: IPv6Address {
    for header in extensions.reversed() { if let address = header.lastDestination { return address } }
    return destination
  }

  /// The same header, whose last extension announces a protocol, or which does itself where it has none.
  public func announcing(_ number: UInt8) -> IPv6Header {
    var header = self
    if header.extensions.isEmpty {
      header.nextHeader = number
    } else {
      header.extensions[header.extensions.count - 1].nextHeader = number
    }
    return header
  }

  /// The same header without that of a fragment, whose neighbours are told of each other.
  public var withoutFragment: IPv6Header {
    guard let place = extensions.firstIndex(where: { $0.number == IPv6ExtensionHeader.fragmentNumber }) else {
      return self
    }
    var whole = self
    let fragment = whole.extensions.remove(at: place)
    if place == 0 {
      whole.nextHeader = fragment.nextHeader
    } else {
      whole.extensions[place - 1].nextHeader = fragment.nextHeader
    }
    return whole
  }
}
