// SPDX-License-Identifier: Apache-2.0

/// A host's address together with the length of its network's prefix, as in `1.1.1.100/24` (RFC 4632 §3.1).
public struct IPv4Interface: Hashable, Sendable, CustomStringConvertible {
  /// The host's own address.
  public let address: IPv4Address
  /// How many leading bits of the address name the network, 0...32.
  public let prefixLength: UInt8

  /// Joins an address and a prefix length; nil for more than 32 bits.
  public init?(address: IPv4Address, prefixLength: UInt8) {
    guard prefixLength <= 32 else { return nil }
    self.address = address
    self.prefixLength = prefixLength
  }

  /// Reads a dotted quad, a slash and a prefix length 0...32; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv4Address(String(parts[0])),
      let prefixLength = UInt8(strictDecimal: parts[1].utf8)
    else { return nil }
    self.init(address: address, prefixLength: prefixLength)
  }

  /// The lowest address of the network.
  public var network: IPv4Address { IPv4Address(rawValue: address.rawValue & mask) }

  /// The highest address of the network: the directed broadcast address (RFC 919) of all but /31 and /32.
  public var broadcast: IPv4Address { IPv4Address(rawValue: address.rawValue | ~mask) }

  /// Whether `other` lies in the same network.
  public func contains(_ other: IPv4Address) -> Bool {
    other.rawValue & mask == network.rawValue
  }

  /// The address, a slash, and the prefix length.
  public var description: String { "\(address)/\(prefixLength)" }

  private var mask: UInt32 { UInt32.max << (32 - UInt32(prefixLength)) }
}
