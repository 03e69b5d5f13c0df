// SPDX-License-Identifier: Apache-2.0

import CLinux

/// A process that is the init of a program's, or waits to be that; one that waits ends when this value goes.
final class InitProcess: Sendable {
  /// Its number, as this process counts.
  let number: Int32
  /// Which capabilities its program has at most, a bit for each.
  let capabilities: UInt64
  /// A descriptor of it (pidfd_open(2)).
  private let process: Descriptor
  /// Where it waits.
  private let socket: Descriptor

  /// Takes ownership of the descriptors of one that waits.
  init(_ number: Int32, process: Int32, socket: Int32, for capabilities: UInt64) {
    (self.number, self.capabilities) = (number, capabilities)
    self.process = Descriptor(owning: process)
    self.socket = Descriptor(owning: socket)
  }

  /// The number to wait on until it has ended.
  var rawDescriptor: Int32 { process.rawValue }

  /// Whether it has ended.
  ///
  /// - Throws: the error of ppoll(2).
  func hasEnded() throws(SystemError) -> Bool {
    try Readiness.wait(toRead: [rawDescriptor], until: Deadline(after: .zero))
  }

  /// Has it start a program.
  ///
  /// - Throws: `EPIPE` where it has ended.
  func start(
    _ launch: clinux_launch, _ block: [UInt8], with descriptors: [Int32]
  ) throws(SystemError) {
    try systemCall("sendmsg(a program's init)") {
      withUnsafePointer(to: launch) { clinux_launch_program(socket.rawValue, $0, block, descriptors) }
    }
  }
}
