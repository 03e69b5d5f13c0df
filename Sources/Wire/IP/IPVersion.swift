// SPDX-License-Identifier: Apache-2.0

/// A version of the Internet Protocol, by its number (IANA, IP Version Numbers).
public enum IPVersion: UInt8, CaseIterable, Hashable, Sendable, CustomStringConvertible {
  /// RFC 791.
  case v4 = 4
  /// RFC 8200.
  case v6 = 6

  /// The name in running text.
  public var description: String { self == .v4 ? "IPv4" : "IPv6" }

  /// The EtherType of its packets (IANA, IEEE 802 Numbers).
  public var etherType: EtherType { self == .v4 ? .ipv4 : .ipv6 }

  /// The version whose packets have an EtherType; nil where it is neither's.
  public init?(_ etherType: EtherType) {
    switch etherType {
    case .ipv4: self = .v4
    case .ipv6: self = .v6
    default: return nil
    }
  }

  /// How long the shortest header is, in bytes.
  public var minimumHeaderLength: Int { self == .v4 ? IPv4Header.minimumLength : IPv6Header.length }

  /// How long the longest packet is whose length a header can say, in bytes: over IPv6 the header is not counted.
  public var longestPacket: Int { Int(UInt16.max) + (self == .v6 ? IPv6Header.length : 0) }

  /// The number of its control message protocol in an IP header (RFC 792, RFC 4443).
  public var controlProtocol: UInt8 { self == .v4 ? ICMPMessage.protocolNumber : ICMPv6Protocol.number }

  /// The longest error that quotes a packet may be, in bytes (RFC 1812 §4.3.2.3, RFC 4443 §2.4).
  var mostOfError: Int { self == .v4 ? 576 : 1280 }
}
