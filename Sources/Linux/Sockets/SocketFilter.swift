// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A small program of the kernel's that says which packets a socket is handed (`SO_ATTACH_FILTER`, socket(7)).
public struct SocketFilter: Sendable {
  fileprivate let instructions: [sock_filter]

  /// Keeps out what a host sends to itself: what comes by its loopback interface, and the copy of what goes to all.
  static let ofOwnPackets = SocketFilter(instructions: [
    load(SKF_AD_IFINDEX), skip(3, where: loopback),
    load(SKF_AD_PKTTYPE), skip(1, where: UInt32(PACKET_LOOPBACK)),
    end(taking: .max), end(taking: 0),
  ])

  /// Keeps out the segments of TCP that neither begin a connection nor end one; all else is handed on, segments behind
  /// IPv6 extension headers too.
  static let ofPassingSegments = SocketFilter(instructions: [
    // The EtherType, and the protocol, flags and offset of IPv4 (RFC 791 §3.1).
    load(BPF_H | BPF_ABS, 12), jump(BPF_JEQ, 0x0800, 0, else: 7),
    load(BPF_B | BPF_ABS, 23), jump(BPF_JEQ, 6, 0, else: 10),
    load(BPF_H | BPF_ABS, 20), jump(BPF_JSET, 0x1fff, 8, else: 0),
    // How long IPv4's header is, and the flags of TCP behind it: FIN, SYN or RST (RFC 9293 §3.1).
    sock_filter(code: UInt16(BPF_LDX | BPF_B | BPF_MSH), jt: 0, jf: 0, k: 14),
    load(BPF_B | BPF_IND, 14 + 13), jump(BPF_JSET, 0x07, 5, else: 6),
    // The next header of IPv6, whose header has 40 bytes (RFC 8200 §3).
    jump(BPF_JEQ, 0x86dd, 0, else: 4), load(BPF_B | BPF_ABS, 20), jump(BPF_JEQ, 6, 0, else: 2),
    load(BPF_B | BPF_ABS, 14 + 40 + 13), jump(BPF_JSET, 0x07, 0, else: 1),
    end(taking: .max), end(taking: 0),
  ])

  /// Loads a part of a packet, as `kind` says how much and from where.
  private static func load(_ kind: Int32, _ place: UInt32) -> sock_filter {
    sock_filter(code: UInt16(BPF_LD | kind), jt: 0, jf: 0, k: place)
  }

  /// Passes over instructions: some where a value was loaded as `test` asks, others where not.
  private static func jump(_ test: Int32, _ value: UInt32, _ count: UInt8, else other: UInt8) -> sock_filter {
    sock_filter(code: UInt16(BPF_JMP | test | BPF_K), jt: count, jf: other, k: value)
  }

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

extension SocketFilter {
  /// The filter that a socket has; nil where it has none, or one that the kernel does not show.
  ///
  /// - Throws: the errors of getsockopt(2).
  init?(of socket: borrowing Descriptor) throws(SystemError) {
    // The length counts instructions here.
    var count: socklen_t = 0
    let (number, name) = (socket.rawValue, "getsockopt(SO_GET_FILTER)")
    do throws(SystemError) {
      try systemCall(name) { getsockopt(number, SOL_SOCKET, SO_GET_FILTER, nil, &count) }
    } catch  where error.errno == .accessDenied {
      // It is none of the classic kind.
      return nil
    }
    guard count > 0 else { return nil }
    var found = [sock_filter](repeating: sock_filter(), count: Int(count))
    try systemCall(name) { getsockopt(number, SOL_SOCKET, SO_GET_FILTER, &found, &count) }
    instructions = found
  }

  /// Whether it hands on a packet of which it is shown these bytes; nil where it looks at more than them, which is not
  /// known then.
  ///
  /// A socket pair of our own shows it: the kernel runs the filter.
  ///
  /// - Throws: the errors of socketpair(2), setsockopt(2), send(2) and recv(2).
  public func takes(_ bytes: [UInt8]) throws(SystemError) -> Bool? {
    guard !instructions.contains(where: \.looksBesideBytes) else { return nil }
    var numbers: [Int32] = [-1, -1]
    try systemCall("socketpair") { socketpair(AF_UNIX, Self.pairType, 0, &numbers) }
    let sending = Descriptor(owning: numbers[0])
    let receiving = Descriptor(owning: numbers[1])
    try receiving.attach(self)
    // What is kept out its sender is told nothing of.
    try systemCall("send") { send(sending.rawValue, bytes, bytes.count, 0) }
    var first: UInt8 = 0
    do throws(SystemError) {
      return try systemCall("recv") { recv(receiving.rawValue, &first, 1, 0) } > 0
    } catch  where error.errno == .wouldBlock {
      return false
    }
  }

  private static let pairType =
    Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
}

extension SocketFilter: Hashable {
  /// Whether two filters are the same, instruction by instruction.
  public static func == (one: Self, other: Self) -> Bool { one.words == other.words }

  /// Hashes the instructions.
  public func hash(into hasher: inout Hasher) { hasher.combine(words) }

  private var words: [UInt64] {
    instructions.map { UInt64($0.code) << 48 | UInt64($0.jt) << 40 | UInt64($0.jf) << 32 | UInt64($0.k) }
  }
}

extension sock_filter {
  /// Whether it loads what the kernel knows beside a packet's bytes, or from before them (`SKF_AD_OFF` and the like).
  fileprivate var looksBesideBytes: Bool {
    [BPF_LD, BPF_LDX].contains(Int32(code & 0x07))
      && [BPF_ABS, BPF_IND].contains(Int32(code & 0xe0)) && Int32(bitPattern: k) < 0
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
