// SPDX-License-Identifier: Apache-2.0

/// An address of either version of IP.
public enum IPAddress: Hashable, Sendable, CustomStringConvertible {
  /// One of IPv4.
  case v4(IPv4Address)
  /// One of IPv6.
  case v6(IPv6Address)

  /// Reads a dotted quad or the text of an IPv6 address; nil for anything else.
  public init?(_ text: String) {
    if let address = IPv4Address(text) {
      self = .v4(address)
    } else if let address = IPv6Address(text) {
      self = .v6(address)
    } else {
      return nil
    }
  }

  /// Makes an address of its 4 or 16 bytes in network byte order; nil for another count.
  public init?(octets: [UInt8]) {
    let number = octets.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    switch octets.count {
    case 4: self = .v4(IPv4Address(rawValue: UInt32(number)))
    case 16: self = .v6(IPv6Address(number))
    default: return nil
    }
  }

  /// Makes an address of a number of 128 bits, in which one of IPv4 stands as its mapped one (RFC 4291 §2.5.5.2).
  public init(number: UInt128) {
    self =
      number >> 32 == 0xFFFF
      ? .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: number))) : .v6(IPv6Address(number))
  }

  /// The unspecified address of a version.
  public static func any(_ version: IPVersion) -> IPAddress { version == .v4 ? .v4(.any) : .v6(.any) }

  /// The version that it is of.
  public var version: IPVersion { if case .v4 = self { .v4 } else { .v6 } }

  /// The address as a number of 128 bits, one of IPv4 as its mapped one (RFC 4291 §2.5.5.2).
  public var number: UInt128 {
    switch self {
    case .v4(let address): UInt128(0xFFFF) << 32 | UInt128(address.rawValue)
    case .v6(let address): address.number
    }
  }

  /// The address as one of IPv4; nil where it is none.
  public var ipv4: IPv4Address? { if case .v4(let address) = self { address } else { nil } }

  /// The address as one of IPv6; nil where it is none.
  public var ipv6: IPv6Address? { if case .v6(let address) = self { address } else { nil } }

  /// The 4 or 16 bytes in network byte order.
  public var octets: [UInt8] {
    switch self {
    case .v4(let address): address.octets
    case .v6(let address): address.octets
    }
  }

  /// Whether it is a group's (RFC 5771, RFC 4291 §2.7).
  public var isMulticast: Bool {
    switch self {
    case .v4(let address): address.isMulticast
    case .v6(let address): address.isMulticast
    }
  }

  /// Whether it is for the host itself alone (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3).
  public var isLoopback: Bool {
    switch self {
    case .v4(let address): address.isLoopback
    case .v6(let address): address == .loopback
    }
  }

  /// Whether it is the unspecified one.
  public var isAny: Bool { self == .any(version) }

  /// The text: a dotted quad, or the canonical text of IPv6 (RFC 5952).
  public var description: String {
    switch self {
    case .v4(let address): address.description
    case .v6(let address): address.description
    }
  }

  /// The address with a port: `1.1.1.1:80`, `[fd00::1]:80` (RFC 5952 §6).
  public func text(port: UInt16) -> String {
    version == .v4 ? "\(self):\(port)" : "[\(self)]:\(port)"
  }
}
