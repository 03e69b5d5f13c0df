// SPDX-License-Identifier: Apache-2.0

/// The fixed header of an IPv6 packet (RFC 8200 §3).
public struct IPv6Header: Hashable, Sendable {
  /// How long the header is, in bytes.
  public static let length = 40

  /// 6, in 4 bits.
  public let version: UInt8
  /// DSCP (upper six bits) and ECN (lower two).
  public let trafficClass: UInt8
  /// What tells packets of one flow, in 20 bits (RFC 6437).
  public let flowLabel: UInt32
  /// How many bytes follow the header.
  public let payloadLength: UInt16
  /// What follows the header: an IP protocol or an extension header (IANA, Protocol Numbers).
  public let nextHeader: UInt8
  /// How many hops the packet may take.
  public let hopLimit: UInt8
  /// Who sent it.
  public let source: IPv6Address
  /// To whom it goes.
  public let destination: IPv6Address

  /// Reads the header from the first 40 bytes; throws `TruncatedError` when fewer are there.
  public init(parsing bytes: ArraySlice<UInt8>) throws(TruncatedError) {
    var reader = try ByteReader(bytes, layer: .ipv6, needing: Self.length)
    let word = reader.uint32()
    version = UInt8(word >> 28)
    trafficClass = UInt8(truncatingIfNeeded: word >> 20)
    flowLabel = word & 0xf_ffff
    payloadLength = reader.uint16()
    nextHeader = reader.uint8()
    hopLimit = reader.uint8()
    source = reader.ipv6Address()
    destination = reader.ipv6Address()
  }
}
