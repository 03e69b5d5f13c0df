// SPDX-License-Identifier: Apache-2.0

/// An address of a host with the length of its network's prefix, of either version: `1.1.1.100/24`, `fd00::100/64`.
public enum IPInterface: Hashable, Sendable, CustomStringConvertible {
  /// One of IPv4.
  case v4(IPv4Interface)
  /// One of IPv6.
  case v6(IPv6Interface)

  /// Reads an address, a slash and the length of a prefix; nil for anything else.
  public init?(_ text: String) {
    if let interface = IPv4Interface(text) {
      self = .v4(interface)
    } else if let interface = IPv6Interface(text) {
      self = .v6(interface)
    } else {
      return nil
    }
  }

  /// An address alone, as a network of its own.
  public static func single(_ address: IPAddress) -> IPInterface {
    IPInterface(address, prefixLength: UInt8(address.octets.count * 8))
  }

  /// The network that all addresses of a version lie in.
  public static func everywhere(_ version: IPVersion) -> IPInterface {
    IPInterface(.any(version), prefixLength: 0)
  }

  private init(_ address: IPAddress, prefixLength: UInt8) {
    guard let interface = IPInterface(address: address, prefixLength: prefixLength) else {
      preconditionFailure("0, 32 and 128 are lengths of prefixes")
    }
    self = interface
  }

  /// Joins an address and a prefix length; nil for more bits than the address has.
  public init?(address: IPAddress, prefixLength: UInt8) {
    switch address {
    case .v4(let own):
      guard let interface = IPv4Interface(address: own, prefixLength: prefixLength) else { return nil }
      self = .v4(interface)
    case .v6(let own):
      guard let interface = IPv6Interface(address: own, prefixLength: prefixLength) else { return nil }
      self = .v6(interface)
    }
  }

  /// The host's address.
  public var address: IPAddress {
    switch self {
    case .v4(let interface): .v4(interface.address)
    case .v6(let interface): .v6(interface.address)
    }
  }

  /// The lowest address of the network.
  public var network: IPAddress {
    switch self {
    case .v4(let interface): .v4(interface.network)
    case .v6(let interface): .v6(interface.network)
    }
  }

  /// How many leading bits of the address name the network.
  public var prefixLength: UInt8 {
    switch self {
    case .v4(let interface): interface.prefixLength
    case .v6(let interface): interface.prefixLength
    }
  }

  /// Whether an address lies in the same network; one of the other version never does.
  public func contains(_ other: IPAddress) -> Bool {
    switch (self, other) {
    case (.v4(let interface), .v4(let address)): interface.contains(address)
    case (.v6(let interface), .v6(let address)): interface.contains(address)
    default: false
    }
  }

  /// The address, a slash, and the prefix length.
  public var description: String { "\(address)/\(prefixLength)" }
}
