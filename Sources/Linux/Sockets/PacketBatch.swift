// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// Room for many packets that cross into the kernel, or out of it, by one call (sendmmsg(2), recvmmsg(2)); it is
/// allocated once.
struct PacketBatch: ~Copyable {
  /// How many packets there is room for.
  static let count = 64

  /// The bytes of a packet that there is room for.
  let length: Int
  private let stride: Int
  private let bytes: UnsafeMutableRawBufferPointer
  private let batch: OpaquePointer

  /// Makes room for packets of this length.
  ///
  /// - Throws: `ENOMEM`.
  init(length: Int) throws(SystemError) {
    try self.init(length: length, toldOf: nil)
  }

  /// Makes room for the packets that a raw socket of a flow receives, headers and all: of IPv6 it is handed what follows
  /// the header, which is written before that as the kernel tells it (`ToldOverIPv6.askFixedHeader`).
  ///
  /// - Throws: `ENOMEM`.
  init(receiving format: FlowFormat) throws(SystemError) {
    try self.init(length: format.length, toldOf: format.version == .v6 ? format.protocol : nil)
  }

  private init(length: Int, toldOf number: UInt8?) throws(SystemError) {
    // Each packet begins at the beginning of a line of the processor's cache.
    let stride = (length + 63) / 64 * 64
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: stride * Self.count, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    guard
      let batch = clinux_batch_make(
        bytes.baseAddress, stride, length, UInt32(Self.count), number.map(Int32.init) ?? -1)
    else {
      bytes.deallocate()
      throw SystemError("malloc", Errno(rawValue: ENOMEM))
    }
    self.length = length
    self.stride = stride
    self.bytes = bytes
    self.batch = batch
  }

  deinit {
    free(UnsafeMutableRawPointer(batch))
    bytes.deallocate()
  }

  /// The room of one packet.
  func room(_ index: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: bytes[(index * stride)..<(index * stride + length)])
  }

  /// A packet as it was received, and its length before the room cut it.
  func packet(_ index: Int) -> (bytes: UnsafeRawBufferPointer, length: Int) {
    let length = Int(clinux_batch_length(batch, UInt32(index)))
    return (UnsafeRawBufferPointer(rebasing: room(index)[..<min(length, self.length)]), length)
  }

  /// Sends the packets of a range; returns how many the kernel took.
  ///
  /// - Throws: the errors of sendmmsg(2) about the first of them.
  func send(_ range: Range<Int>, through socket: borrowing Descriptor) throws(SystemError) -> Int {
    Int(
      try systemCall("sendmmsg") {
        clinux_batch_send(batch, socket.rawValue, UInt32(range.lowerBound), UInt32(range.upperBound))
      })
  }

  /// Waits for a packet and takes what is there; returns how many packets there were.
  ///
  /// - Throws: the errors of recvmmsg(2).
  func receive(from socket: borrowing Descriptor) throws(SystemError) -> Int {
    Int(try systemCall("recvmmsg") { clinux_batch_receive(batch, socket.rawValue) })
  }
}
