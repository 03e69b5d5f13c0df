// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// The role `send`: sends each message the way that was chosen for it, and ends by its `until`.
struct BuiltInSender: ~Copyable {
  private let scenario: Scenario
  private let socket: RawSocket
  private(set) var hasEnded = false

  private static let anyProtocol: UInt8 = 255

  /// Opens the sender's socket in its host.
  init(_ scenario: Scenario, in space: borrowing NetworkNamespace) throws(SystemError) {
    self.scenario = scenario
    let number = scenario.protocol.value
    socket = try space.enter { () throws(SystemError) in try RawSocket(protocol: number) }
  }

  /// Sends one message.
  ///
  /// - Returns: the kernel's refusal, or nil when the message went out.
  /// - Throws: when a socket cannot be had.
  mutating func send(_ message: Message, in space: borrowing NetworkNamespace) throws(SystemError)
    -> SendFailure?
  {
    let packet = message.packet(in: scenario)
    let failure = try send(message, packet, in: space)
    hasEnded = hasEnded || (scenario.sendRole.until?.isWhole(message.payload.value) ?? false)
    return failure
  }

  private func send(
    _ message: Message, _ packet: IPv4Packet, in space: borrowing NetworkNamespace
  ) throws(SystemError) -> SendFailure? {
    switch message.wayOut {
    case .header:
      let own = try space.enter { () throws(SystemError) in
        try RawSocket(protocol: Self.anyProtocol, header: .own)
      }
      return Self.send(packet.bytes, through: own, to: packet.header.destination)
    case .socket where message.needsOwnSocket:
      let number = packet.header.protocol
      let own = try space.enter { () throws(SystemError) in try RawSocket(protocol: number) }
      if let value = message.header.values[.dontFragment] { try own.setDontFragment(value.value != 0) }
      return try Self.send(packet, through: own)
    case .socket:
      return try Self.send(packet, through: socket)
    }
  }

  private static func send(
    _ packet: IPv4Packet, through socket: borrowing RawSocket
  ) throws(SystemError) -> SendFailure? {
    let header = packet.header
    try socket.setTTL(header.ttl)
    try socket.setTypeOfService(header.dscp << 2 | header.ecn)
    return send(packet.payload, through: socket, to: header.destination)
  }

  private static func send(
    _ bytes: [UInt8], through socket: borrowing RawSocket, to destination: IPv4Address
  ) -> SendFailure? {
    do throws(SystemError) {
      try socket.send(bytes, to: destination)
      return nil
    } catch {
      return SendFailure(errno: error.errno.name, description: error.description)
    }
  }
}

extension Message {
  /// Whether a socket of the message's own is needed: an option set for one message would stay for the next.
  fileprivate var needsOwnSocket: Bool {
    header.values[.protocol] != nil || header.values[.dontFragment] != nil
  }
}
