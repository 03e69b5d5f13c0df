// SPDX-License-Identifier: Apache-2.0

import Wire

/// What a network may not say although each of its words is right.
struct NetworkCheck {
  let network: Network
  /// Where the network is said, for what no single word of it is to blame for.
  let span: SourceSpan
  private(set) var diagnostics = Diagnostics()

  /// Checks the addresses of both hosts, each for itself and against the other.
  init(_ network: Network, at span: SourceSpan) {
    self.network = network
    self.span = span
    for host in [network.sender, network.receiver] {
      for version in IPVersion.allCases { checkAddress(of: host, version) }
      checkMAC(of: host)
      if host.isMute, network.arp == .dynamic {
        report("a mute host answers no ARP request: use arp: \"static\"", at: host.mute?.span)
      }
    }
    checkPair()
    if let cable = network.cable?.value {
      for host in HostName.allCases {
        diagnostics.report(contentsOf: CableCheck(cable[from: host]).diagnostics)
      }
    }
  }

  private mutating func checkAddress(of host: Host, _ version: IPVersion) {
    guard let interface = host.interface(of: version), let problem = Self.problem(with: interface.value)
    else { return }
    report(problem, at: interface.span)
  }

  /// Why no host on a cable can have an address; nil where one can.
  static func problem(with interface: IPInterface) -> String? {
    switch interface {
    case .v4(let interface): problem(with: interface)
    case .v6(let interface): problem(with: interface)
    }
  }

  private static func problem(with interface: IPv4Interface) -> String? {
    let address = interface.address
    let firstOctet = address.octets[0]
    if firstOctet == 0 || firstOctet == 127 || firstOctet >= 224 {
      return "\(address) cannot be the address of a host on a cable"
    }
    if interface.prefixLength < 31, [interface.network, interface.broadcast].contains(address) {
      let kind = address == interface.network ? "network's own" : "broadcast"
      return "\(address) is the \(kind) address of \(interface), not a host's"
    }
    return nil
  }

  private static func problem(with interface: IPv6Interface) -> String? {
    let address = interface.address
    if address.isMulticast || [.any, .loopback].contains(address) {
      return "\(address) cannot be the address of a host on a cable"
    }
    if address.isLinkLocal {
      return
        "\(address) is link-local, and means nothing without an interface: give the host another, such as fd00::1/64"
    }
    if interface.prefixLength < 127, interface.network == address {
      return "\(address) is the address of the routers of \(interface), not a host's"
    }
    return nil
  }

  private mutating func checkMAC(of host: Host) {
    guard let mac = host.mac else { return }
    if mac.value.isMulticast || mac.value.octets.allSatisfy({ $0 == 0 }) {
      report("\(mac.value) cannot be the MAC address of a host: it is not a unicast address", at: mac.span)
    }
  }

  private mutating func checkPair() {
    let (sender, receiver) = (network.sender, network.receiver)
    var isAnyCommon = false
    for version in IPVersion.allCases {
      guard let near = sender.interface(of: version), let far = receiver.interface(of: version) else {
        continue
      }
      isAnyCommon = true
      if [near, far].allSatisfy({ Self.problem(with: $0.value) == nil }) { check(near, far) }
    }
    if !isAnyCommon {
      report(
        "one host has only an IPv4 address and the other only an IPv6 address:"
          + " give both one of the same version",
        at: (receiver.ipv6?.span ?? sender.ipv6?.span))
    }
    if let mac = receiver.mac, mac.value == sender.mac?.value {
      report("both hosts have the MAC address \(mac.value)", at: mac.span)
    }
  }

  private mutating func check(_ sender: Located<IPInterface>, _ receiver: Located<IPInterface>) {
    let (near, far) = (sender.value, receiver.value)
    if near.address == far.address {
      report("both hosts have the address \(near.address)", at: receiver.span)
    } else if !near.contains(far.address) {
      report("\(far.address) is outside the sender's network \(near)", at: receiver.span)
    } else if !far.contains(near.address) {
      report("\(near.address) is outside the receiver's network \(far)", at: sender.span)
    }
  }

  private mutating func report(_ message: String, at place: SourceSpan?) {
    diagnostics.report(message, at: place ?? span)
  }
}
