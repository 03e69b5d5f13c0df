// SPDX-License-Identifier: Apache-2.0

/// A host's address together with the length of its network's prefix, as in `fd00::100/64` (RFC 4291 §2.3).
public struct IPv6Interface: Hashable, Sendable, CustomStringConvertible {
  /// The host's own address.
  public let address: IPv6Address
  /// How many leading bits of the address name the network, 0...128.
  public let prefixLength: UInt8

  /// Joins an address and a prefix length; nil for more than 128 bits.
  public init?(address: IPv6Address, prefixLength: UInt8) {
    guard prefixLength <= 128 else { return nil }
    self.address = address
    self.prefixLength = prefixLength
  }

  /// Reads an address, a slash and a prefix length 0...128; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv6Address(String(parts[0])),
      let prefixLength = UInt8(strictDecimal: parts[1].utf8)
    else { return nil }
    self.init(address: address, prefixLength: prefixLength)
  }

  /// The lowest address of the network, which is that of its routers (RFC 4291 §2.6.1).
  public var network: IPv6Address { IPv6Address(address.number & mask) }

  /// Whether `other` lies in the same network.
  public func contains(_ other: IPv6Address) -> Bool { other.number & mask == address.number & mask }

  /// The address, a slash, and the prefix length.
  public var description: String { "\(address)/\(prefixLength)" }

  private var mask: UInt128 { prefixLength == 0 ? 0 : UInt128.max << UInt128(128 - prefixLength) }
}
