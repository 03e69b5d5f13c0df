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
      checkInterface(of: host)
      checkMAC(of: host)
      if host.isMute, network.arp == .dynamic {
        report("a mute host answers no ARP request: arp: \"static\"", at: host.mute?.span)
      }
    }
    checkPair()
    if let cable = network.cable?.value {
      for host in HostName.allCases {
        diagnostics.report(contentsOf: CableCheck(cable[from: host]).diagnostics)
      }
    }
  }

  private mutating func checkInterface(of host: Host) {
    let interface = host.interface.value
    let address = interface.address
    let firstOctet = address.octets[0]
    if firstOctet == 0 || firstOctet == 127 || firstOctet >= 224 {
      report("\(address) cannot be the address of a host on a cable", at: host.interface.span)
    } else if interface.prefixLength < 31, [interface.network, interface.broadcast].contains(address) {
      let kind = address == interface.network ? "network's own" : "broadcast"
      report("\(address) is the \(kind) address of \(interface), not a host's", at: host.interface.span)
    }
  }

  private mutating func checkMAC(of host: Host) {
    guard let mac = host.mac else { return }
    if mac.value.isMulticast || mac.value.octets.allSatisfy({ $0 == 0 }) {
      report("\(mac.value) cannot be the MAC address of a host: it is no unicast address", at: mac.span)
    }
  }

  private mutating func checkPair() {
    let (sender, receiver) = (network.sender, network.receiver)
    if sender.address == receiver.address {
      report("both hosts have the address \(sender.address)", at: receiver.interface.span)
    } else if !sender.interface.value.contains(receiver.address) {
      report(
        "\(receiver.address) is outside the sender's network \(sender.interface.value)",
        at: receiver.interface.span)
    } else if !receiver.interface.value.contains(sender.address) {
      report(
        "\(sender.address) is outside the receiver's network \(receiver.interface.value)",
        at: sender.interface.span)
    }
    if let mac = receiver.mac, mac.value == sender.mac?.value {
      report("both hosts have the MAC address \(mac.value)", at: mac.span)
    }
  }

  private mutating func report(_ message: String, at place: SourceSpan?) {
    diagnostics.report(message, at: place ?? span)
  }
}
