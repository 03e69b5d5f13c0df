// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// The raw socket of a built-in role: it takes what the kernel delivers to the host, sends the host's plain
/// messages, and is closed when the role ends.
struct RoleSocket: ~Copyable {
  private let host: HostName
  private let until: EndText?
  private let buffer: ReceiveBuffer
  private var socket: RawSocket?

  /// Whether the role has ended; with its socket closed the kernel delivers to it no more.
  private(set) var hasEnded = false

  private static let longestPacket = 65_535

  /// Opens the socket of the role in a host; an idle one has none, and neither has a protocol without sockets.
  init(of host: HostName, in scenario: Scenario, _ space: borrowing NetworkNamespace) throws(SystemError) {
    let receiver: ReceiveRole? = if case .receive(let role) = scenario.role(of: host) { role } else { nil }
    self.host = host
    until = receiver?.until
    buffer = ReceiveBuffer(capacity: receiver?.bufferSize ?? Self.longestPacket)
    let number = scenario.protocol.value
    if case .idle = scenario.role(of: host) { return }
    guard (1...254).contains(number) else { return }
    let opened = try space.enter { () throws(SystemError) in try RawSocket(protocol: number) }
    opened.reserveRoom()
    try opened.stampTimes()
    switch receiver?.bind.value {
    case .any, nil: break
    case .host: try opened.bind(to: scenario.network[host].address)
    case .address(let address): try opened.bind(to: address)
    }
    socket = consume opened
  }

  /// Takes what the kernel has delivered so far, up to the packet that ends the role.
  mutating func receive() throws(SystemError) -> [Delivery] {
    var deliveries: [Delivery] = []
    while let delivery = try next() {
      deliveries.append(delivery)
      guard let until, until.isContained(in: delivery.payload) else { continue }
      end()
      socket = nil
    }
    if hasEnded { socket = nil }
    return deliveries
  }

  /// Ends the role; what was delivered until now can still be taken, once.
  mutating func end() {
    hasEnded = true
  }

  /// Sends a packet's payload under a header of the kernel's.
  ///
  /// - Returns: false when there is no socket to send it.
  func send(_ packet: IPv4Packet) throws(SystemError) -> Bool {
    guard socket != nil else { return false }
    try socket?.send(packet)
    return true
  }

  private func next() throws(SystemError) -> Delivery? {
    guard let datagram = try socket?.receive(into: buffer) else { return nil }
    return Delivery(
      bytes: datagram.bytes, originalLength: datagram.originalLength, at: host,
      timestamp: datagram.timestamp)
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
