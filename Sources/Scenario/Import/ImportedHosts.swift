// SPDX-License-Identifier: Apache-2.0

import Wire

/// The two hosts that a conversation is played between, and whose addresses they have.
struct ImportedHosts {
  private let conversation: Conversation
  /// Their addresses, with the prefix of a network that both are in.
  private(set) var interfaces: [HostName: IPv4Interface] = [:]
  /// What is to be said of the addresses; nil where they are those of the conversation.
  private(set) var note: String?
  /// Whether the hosts have other addresses than the conversation, and packets get theirs.
  let isMoved: Bool

  /// Finds hosts for a conversation, whose first end is the sender.
  init(_ conversation: Conversation) {
    self.conversation = conversation
    let (first, second) = (conversation.first.address, conversation.second.address)
    isMoved = first == second || first.isLoopback || second.isLoopback
    guard !isMoved else {
      interfaces = Self.documented
      note =
        "Two hosts on a cable cannot have \(Set([first, second]).sorted().map(\.description).joined(separator: " and "))"
        + ": here they have \(interfaces[.sender].map(\.address) ?? .any) and"
        + " \(interfaces[.receiver].map(\.address) ?? .any)."
      return
    }
    let near = first.canBeHost ? first : nil
    let far = second.canBeHost ? second : nil
    switch (near, far) {
    case (let near?, let far?): interfaces = Self.shared(near, far)
    case (let near?, nil): interfaces = Self.shared(near, near.neighbour)
    case (nil, let far?): interfaces = Self.shared(far.neighbour, far)
    case (nil, nil): interfaces = Self.documented
    }
  }

  private static let documented: [HostName: IPv4Interface] = Dictionary(
    uniqueKeysWithValues: HostName.allCases.compactMap { host in
      Network.lan[host].ipv4.map { (host, $0.value) }
    })

  /// Two addresses in the smallest of the usual networks that has both, else in the smallest that there is.
  private static func shared(_ near: IPv4Address, _ far: IPv4Address) -> [HostName: IPv4Interface] {
    let usual: [UInt8] = [24, 16, 8]
    for length in usual + (0...30).reversed().filter({ !usual.contains($0) }) {
      guard let sender = IPv4Interface(address: near, prefixLength: length),
        let receiver = IPv4Interface(address: far, prefixLength: length), sender.contains(far),
        [sender, receiver].allSatisfy({ ![$0.network, $0.broadcast].contains($0.address) })
      else { continue }
      return [.sender: sender, .receiver: receiver]
    }
    return documented
  }

  /// A host's address.
  subscript(host: HostName) -> IPv4Address { interfaces[host]?.address ?? .any }

  /// Who sent a packet of the conversation: whoever is no end of it, such as a router, stands behind the receiver.
  func sender(of packet: CapturedIPPacket) -> HostName {
    guard let own = Conversation(packet.packet), own.protocol == conversation.protocol,
      conversation.first.address == conversation.second.address
    else { return packet.packet.header.source == conversation.first.address ? .sender : .receiver }
    return own.first == conversation.first ? .sender : .receiver
  }

  /// The network as a file writes it, as far as it is not the built-in one; no kernel answers where both are mute.
  func tree(mtu: Int, isMute: Bool, cable: JSON5Tree? = nil) -> JSON5Tree? {
    let hosts = HostName.allCases.map { host in
      let interface = interfaces[host]
      let isKnown = interface == Self.documented[host]
      return JSON5Tree.object([
        "address": isKnown ? nil : interface.map { .string($0.description) },
        "mute": isMute ? .literal("true") : nil,
      ]).unlessEmpty
    }
    return JSON5Tree.object([
      "sender": hosts[0], "receiver": hosts[1], "mtu": mtu == Network.lan.mtu ? nil : .number(mtu),
      "cable": cable,
    ]).unlessEmpty
  }
}

extension IPv4Address {
  /// Whether a host on a cable may have it.
  fileprivate var canBeHost: Bool { ![0, 127].contains(octets[0]) && octets[0] < 224 }

  /// Another host of its network of 256.
  fileprivate var neighbour: IPv4Address {
    IPv4Address(rawValue: rawValue & ~0xFF | (rawValue & 0xFF == 1 ? 2 : 1))
  }
}
