// SPDX-License-Identifier: Apache-2.0

import Wire

/// The two hosts that a conversation is played between, and whose addresses they have.
struct ImportedHosts {
  private let conversation: Conversation
  /// Their addresses, with the prefix of a network that both are in.
  private(set) var interfaces: [HostName: IPInterface] = [:]
  /// What is to be said of the addresses; nil where they are those of the conversation.
  private(set) var note: String?
  /// The version of IP that they talk by.
  let version: IPVersion
  /// Whether the hosts have other addresses than the conversation, and packets get theirs.
  let isMoved: Bool

  /// Finds hosts for a conversation, whose first end is the sender.
  init(_ conversation: Conversation) {
    self.conversation = conversation
    let (first, second) = (conversation.first.address, conversation.second.address)
    version = first.version
    let impossible = first == second ? [first] : [first, second].filter(\.isConfined)
    isMoved = !impossible.isEmpty
    let documented = Self.documented(version)
    guard !isMoved else {
      interfaces = documented
      let addresses = impossible.sorted { $0.number < $1.number }.map(\.description)
      note =
        "Two hosts on a cable cannot have \(addresses.joined(separator: " and ")): here they have"
        + " \(self[.sender]) and \(self[.receiver])."
      return
    }
    let near = first.canBeHost ? first : nil
    let far = second.canBeHost ? second : nil
    switch (near, far) {
    case (let near?, let far?): interfaces = Self.shared(near, far)
    case (let near?, nil): interfaces = Self.shared(near, near.neighbour)
    case (nil, let far?): interfaces = Self.shared(far.neighbour, far)
    case (nil, nil): interfaces = documented
    }
  }

  private static func documented(_ version: IPVersion) -> [HostName: IPInterface] {
    Dictionary(
      uniqueKeysWithValues: HostName.allCases.compactMap { host in
        Network.lan[host].interface(of: version).map { (host, $0.value) }
      })
  }

  /// The lengths of the prefixes that most networks have.
  private static func usualLengths(_ version: IPVersion) -> [UInt8] {
    version == .v4 ? [24, 16, 8] : [64, 56, 48, 32]
  }

  /// Two addresses in the smallest of the usual networks that has both, else in the smallest that there is.
  private static func shared(_ near: IPAddress, _ far: IPAddress) -> [HostName: IPInterface] {
    let usual = usualLengths(near.version)
    let longest = UInt8(near.octets.count * 8 - 2)
    for length in usual + (0...longest).reversed().filter({ !usual.contains($0) }) {
      guard let sender = IPInterface(address: near, prefixLength: length),
        let receiver = IPInterface(address: far, prefixLength: length), sender.contains(far),
        [sender, receiver].allSatisfy({ NetworkCheck.problem(with: $0) == nil })
      else { continue }
      return [.sender: sender, .receiver: receiver]
    }
    return documented(near.version)
  }

  /// A host's address.
  subscript(host: HostName) -> IPAddress { interfaces[host]?.address ?? .any(version) }

  /// A header with the addresses that the hosts have in place of its own; a group stays one.
  func moved(_ header: IPHeader, from host: HostName) -> IPHeader {
    var moved = header
    IPField.source.set(self[host].number, in: &moved)
    if !header.destination.isMulticast { IPField.destination.set(self[host.other].number, in: &moved) }
    return moved
  }

  /// Who sent a packet of the conversation: whoever is no end of it, such as a router, stands behind the receiver.
  func sender(of packet: CapturedIPPacket) -> HostName {
    guard let own = Conversation(packet.packet), own.protocol == conversation.protocol,
      conversation.first.address == conversation.second.address
    else { return packet.packet.header.source == conversation.first.address ? .sender : .receiver }
    return own.first == conversation.first ? .sender : .receiver
  }

  /// The version as a file writes it; nil for the one that is meant where none is said.
  var versionTree: JSON5Tree? { version == .v4 ? nil : .number(version.rawValue) }

  /// The network as a file writes it, as far as it is not the built-in one; no kernel answers where both are mute.
  func tree(mtu: Int, isMute: Bool, cable: JSON5Tree? = nil) -> JSON5Tree? {
    let hosts = HostName.allCases.map { host in
      let interface = interfaces[host]
      let isKnown = interface == Self.documented(version)[host]
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

extension IPAddress {
  /// Whether a host on a cable may have it, and send from it.
  fileprivate var canBeHost: Bool {
    NetworkCheck.problem(with: .single(self)) == nil && ipv6?.isIPv4Mapped != true
  }

  /// Whether it means nothing beyond a host or a link: then hosts here have others.
  fileprivate var isConfined: Bool { isLoopback || ipv6?.isLinkLocal == true }

  /// The first other host of its network, which is a /24 or a /64.
  fileprivate var neighbour: IPAddress {
    let network = octets.prefix(version == .v4 ? 3 : 8)
    let zeros = [UInt8](repeating: 0, count: octets.count - network.count - 1)
    let hosts = [UInt8(1), 2].compactMap { IPAddress(octets: network + zeros + [$0]) }
    return hosts.first { $0 != self } ?? self
  }
}
