// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Testing
import Wire

@testable import Linux

/// What sockets' own options keep from them, held against what the kernel hands them then.
@Suite("limits of sockets, as root")
struct SocketLimitsTests {
  /// Runs a body in a new namespace whose loopback interface is up.
  private static func inNewSpace<Result>(_ body: () throws -> Result) throws -> Result {
    let space = try NetworkNamespace()
    return try space.enter { () throws(SystemError) in
      var netlink = try NetlinkSocket()
      try netlink.perform([.raise(link: 1)], until: Deadline(after: .seconds(5)))
      return Swift.Result { try body() }
    }.get()
  }

  private static func socket(
    _ family: Int32, _ type: __socket_type, _ number: Int32
  ) throws(SystemError) -> Descriptor {
    try Descriptor.socket("test", family: family, type: Int32(type.rawValue), protocol: number)
  }

  @Test("a plain socket of each kind has none")
  func none() throws {
    try Self.inNewSpace {
      for (family, type, number) in [
        (AF_INET, SOCK_RAW, 253), (AF_INET, SOCK_DGRAM, 0), (AF_PACKET, SOCK_RAW, 0x0008),
      ] {
        let limits = try SocketLimits(of: Self.socket(family, type, Int32(number)))
        #expect(limits.interface == 0 && !limits.isIPv6Only && !limits.sharesOut && limits.filter == nil)
        #expect(limits.take(.v4, by: 1) && limits.take(.v6, by: 2))
      }
    }
  }

  @Test("a socket that is bound to an interface takes what comes in by that one")
  func bound() throws {
    try Self.inNewSpace {
      let socket = try Self.socket(AF_INET, SOCK_RAW, 253)
      try socket.setOption("SO_BINDTOIFINDEX", level: SOL_SOCKET, SO_BINDTOIFINDEX, to: Int32(1))
      let limits = try SocketLimits(of: socket)
      for version in IPVersion.allCases {
        #expect(limits.take(version, by: 1) && !limits.take(version, by: 2))
      }
    }
  }

  @Test("a socket for IPv6 only takes no IPv4, and one of both versions does", arguments: [true, false])
  func version(isIPv6Only: Bool) throws {
    try Self.inNewSpace {
      let socket = try Self.socket(AF_INET6, SOCK_DGRAM, 0)
      let value: Int32 = isIPv6Only ? 1 : 0
      try socket.setOption("IPV6_V6ONLY", level: Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: value)
      let limits = try SocketLimits(of: socket)
      #expect(limits.isIPv6Only == isIPv6Only && limits.take(.v4, by: 1) != isIPv6Only)
      #expect(limits.take(.v6, by: 1))
    }
  }

  @Test("packet sockets of a fanout group share out what they are shown")
  func fanout() throws {
    try Self.inNewSpace {
      let socket = try Self.socket(AF_PACKET, SOCK_DGRAM, 0x0008)
      try socket.setOption("PACKET_FANOUT", level: SOL_PACKET, PACKET_FANOUT, to: Int32(7))
      #expect(try SocketLimits(of: socket).sharesOut)
    }
  }

  // MARK: - Filters

  /// Takes packets whose byte at a place has a value.
  private static func filter(_ value: UInt8, at place: UInt32) -> [sock_filter] {
    [
      sock_filter(code: UInt16(BPF_LD | BPF_B | BPF_ABS), jt: 0, jf: 0, k: place),
      sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 0, jf: 1, k: UInt32(value)),
      sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: .max),
      sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: 0),
    ]
  }

  private static func attach(_ instructions: [sock_filter], to socket: borrowing Descriptor)
    throws(SystemError)
  {
    var instructions = instructions
    try instructions.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
      let program = sock_fprog(len: UInt16(buffer.count), filter: buffer.baseAddress)
      try socket.setOption("SO_ATTACH_FILTER", level: SOL_SOCKET, SO_ATTACH_FILTER, to: program)
    }
  }

  @Test("a filter takes what a raw socket with it is handed, and nothing else")
  func agreement() throws {
    try Self.inNewSpace {
      let socket = try Self.socket(AF_INET, SOCK_RAW, 253)
      try Self.attach(Self.filter(UInt8(ascii: "b"), at: 20), to: socket)
      let filter = try #require(try SocketLimits(of: socket).filter)
      let here = IPv4Address(127, 0, 0, 1)
      let sender = try RawSocket(protocol: 255, header: .own)
      for (payload, isTaken) in [("a", false), ("b", true), ("", false), ("ba", true), ("ab", false)] {
        let header = IPv4Header(source: here, destination: here, protocol: 253)
        let packet = IPv4Packet.build(header: header, payload: Array(payload.utf8)).bytes
        #expect(try filter.takes(packet) == isTaken, "\(payload)")
        try sender.send(packet, to: .v4(here))
        var byte: UInt8 = 0
        let count = recv(socket.rawValue, &byte, 1, Int32(MSG_DONTWAIT))
        #expect((count > 0) == isTaken, "\(payload)")
      }
    }
  }

  @Test(
    "a filter of a raw socket of IPv6 is shown what follows the headers, and takes what the socket is handed")
  func agreementOverIPv6() throws {
    try Self.inNewSpace {
      let socket = try Self.socket(AF_INET6, SOCK_RAW, 253)
      try Self.attach(Self.filter(UInt8(ascii: "b"), at: 0), to: socket)
      let filter = try #require(try SocketLimits(of: socket).filter)
      let own = try RawSocket(protocol: 253, over: .v6)
      for (payload, isTaken) in [("a", false), ("b", true), ("", false), ("ba", true), ("ab", false)] {
        #expect(try filter.takes(Array(payload.utf8)) == isTaken, "\(payload)")
        try own.send(Array(payload.utf8), to: .v6(.loopback))
        var byte: UInt8 = 0
        let count = recv(socket.rawValue, &byte, 1, Int32(MSG_DONTWAIT))
        #expect((count > 0) == isTaken, "\(payload)")
      }
    }
  }

  @Test("filters are equal when each instruction is")
  func equality() throws {
    try Self.inNewSpace {
      let programs: [(value: UInt8, place: UInt32)] = [(1, 20), (2, 20), (1, 21), (1, 20)]
      let filters = try programs.map { value, place in
        let socket = try Self.socket(AF_INET, SOCK_RAW, 253)
        try Self.attach(Self.filter(value, at: place), to: socket)
        return try SocketFilter(of: socket)
      }
      #expect(filters[0] == filters[3] && Set(filters).count == 3)
    }
  }

  @Test("of a filter that looks at more than a packet's bytes nobody knows what it takes")
  func beside() throws {
    try Self.inNewSpace {
      let socket = try Self.socket(AF_INET, SOCK_RAW, 253)
      try socket.attach(.ofOwnPackets)
      let filter = try #require(try SocketFilter(of: socket))
      #expect(try filter.takes([1, 2, 3]) == nil)
    }
  }
}
