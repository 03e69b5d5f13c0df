// SPDX-License-Identifier: Apache-2.0

/// An IP header of either version, right or wrong.
public enum IPHeader: Hashable, Sendable {
  /// One of IPv4, with its options.
  case v4(IPv4Header)
  /// One of IPv6, with its extension headers.
  case v6(IPv6Header)

  /// Makes one between two addresses, which are of the same version, with nothing else set.
  public init(source: IPAddress, destination: IPAddress, protocol number: UInt8) {
    switch (source, destination) {
    case (.v4(let source), .v4(let destination)):
      self = .v4(IPv4Header(source: source, destination: destination, protocol: number))
    default:
      self = .v6(
        IPv6Header(
          source: source.ipv6 ?? .any, destination: destination.ipv6 ?? .any, nextHeader: number))
    }
  }

  /// Reads a header of a version, which is known by what carried it; throws `TruncatedError` where it is not all there.
  public init(parsing bytes: ArraySlice<UInt8>, as version: IPVersion) throws(TruncatedError) {
    switch version {
    case .v4: self = .v4(try IPv4Header(parsing: bytes))
    case .v6: self = .v6(try IPv6Header(parsing: bytes))
    }
  }

  /// The version that it is of, whatever its field says.
  public var version: IPVersion { if case .v4 = self { .v4 } else { .v6 } }

  /// The header as one of IPv4; nil where it is none.
  public var ipv4: IPv4Header? { if case .v4(let header) = self { header } else { nil } }

  /// The header as one of IPv6; nil where it is none.
  public var ipv6: IPv6Header? { if case .v6(let header) = self { header } else { nil } }

  /// The header as it stands, options or extensions included.
  public var bytes: [UInt8] {
    switch self {
    case .v4(let header): header.bytes
    case .v6(let header): header.bytes
    }
  }

  /// How many bytes it takes, options or extensions included.
  public var byteCount: Int {
    switch self {
    case .v4(let header): IPv4Header.minimumLength + header.options.count
    case .v6(let header): header.byteCount
    }
  }

  /// Who sent the packet.
  public var source: IPAddress {
    switch self {
    case .v4(let header): .v4(header.source)
    case .v6(let header): .v6(header.source)
    }
  }

  /// To whom it goes.
  public var destination: IPAddress {
    switch self {
    case .v4(let header): .v4(header.destination)
    case .v6(let header): .v6(header.destination)
    }
  }

  /// Where it goes in the end, by a source route or a routing header too.
  public var lastDestination: IPAddress {
    switch self {
    case .v4(let header): .v4(header.lastDestination)
    case .v6(let header): .v6(header.lastDestination)
    }
  }

  /// What the payload is (IANA, Protocol Numbers).
  public var `protocol`: UInt8 {
    switch self {
    case .v4(let header): header.protocol
    case .v6(let header): header.protocol
    }
  }

  /// What the fragments of one datagram have in common.
  public var identification: UInt32 {
    switch self {
    case .v4(let header): UInt32(header.identification)
    case .v6(let header): header.fragment?.identification ?? 0
    }
  }

  /// Where in the datagram this piece belongs, in bytes.
  public var fragmentOffset: UInt16 {
    switch self {
    case .v4(let header): header.fragmentOffset
    case .v6(let header): header.fragment?.fragmentOffset ?? 0
    }
  }

  /// Whether other pieces follow.
  public var moreFragments: Bool {
    switch self {
    case .v4(let header): header.moreFragments
    case .v6(let header): header.fragment?.moreFragments ?? false
    }
  }

  /// Whether it says that its packet is a part of a datagram.
  public var isPiece: Bool { moreFragments || fragmentOffset > 0 }

  /// How many bytes the whole packet has as the header says: at least the shortest header.
  public var statedLength: Int {
    switch self {
    case .v4(let header): Int(header.totalLength)
    case .v6(let header): IPv6Header.length + Int(header.payloadLength)
    }
  }

  /// How many hops the packet may take: the time to live, or the hop limit.
  public var hops: UInt8 {
    switch self {
    case .v4(let header): header.ttl
    case .v6(let header): header.hopLimit
    }
  }

  /// DSCP (upper six bits) and ECN (lower two).
  public var typeOfService: UInt8 {
    switch self {
    case .v4(let header): header.dscp << 2 | header.ecn
    case .v6(let header): header.dscp << 2 | header.ecn
    }
  }

  /// What stands behind its fixed fields: the options, or the extension headers.
  public var variablePart: [UInt8] {
    switch self {
    case .v4(let header): header.options
    case .v6(let header): header.extensionBytes
    }
  }

  /// Whether a receiver takes its checksum; one of IPv6 has none.
  public var isChecksumRight: Bool { ipv4?.isChecksumRight ?? true }

  /// The same header with the checksum that it ought to have, if any.
  public var withRightChecksum: IPHeader {
    var header = self
    IPField.checksum.set(UInt128(ipv4?.rightChecksum() ?? 0), in: &header)
    return header
  }

  /// The protocol of what it carries, where a message over its version may have its header: control messages are those of
  /// the version.
  public var transport: (any TransportProtocol)? {
    let isOfOther = IPVersion.allCases.contains { $0 != version && $0.controlProtocol == self.protocol }
    return isOfOther ? nil : Protocols.all.transport(self.protocol)
  }

  /// The same header with the options or the extension headers of another of its version, of which it announces the first.
  public func withVariablePart(of other: IPHeader) -> IPHeader {
    switch (self, other) {
    case (.v4(var own), .v4(let other)):
      own.options = other.options
      return .v4(own)
    case (.v6(var own), .v6(let other)):
      own.extensions = other.extensions
      own.nextHeader = own.extensions.first?.number ?? own.nextHeader
      return .v6(own)
    default: return self
    }
  }

  /// How it is told in the packet of a datagram of which it is the header of a piece.
  public var withoutFragment: IPHeader {
    switch self {
    case .v4(var header):
      (header.moreFragments, header.fragmentOffset) = (false, 0)
      return .v4(header)
    case .v6(let header): return .v6(header.withoutFragment)
    }
  }
}
