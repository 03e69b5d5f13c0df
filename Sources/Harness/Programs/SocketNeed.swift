// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario

extension ListedSocket.Need {
  private static let (tcp, udp): (UInt8, UInt8) = (6, 17)

  /// Whether it is one of UDP.
  var isOfUDP: Bool { number == Self.udp }

  /// Which sockets have to be listed to find one.
  var choice: HostSockets.Choice {
    switch number {
    case Self.tcp: .all
    case Self.udp: .listening
    default: .whole
    }
  }

  /// What a connection needs of the program that listens: whoever opens it comes from a port that nobody knows yet.
  init(_ connection: StreamConnection, in scenario: Scenario) {
    self.init(
      protocol: Self.tcp, from: scenario.network[connection.client].address,
      to: scenario.network[connection.server].address,
      ports: Ports(from: connection.clientPort ?? 0, to: connection.serverPort))
  }

  /// What a message needs of a program in the host that it goes to: ports only where the file says which bytes come
  /// there.
  init(_ message: Message, in scenario: Scenario) {
    let packet = message.packet(in: scenario)
    // The first four bytes of UDP and TCP are the ports (RFC 768, RFC 9293 §3.1).
    let ports = packet.payload.prefix(4)
    let hasPorts =
      [Self.tcp, Self.udp].contains(packet.header.protocol) && ports.count == 4
      && message.saysPayload(in: scenario)
    self.init(
      protocol: packet.header.protocol, from: packet.header.source, to: packet.header.destination,
      ports: hasPorts
        ? Ports(
          from: UInt16(ports[0]) << 8 | UInt16(ports[1]), to: UInt16(ports[2]) << 8 | UInt16(ports[3]))
        : nil)
  }
}

extension Message {
  /// Whether the bytes of its payload are those that come: a program sends what it likes, and the file may say less.
  func saysPayload(in scenario: Scenario) -> Bool {
    let program = scenario.program(in: from.value)
    // What is typed to a program is what it sends, but not all of it.
    let isKnown = program.map { payload.span != nil && !$0.isTypedTo } ?? true
    switch expect.payloadMatcher(at: .delivered)?.value {
    case nil: return isKnown
    case .equals(let bytes): return isKnown && bytes == payload.value
    default: return false
    }
  }
}
