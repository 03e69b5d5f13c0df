// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A small program of the kernel's that says which packets a socket is handed (`SO_ATTACH_FILTER`, socket(7)).
struct SocketFilter: Sendable {
  fileprivate let instructions: [sock_filter]

  /// Keeps out what a host sends to itself: what comes by its loopback interface, and the copy of what goes to all.
  static let ofOwnPackets = SocketFilter(instructions: [
    load(SKF_AD_IFINDEX), skip(3, where: loopback),
    load(SKF_AD_PKTTYPE), skip(1, where: UInt32(PACKET_LOOPBACK)),
    end(taking: .max), end(taking: 0),
  ])

  /// The number of the loopback interface in every namespace.
  private static let loopback: UInt32 = 1

  /// Loads what the kernel knows beside a packet's bytes.
  private static func load(_ place: Int32) -> sock_filter {
    sock_filter(
      code: UInt16(BPF_LD | BPF_W | BPF_ABS), jt: 0, jf: 0, k: UInt32(bitPattern: SKF_AD_OFF + place))
  }

  /// Passes over instructions where a value was loaded.
  private static func skip(_ count: UInt8, where value: UInt32) -> sock_filter {
    sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: count, jf: 0, k: value)
  }

  /// Hands the socket at most so many bytes, or with 0 nothing.
  private static func end(taking most: UInt32) -> sock_filter {
    sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: most)
  }
}

extension Descriptor {
  /// Lets a filter say what the socket is handed.
  ///
  /// - Throws: the error of setsockopt(2).
  func attach(_ filter: SocketFilter) throws(SystemError) {
    var instructions = filter.instructions
    try instructions.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
      let program = sock_fprog(len: UInt16(buffer.count), filter: buffer.baseAddress)
      try setOption("SO_ATTACH_FILTER", level: SOL_SOCKET, SO_ATTACH_FILTER, to: program)
    }
  }
}
