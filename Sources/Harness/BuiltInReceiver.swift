// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// The role `receive`: a raw socket that takes what the kernel delivers, and ends by its `until`.
struct BuiltInReceiver: ~Copyable {
  private let role: ReceiveRole
  private let buffer: ReceiveBuffer
  private var socket: RawSocket?

  /// Whether it has ended; its socket is closed then, and the kernel delivers to it no more.
  private(set) var hasEnded = false

  /// Opens the receiver's socket in its host and binds it as asked.
  init(_ scenario: Scenario, in space: borrowing NetworkNamespace) throws(SystemError) {
    role = scenario.receiveRole
    buffer = ReceiveBuffer(capacity: role.bufferSize)
    let number = scenario.protocol.value
    let opened = try space.enter { () throws(SystemError) in try RawSocket(protocol: number) }
    switch role.bind.value {
    case .any: break
    case .host: try opened.bind(to: scenario.network.receiver.address)
    case .address(let address): try opened.bind(to: address)
    }
    socket = consume opened
  }

  /// Takes what the kernel has delivered so far, up to the packet that ends the role.
  mutating func receive() throws(SystemError) -> [Delivery] {
    var deliveries: [Delivery] = []
    while let delivery = try next() {
      deliveries.append(delivery)
      guard let until = role.until, until.isContained(in: delivery.payload) else { continue }
      hasEnded = true
      socket = nil
    }
    return deliveries
  }

  private func next() throws(SystemError) -> Delivery? {
    guard let datagram = try socket?.receive(into: buffer) else { return nil }
    return Delivery(bytes: datagram.bytes, originalLength: datagram.originalLength)
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
