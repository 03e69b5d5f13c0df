// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A packet socket that only sends: captures see what leaves through it, and it receives nothing (packet(7)).
public struct FrameSocket: ~Copyable, Sendable {
  private let descriptor: Descriptor
  private let link: Int32
  private let closing: ClosingPool

  /// Opens one for an interface of the calling thread's namespace; the pool closes it.
  ///
  /// - Throws: `EPERM` without CAP_NET_RAW, and the errors of socket(2).
  public init(link index: Int32, closedBy pool: ClosingPool) throws(SystemError) {
    descriptor = try Descriptor.socket(
      "AF_PACKET", family: AF_PACKET, type: Int32(SOCK_RAW.rawValue), protocol: 0)
    link = index
    closing = pool
  }

  /// Sends one whole frame.
  ///
  /// - Throws: `EMSGSIZE` when it is longer than the interface takes, and the other errors of sendto(2).
  public func send(_ frame: [UInt8]) throws(SystemError) {
    try descriptor.sendFrame(frame, link: link)
  }

  deinit {
    // To close it in place costs a wait for every processor of the kernel.
    closing.close(descriptor.release())
  }
}

extension Descriptor {
  /// Sends one whole frame through a packet socket.
  func sendFrame(_ frame: [UInt8], link index: Int32) throws(SystemError) {
    var structure = sockaddr_ll()
    structure.sll_family = sa_family_t(AF_PACKET)
    structure.sll_ifindex = index
    try withSocketAddress(of: structure) { address, length throws(SystemError) in
      _ = try systemCall("sendto(AF_PACKET, \(frame.count) bytes)") {
        sendto(rawValue, frame, frame.count, 0, address, length)
      }
    }
  }
}
