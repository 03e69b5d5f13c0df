// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Wire

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
      protocol: Self.tcp,
      from: scenario.network[connection.client].address(of: scenario.streamVersion),
      to: scenario.network[connection.server].address(of: scenario.streamVersion),
      ports: Ports(from: connection.clientPort ?? 0, to: connection.serverPort))
  }

  /// What a message needs of a program in the host that it goes to: ports only where the file says them, or which bytes
  /// come there.
  init(_ message: Message, in scenario: Scenario) {
    let packet = message.packet(in: scenario)
    self.init(
      protocol: packet.header.protocol, from: packet.header.source, to: packet.header.destination,
      ports: Self.portsKnown(of: message, packet, in: scenario))
  }

  private static func portsKnown(of message: Message, _ packet: IPPacket, in scenario: Scenario) -> Ports? {
    guard [tcp, udp].contains(packet.header.protocol) else { return nil }
    let ports = DatagramPorts(packet)
    guard let transport = message.transport, transport.layer.number == packet.header.protocol else {
      return packet.payload.count >= 4 && message.saysPayload(in: scenario)
        ? Ports(from: ports.source, to: ports.destination) : nil
    }
    // A program has the port that its kernel gives it; an answer goes to that one.
    let isOfProgram = scenario.program(in: message.from.value) != nil
    return Ports(
      from: isOfProgram ? message.saidSourcePort : ports.source, to: transport.destinationPort)
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

extension ListedSocket.Need {
  /// The packet in words, without ports that nobody knows: `UDP from 1.1.1.100:40000 to 1.1.1.1:7777`.
  var description: String {
    let name = [Self.tcp: "TCP", Self.udp: "UDP"][number] ?? "protocol \(number)"
    let from = ports?.source.flatMap { $0 == 0 ? nil : source.text(port: $0) } ?? source.description
    let to = ports?.destination.map { destination.text(port: $0) } ?? destination.description
    return "\(name) from \(from) to \(to)"
  }
}
