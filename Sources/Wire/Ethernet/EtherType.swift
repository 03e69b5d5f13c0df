// SPDX-License-Identifier: Apache-2.0

/// What an Ethernet frame carries (IEEE 802 numbers, RFC 9542); below 0x0600 it is a length instead.
public struct EtherType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The number on the wire.
  public let rawValue: UInt16

  /// Internet Protocol version 4.
  public static let ipv4 = EtherType(rawValue: 0x0800)
  /// Address Resolution Protocol.
  public static let arp = EtherType(rawValue: 0x0806)
  /// A tag of a virtual LAN (IEEE 802.1Q).
  public static let vlan = EtherType(rawValue: 0x8100)
  /// A service tag of a virtual LAN, around another (IEEE 802.1ad).
  public static let serviceVLAN = EtherType(rawValue: 0x88A8)
  /// Internet Protocol version 6.
  public static let ipv6 = EtherType(rawValue: 0x86DD)
  /// IEEE 802 local experimental EtherType 1.
  public static let localExperimental1 = EtherType(rawValue: 0x88B5)

  /// Makes an EtherType of its number on the wire.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// `0x` and four hexadecimal digits.
  public var description: String { "0x\(rawValue.hex)" }
}
