// SPDX-License-Identifier: Apache-2.0

import Wire

/// What kind of socket a packet is handed to.
public enum SocketKind: Hashable, Sendable {
  /// A raw socket of an IP protocol, 0…255, which is handed whole packets (raw(7)).
  case raw(protocol: UInt8)
  /// A UDP socket at a port, 0…65535, which is handed payloads (udp(7)).
  case udp(port: UInt16)

  /// The header fields that a UDP socket can tell of what it is handed (ip(7): `IP_PKTINFO`, `IP_RECVTTL`,
  /// `IP_RECVTOS`).
  public static let toldByUDP: Set<IPField> = [
    .version, .dscp, .ecn, .ttl, .protocol, .source, .destination,
  ]
  /// The fields of the UDP header that a UDP socket can tell, by their keys.
  public static let toldByUDPOfTransport: Set<String> = ["sourcePort", "destinationPort"]
}

extension Scenario {
  private static let udp: UInt8 = 17

  /// The IP protocol under which a message goes.
  public func protocolNumber(of message: Message) -> UInt8 {
    let said = message.header.values[.protocol].map { UInt8(truncatingIfNeeded: $0.value) }
    return said ?? message.transport?.layer.number ?? `protocol`.value
  }

  /// The kind of the harness's own socket to which a message is handed in the host that it goes to; nil where it has
  /// none, since the message's header says another protocol than its own.
  ///
  /// A program has its own sockets: the harness's is beside them, and is handed whole packets.
  public func socketKind(for message: Message) -> SocketKind? {
    let number = protocolNumber(of: message)
    let host = message.from.value.other
    let isItsOwn = number == message.transport?.layer.number ?? `protocol`.value
    let raw: SocketKind? = isItsOwn ? .raw(protocol: number) : nil
    guard program(in: host) == nil, number == Self.udp else { return raw }
    var port = isItsOwn ? message.transport?.destinationPort : nil
    if case .receive(let role) = self.role(of: host) {
      if role.socket?.value == .raw { return raw }
      port = role.port.map { UInt16($0.value) } ?? port
    }
    return port.map { .udp(port: $0) } ?? raw
  }

  /// The kinds of the harness's own sockets in a host: that of its protocol, unless every message has a transport header or
  /// a UDP socket to be handed to, and those to which messages are handed.
  public func socketKinds(in host: HostName) -> [SocketKind] {
    // Streams have a connection, and nothing else is handed to anybody.
    guard !isOfStreams else { return [] }
    let hasPlain = exchange.isEmpty || exchange.contains { $0.transport == nil && !isHandedToUDP($0) }
    var kinds: [SocketKind] = hasPlain ? [.raw(protocol: `protocol`.value)] : []
    var known = Set(kinds)
    for message in exchange where message.from.value == host.other {
      if let kind = socketKind(for: message), known.insert(kind).inserted { kinds.append(kind) }
    }
    return kinds
  }
}

extension Scenario {
  private func isHandedToUDP(_ message: Message) -> Bool {
    if case .udp? = socketKind(for: message) { true } else { false }
  }
}

extension TransportFields {
  /// The port that it goes to; nil where nobody says one.
  public var destinationPort: UInt16? {
    values["destinationPort"].map { UInt16(truncatingIfNeeded: $0.value) }
  }
}
