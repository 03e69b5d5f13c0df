// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Wire

/// What a UDP socket is set to for one message alone.
struct DatagramSettings {
  /// Whether DF is set; nil for what the kernel does by itself.
  private var dontFragment: Bool?
  /// The options behind the IP header.
  private var options: [UInt8] = []
  /// Whether no checksum is sent.
  private var hasNoChecksum = false

  /// Nothing is set.
  init() {}

  /// What a message asks for, of which this is the packet.
  init(_ message: Message, _ packet: IPPacket) {
    dontFragment = message.header.values[.dontFragment].map { $0.value != 0 }
    options = packet.header.ipv4?.options ?? []
    hasNoChecksum = message.transport?.checksum.value == .zero
  }

  /// Whether nothing is set.
  var isEmpty: Bool { dontFragment == nil && options.isEmpty && !hasNoChecksum }

  fileprivate func apply(to socket: borrowing UDPSocket) throws(SystemError) {
    if hasNoChecksum { try socket.omitChecksum(true) }
    if let dontFragment { try socket.setDontFragment(dontFragment) }
    if !options.isEmpty { try socket.setOptions(options) }
  }

  fileprivate func undo(on socket: borrowing UDPSocket) throws(SystemError) {
    if hasNoChecksum { try socket.omitChecksum(false) }
    if dontFragment != nil { try socket.leaveDontFragmentToKernel() }
    if !options.isEmpty { try socket.setOptions([]) }
  }
}

extension UDPSocket {
  /// Sets what one message asks for.
  func apply(_ settings: DatagramSettings) throws(SystemError) { try settings.apply(to: self) }

  /// Takes back what was set for one message.
  func undo(_ settings: DatagramSettings) throws(SystemError) { try settings.undo(on: self) }
}
