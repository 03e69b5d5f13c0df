// SPDX-License-Identifier: Apache-2.0

import Wire

/// What kind of socket a packet is handed to.
public enum SocketKind: Hashable, Sendable {
  /// A raw socket of an IP protocol, 0…255, which over IPv4 is handed whole packets, over IPv6 what follows their headers
  /// (raw(7), ipv6(7)).
  case raw(protocol: UInt8, IPVersion)
  /// A UDP socket at a port, 0…65535, which is handed payloads (udp(7)).
  case udp(port: UInt16, IPVersion)

  /// The version of IP that it is of.
  public var version: IPVersion {
    switch self {
    case .raw(_, let version), .udp(_, let version): version
    }
  }

  /// Whether it is handed whole packets, header included.
  public var isOfWholePackets: Bool { if case .raw(_, .v4) = self { true } else { false } }

  /// The header fields that it can tell of what it is handed.
  public var told: Set<IPField> {
    if case .udp = self {
      Self.told(toUDP: true, over: version)
    } else {
      Self.told(toUDP: false, over: version)
    }
  }

  /// The header fields that a socket can tell of what it is handed: a raw socket of IPv4 all, the others what stands beside
  /// the bytes (ip(7): `IP_PKTINFO`, `IP_RECVTTL`, `IP_RECVTOS`; RFC 3542 §6).
  public static func told(toUDP isUDP: Bool, over version: IPVersion) -> Set<IPField> {
    switch version {
    case .v4: isUDP ? toldByUDPOverIPv4 : allOfIPv4
    case .v6: toldOverIPv6
    }
  }

  private static let allOfIPv4 = Set(IPField.all(of: .v4))
  private static let toldByUDPOverIPv4: Set<IPField> = [
    .version, .dscp, .ecn, .ttl, .protocol, .source, .destination,
  ]
  private static let toldOverIPv6: Set<IPField> = [
    .version, .dscp, .ecn, .flowLabel, .hopLimit, .source, .destination, .extensions,
  ]
  /// The fields of the UDP header that a UDP socket can tell, by their keys.
  public static let toldByUDPOfTransport: Set<String> = ["sourcePort", "destinationPort"]
}

extension Scenario {
  private static let udp: UInt8 = 17

  /// The IP protocol under which a message goes.
  public func protocolNumber(of message: Message) -> UInt8 {
    let said = message.header.values[.next(of: message.version)].map { UInt8(truncatingIfNeeded: $0.value) }
    guard message.header.extensions == nil else { return ownProtocol(of: message) }
    return said ?? ownProtocol(of: message)
  }

  /// The kind of the harness's own socket to which a message is handed in the host that it goes to; nil where it has
  /// none, since the message's header says another protocol than its own.
  ///
  /// A program has its own sockets: the harness's is beside them, and is handed whole packets.
  public func socketKind(for message: Message) -> SocketKind? {
    let number = protocolNumber(of: message)
    let host = message.from.value.other
    let isItsOwn = number == ownProtocol(of: message)
    let raw: SocketKind? = isItsOwn ? .raw(protocol: number, message.version) : nil
    guard program(in: host) == nil, number == Self.udp else { return raw }
    var port = isItsOwn ? message.transport?.destinationPort : nil
    if case .receive(let role) = self.role(of: host) {
      if role.socket?.value == .raw { return raw }
      port = role.port.map { UInt16($0.value) } ?? port
    }
    return port.map { .udp(port: $0, message.version) } ?? raw
  }

  /// The protocol of what a message carries: that of its transport header, or the scenario's.
  private func ownProtocol(of message: Message) -> UInt8 {
    message.transport?.layer.number ?? `protocol`.value
  }

  /// The kinds of the harness's own sockets in a host: that of its protocol, unless every message has a transport header or
  /// a UDP socket to be handed to, and those to which messages are handed.
  public func socketKinds(in host: HostName) -> [SocketKind] {
    // Streams have a connection, and nothing else is handed to anybody.
    guard !isOfStreams else { return [] }
    var kinds: [SocketKind] = IPVersion.allCases.filter { version in
      if exchange.isEmpty { return uses(version) }
      return exchange.contains { $0.version == version && $0.transport == nil && !isHandedToUDP($0) }
    }.map { .raw(protocol: `protocol`.value, $0) }
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
