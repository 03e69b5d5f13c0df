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

  /// What an EtherType stands for (IANA, IEEE 802 Numbers).
  static let names: NumberNames = [
    0x0800: "IPv4", 0x0806: "ARP", 0x0842: "Wake-on-LAN", 0x22F3: "TRILL", 0x6003: "DECnet",
    0x8035: "Reverse ARP", 0x809B: "AppleTalk", 0x80F3: "AppleTalk AARP", 0x8100: "802.1Q VLAN",
    0x8137: "IPX", 0x86DD: "IPv6", 0x8808: "Ethernet flow control", 0x8809: "slow protocols",
    0x8847: "MPLS", 0x8848: "MPLS with upstream-assigned label", 0x8863: "PPPoE discovery",
    0x8864: "PPPoE session", 0x888E: "802.1X", 0x88A8: "802.1ad service VLAN",
    0x88B5: "local experimental 1", 0x88B6: "local experimental 2", 0x88CC: "LLDP", 0x88E5: "MACsec",
    0x88E7: "802.1ah backbone VLAN", 0x88F7: "Precision Time Protocol", 0x8902: "802.1ag", 0x8906: "FCoE",
    0x8914: "FCoE initialization", 0x894F: "network service header", 0x9000: "loopback",
    0x9100: "VLAN, outer tag",
  ]
}
