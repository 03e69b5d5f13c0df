// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// Sends a host's messages, each the way that was chosen for it.
///
/// No socket stays open that the kernel would deliver to: a host has the sockets of its role, and no others.
struct MessageSender: ~Copyable {
  private let scenario: Scenario
  private var ownHeader: RawSocket?
  private var ownIPv6Header: RawSocket?
  private var frames: FrameSocket?

  private static let anyProtocol: UInt8 = 255

  init(_ scenario: Scenario) {
    self.scenario = scenario
  }

  /// Sends one message from one end of the cable to the other.
  ///
  /// - Returns: the kernel's refusal, or nil when the message went out.
  /// - Throws: when a socket cannot be had.
  mutating func send(
    _ message: Message, from near: borrowing CableEnd, to far: MACAddress, by role: borrowing RoleSocket,
    closing: ClosingPool
  ) throws(SystemError) -> SendFailure? {
    let packet = message.packet(in: scenario)
    switch message.wayOut {
    case .datagram: return try sendDatagram(message, packet, in: near.space, by: role)
    case .socket: return try sendPlain(message, packet, in: near.space, by: role)
    case .header: return try sendWithHeader(packet, in: near.space)
    case .frame:
      return try send(message.frame.frame(carrying: packet, from: near.mac, to: far), from: near, closing)
    }
  }

  private func sendPlain(
    _ message: Message, _ packet: IPPacket, in space: borrowing NetworkNamespace,
    by role: borrowing RoleSocket
  ) throws(SystemError) -> SendFailure? {
    if message.isPlain, let socket = role.socket(for: .raw(protocol: packet.header.protocol, packet.version))
    {
      return Self.refusal { () throws(SystemError) in try socket.send(packet) }
    }
    // An option that is set for one message would stay for the next.
    var own = try Self.open(packet.header.protocol, over: packet.version, in: space)
    return Self.refusal { () throws(SystemError) in
      if let value = message.header.values[.dontFragment] { try own.setDontFragment(value.value != 0) }
      if let options = packet.header.ipv4?.options, !options.isEmpty { try own.setOptions(options) }
      try own.send(packet)
    }
  }

  private func sendDatagram(
    _ message: Message, _ packet: IPPacket, in space: borrowing NetworkNamespace,
    by role: borrowing RoleSocket
  ) throws(SystemError) -> SendFailure? {
    let port = DatagramHeader(packet).source
    let settings = DatagramSettings(message, packet)
    // No second socket at the port of one that answers come to: it would take them.
    if let socket = role.socket(for: .udp(port: port, packet.version)) {
      return Self.refusal { () throws(SystemError) in try socket.send(packet, with: settings) }
    }
    var own = try space.enter { () throws(SystemError) in
      UnprivilegedPorts.free(port)
      return try UDPSocket(over: packet.version)
    }
    return Self.refusal { () throws(SystemError) in
      try own.bind(to: nil, port: port)
      try own.apply(settings)
      try own.send(packet)
    }
  }

  private mutating func sendWithHeader(
    _ packet: IPPacket, in space: borrowing NetworkNamespace
  ) throws(SystemError) -> SendFailure? {
    switch packet.version {
    case .v4:
      if ownHeader == nil { ownHeader = try Self.open(Self.anyProtocol, header: .own, over: .v4, in: space) }
      return Self.refusal { () throws(SystemError) in
        try ownHeader?.send(packet.bytes, to: packet.header.destination)
      }
    case .v6:
      if ownIPv6Header == nil {
        ownIPv6Header = try Self.open(Self.anyProtocol, header: .own, over: .v6, in: space)
      }
      return Self.refusal { () throws(SystemError) in
        try ownIPv6Header?.send(packet.bytes, to: packet.header.destination)
      }
    }
  }

  private mutating func send(
    _ frame: [UInt8], from near: borrowing CableEnd, _ closing: ClosingPool
  ) throws(SystemError) -> SendFailure? {
    if frames == nil {
      let link = near.link
      frames = try near.space.enter { () throws(SystemError) in try FrameSocket(link: link, closedBy: closing)
      }
    }
    return Self.refusal { () throws(SystemError) in try frames?.send(frame) }
  }

  private static func open(
    _ number: UInt8, header: RawSocket.Header = .kernel, over version: IPVersion,
    in space: borrowing NetworkNamespace
  ) throws(SystemError) -> RawSocket {
    try space.enter { () throws(SystemError) in try RawSocket(protocol: number, header: header, over: version)
    }
  }

  private static func refusal(_ send: () throws(SystemError) -> Void) -> SendFailure? {
    do throws(SystemError) {
      try send()
      return nil
    } catch {
      return SendFailure(errno: error.errno.name, description: error.description)
    }
  }
}

extension RawSocket {
  /// Sends a packet's payload under a header that the kernel writes with the packet's values.
  mutating func send(_ packet: IPPacket) throws(SystemError) {
    try setTTL(packet.header.hops)
    try setTypeOfService(packet.header.typeOfService)
    try send(packet.payload, to: packet.header.destination)
  }
}

extension Message {
  /// Whether the role's socket can send it as it is.
  ///
  /// A socket that is bound to an address sends to groups and to all, to which no other socket finds a way.
  fileprivate var isPlain: Bool {
    let others: [IPField] = [.protocol, .nextHeader, .dontFragment, .destination]
    return header.options == nil && header.extensions == nil && others.allSatisfy { header.values[$0] == nil }
  }
}
