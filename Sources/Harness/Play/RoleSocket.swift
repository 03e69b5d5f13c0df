// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// A built-in role in a host: it takes what the kernel delivers there, sends the host's plain messages, and its socket
/// is closed when it ends.
struct RoleSocket: ~Copyable {
  private let host: HostName
  private let until: EndText?
  private let mostBytes: Int
  private var socket: OpenRoleSocket?
  private let others: [OtherRoleSocket]

  /// Whether the role has ended; with its socket closed the kernel delivers to it no more.
  private(set) var hasEnded = false

  private static let longestPacket = 65_535
  /// More than its socket has room for: a program may send as fast as this takes.
  private static let mostAtOnce = 1 << 16

  /// Begins the role in a host, with its socket, nil where it has none, and those for other protocols.
  init(
    of host: HostName, in scenario: Scenario, _ socket: consuming OpenRoleSocket?,
    _ others: [OtherRoleSocket] = []
  ) {
    let receiver: ReceiveRole? = if case .receive(let role) = scenario.role(of: host) { role } else { nil }
    self.host = host
    until = receiver?.until
    mostBytes = receiver?.bufferSize ?? Self.longestPacket
    self.socket = socket
    self.others = others
  }

  /// The socket, where the role has not ended.
  consuming func takeSocket() -> OpenRoleSocket? { socket }

  /// Takes what the kernel has delivered so far, up to the packet that ends the role.
  mutating func receive(into buffer: ReceiveBuffer) throws(SystemError) -> [Delivery] {
    var deliveries: [Delivery] = []
    while deliveries.count < Self.mostAtOnce, let delivery = try next(into: buffer) {
      deliveries.append(delivery)
      guard let until, until.isContained(in: delivery.payload) else { continue }
      end()
      socket = nil
    }
    if hasEnded { socket = nil }
    for other in others {
      while deliveries.count < Self.mostAtOnce,
        let datagram = try other.receive(into: buffer, atMost: mostBytes)
      {
        deliveries.append(delivery(of: datagram))
      }
    }
    return deliveries
  }

  /// Ends the role; what was delivered until now can still be taken, once.
  mutating func end() {
    hasEnded = true
  }

  /// Sends a packet's payload under a header of the kernel's.
  ///
  /// - Returns: false when there is no socket to send it.
  mutating func send(_ packet: IPv4Packet) throws(SystemError) -> Bool {
    guard socket != nil else { return false }
    try socket?.send(packet)
    return true
  }

  /// How many packets the socket had no room for.
  func overflowed() throws(SystemError) -> Int {
    var count = try socket?.dropped() ?? 0
    for other in others { count += try other.dropped() }
    return count
  }

  private func next(into buffer: ReceiveBuffer) throws(SystemError) -> Delivery? {
    guard let datagram = try socket?.receive(into: buffer, atMost: mostBytes) else { return nil }
    return delivery(of: datagram)
  }

  private func delivery(of datagram: ReceivedDatagram) -> Delivery {
    Delivery(
      bytes: datagram.bytes, originalLength: datagram.originalLength, at: host, timestamp: datagram.timestamp)
  }
}

/// The raw socket of a role; roles of several cases may have it, one after the other.
struct OpenRoleSocket: ~Copyable {
  /// What tells the sockets of roles apart.
  struct Kind: Equatable {
    private let number: UInt8
    private let address: IPv4Address?
    /// Whether its host may send what it would be handed.
    private let hearsItself: Bool

    /// What the role in a host needs; nil where it is idle, or its protocol is one without sockets.
    init?(of host: HostName, in scenario: Scenario) {
      number = scenario.protocol.value
      hearsItself = scenario.maySendToItself(host)
      guard (1...254).contains(number) else { return nil }
      switch scenario.role(of: host) {
      case .idle: return nil
      case .send, .run: address = nil
      case .receive(let role):
        switch role.bind.value {
        case .any: address = nil
        case .host: address = scenario.network[host].address
        case .address(let own): address = own
        }
      }
    }

    /// What is handed all packets of a protocol.
    init(protocol number: UInt8) {
      (self.number, address, hearsItself) = (number, nil, true)
    }

    /// Opens one in the calling thread's namespace, which may not have the address yet.
    func open() throws(SystemError) -> OpenRoleSocket {
      let opened = try RawSocket(protocol: number)
      opened.reserveRoom()
      try opened.stampTimes()
      // What a host sends to itself was never on the cable. To keep it out costs as much as many packets.
      if hearsItself { try opened.ignoreOwnPackets() }
      return OpenRoleSocket(self, opened)
    }

    fileprivate func bind(_ socket: borrowing RawSocket) throws(SystemError) {
      if let address { try socket.bind(to: address) }
    }
  }

  let kind: Kind
  private var raw: RawSocket

  fileprivate init(_ kind: Kind, _ raw: consuming RawSocket) {
    self.kind = kind
    self.raw = raw
  }

  /// Binds it to the role's address, where that has one.
  ///
  /// - Throws: `EADDRNOTAVAIL` when the host has no such address.
  func bind() throws(SystemError) { try kind.bind(raw) }

  fileprivate mutating func send(_ packet: IPv4Packet) throws(SystemError) { try raw.send(packet) }

  fileprivate func dropped() throws(SystemError) -> Int { try raw.memory().dropped }

  fileprivate func receive(
    into buffer: ReceiveBuffer, atMost most: Int
  ) throws(SystemError) -> ReceivedDatagram? {
    try raw.receive(into: buffer, atMost: most)
  }
}

/// A socket that is handed what a program must be handed under another protocol than the scenario's.
final class OtherRoleSocket {
  private var socket: OpenRoleSocket

  private init(_ socket: consuming OpenRoleSocket) {
    self.socket = socket
  }

  /// Opens those that a host with a program needs, in the calling thread's namespace.
  static func open(of host: HostName, in scenario: Scenario) throws(SystemError) -> [OtherRoleSocket] {
    guard scenario.program(in: host) != nil else { return [] }
    let messages = scenario.exchange.filter {
      $0.from.value == host.other && $0.expect.mustBeSeen(at: .delivered)
    }
    let numbers = Set(messages.compactMap { $0.header.values[.protocol].map { UInt8(clamping: $0.value) } })
    var sockets: [OtherRoleSocket] = []
    for number in numbers.sorted() where number != scenario.protocol.value && (1...254).contains(number) {
      sockets.append(OtherRoleSocket(try OpenRoleSocket.Kind(protocol: number).open()))
    }
    return sockets
  }

  fileprivate func dropped() throws(SystemError) -> Int { try socket.dropped() }

  fileprivate func receive(
    into buffer: ReceiveBuffer, atMost most: Int
  ) throws(SystemError) -> ReceivedDatagram? {
    try socket.receive(into: buffer, atMost: most)
  }
}

extension Delivery {
  /// What follows the header, by the header's own length.
  fileprivate var payload: [UInt8] {
    do throws(TruncatedError) {
      return try IPv4Packet(parsing: bytes[...]).payload
    } catch {
      return []
    }
  }
}

extension Scenario {
  private static let icmp: UInt8 = 1

  /// Whether a host may send what its own socket would be handed: a program sends what it likes, a message may go to all
  /// or to its sender, and a kernel tells itself by ICMP what it could not send.
  fileprivate func maySendToItself(_ host: HostName) -> Bool {
    program(in: host) != nil || `protocol`.value == Self.icmp
      || exchange.contains { $0.from.value == host && $0.header.values[.destination] != nil }
  }
}
