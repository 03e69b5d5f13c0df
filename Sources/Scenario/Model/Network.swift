// SPDX-License-Identifier: Apache-2.0

import Wire

/// Two hosts and the cable between them; what is left out is as in the built-in network `lan`.
public struct Network: Sendable {
  /// The host that the messages come from.
  public internal(set) var sender = Host(number: 100)
  /// The host that they go to.
  public internal(set) var receiver = Host(number: 1)
  /// The maximum transmission unit of both ends, 68…65535 bytes.
  public internal(set) var mtu = 1500
  /// How the hosts learn each other's hardware address.
  public internal(set) var arp = AddressResolution.static
  /// What the cable does to packets; nil for a plain one, which does nothing.
  public internal(set) var cable: Located<Cable>?

  /// One of its hosts.
  public subscript(host: HostName) -> Host { host == .sender ? sender : receiver }

  /// Whether another network has the same hosts and the same plain cable.
  func isSame(as other: Network) -> Bool {
    let (ends, others) = ([sender, receiver], [other.sender, other.receiver])
    return cable == nil && other.cable == nil && mtu == other.mtu && arp == other.arp
      && ends.map(\.ipv4?.value) == others.map(\.ipv4?.value)
      && ends.map(\.ipv6?.value) == others.map(\.ipv6?.value)
      && ends.map(\.mac?.value) == others.map(\.mac?.value)
      && ends.map(\.leavesToCard) == others.map(\.leavesToCard)
      && ends.map(\.isMute) == others.map(\.isMute)
  }

  /// The built-in network: the documented addresses, hardware addresses of the kernel's choice.
  public static let lan = Network()
}

/// One host on the cable.
public struct Host: Sendable {
  /// The host's IPv4 address and network; nil where it has none.
  public internal(set) var ipv4: Located<IPv4Interface>?
  /// The host's IPv6 address and network; nil where it has none.
  public internal(set) var ipv6: Located<IPv6Interface>?
  /// The hardware address, or nil to let the kernel choose one.
  public internal(set) var mac: Located<MACAddress>?
  /// Whether the file says that what a network card would do is left undone.
  public internal(set) var offload: Located<Bool>?

  /// Whether the file says that its kernel has no address, and answers nothing.
  public internal(set) var mute: Located<Bool>?

  /// Whether its kernel has no address, and answers nothing: what it sends leaves as frames.
  public var isMute: Bool { mute?.value ?? false }

  /// Whether what a network card would do is left undone, as a veth does by default; else packets look as on a wire.
  public var leavesToCard: Bool { offload?.value ?? false }

  /// The host's address and network of a version; nil where it has none.
  public func interface(of version: IPVersion) -> Located<IPInterface>? {
    switch version {
    case .v4: ipv4.map { $0.map { .v4($0) } }
    case .v6: ipv6.map { $0.map { .v6($0) } }
    }
  }

  /// The host's addresses and networks.
  public var interfaces: [IPInterface] { IPVersion.allCases.compactMap { interface(of: $0)?.value } }

  /// The host's address of a version; the unspecified one where it has none.
  public func address(of version: IPVersion) -> IPAddress {
    interface(of: version)?.value.address ?? .any(version)
  }

  /// Whether an address is one of the host's.
  public func has(_ address: IPAddress) -> Bool {
    switch address {
    case .v4(let own): ipv4?.value.address == own
    case .v6(let own): ipv6?.value.address == own
    }
  }

  /// A host of the documented network 1.1.1.0/24, which where IPv6 is asked for is in fd00::/64 too (RFC 4193).
  fileprivate init(number: UInt8) {
    // 100 is written ::100, as it is said.
    let last: UInt128 = number == 100 ? 0x100 : UInt128(number)
    let (address, other) = (
      IPv4Address(1, 1, 1, number), IPv6Address(UInt128(0xFD00) << 112 | last)
    )
    guard let interface = IPv4Interface(address: address, prefixLength: 24),
      let otherInterface = IPv6Interface(address: other, prefixLength: 64)
    else { preconditionFailure("24 and 64 are lengths of prefixes") }
    ipv4 = Located(interface)
    ipv6 = Located(otherInterface)
  }
}

/// How a host learns which hardware address an IP address has.
public enum AddressResolution: String, CaseIterable, Sendable {
  /// It is told beforehand: nothing but the exchange is on the wire.
  case `static`
  /// It asks by ARP (RFC 826), over IPv6 by neighbour discovery (RFC 4861).
  case dynamic
}
