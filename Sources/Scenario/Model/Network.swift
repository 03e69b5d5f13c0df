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
      && ends.map(\.interface.value) == others.map(\.interface.value)
      && ends.map(\.mac?.value) == others.map(\.mac?.value)
      && ends.map(\.leavesToCard) == others.map(\.leavesToCard)
      && ends.map(\.isMute) == others.map(\.isMute)
  }

  /// The built-in network: the documented addresses, hardware addresses of the kernel's choice.
  public static let lan = Network()
}

/// One host on the cable.
public struct Host: Sendable {
  /// The host's address and network.
  public internal(set) var interface: Located<IPv4Interface>
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

  /// The host's address.
  public var address: IPv4Address { interface.value.address }

  /// A host of the documented network 1.1.1.0/24.
  fileprivate init(number: UInt8) {
    let address = IPv4Address(1, 1, 1, number)
    guard let interface = IPv4Interface(address: address, prefixLength: 24) else {
      preconditionFailure("24 is the length of a prefix")
    }
    self.interface = Located(interface)
  }
}

/// How a host learns which hardware address an IPv4 address has.
public enum AddressResolution: String, CaseIterable, Sendable {
  /// It is told beforehand: nothing but the exchange is on the wire.
  case `static`
  /// It asks by ARP (RFC 826).
  case dynamic
}
