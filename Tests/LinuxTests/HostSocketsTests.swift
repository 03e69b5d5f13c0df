// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Testing
import Wire

@testable import Linux

/// What the kernel lists of a namespace's sockets, held against sockets that are opened there.
@Suite("sockets of a namespace, as root")
struct HostSocketsTests {
  private static let need = ListedSocket.Need(
    protocol: 253, from: .v4(IPv4Address(1, 1, 1, 100)), to: .v4(IPv4Address(127, 0, 0, 1)), ports: nil)

  /// What is listed in a new namespace whose loopback interface is up, after something was opened there.
  private static func listed<Opened: ~Copyable>(
    _ choice: HostSockets.Choice = .all, _ open: () throws(SystemError) -> Opened
  ) throws -> [ListedSocket] {
    let space = try NetworkNamespace()
    return try space.enter { () throws(SystemError) in
      var netlink = try NetlinkSocket()
      try netlink.perform([.raise(link: 1)], until: Deadline(after: .seconds(5)))
      let sockets = try HostSockets()
      let before = Set(try sockets.list(.all).map(\.inode))
      let opened = try open()
      let now = try sockets.list(choice).filter { !before.contains($0.inode) }
      withExtendedLifetime(opened) {}
      return now
    }
  }

  private static func inet(_ type: __socket_type, _ number: Int32) throws(SystemError) -> Descriptor {
    try Descriptor.socket("AF_INET", family: AF_INET, type: Int32(type.rawValue), protocol: number)
  }

  private static func bound(_ socket: consuming Descriptor, to port: UInt16) throws(SystemError) -> Descriptor
  {
    var address = IPv4Address(127, 0, 0, 1).socketAddress
    address.sin_port = port.bigEndian
    try socket.bind(to: address, "127.0.0.1")
    return socket
  }

  @Test("raw sockets are listed with protocol and address, and take what is addressed to them")
  func raw() throws {
    let found = try Self.listed(.whole) { () throws(SystemError) in
      let socket = try RawSocket(protocol: 253)
      try socket.bind(to: .v4(IPv4Address(127, 0, 0, 1)))
      return socket
    }
    #expect(found.map(\.kind) == [.raw(protocol: 253)])
    #expect(found.map(\.address) == [.v4(IPv4Address(127, 0, 0, 1))])
    #expect(found.map(\.queued) == [0] && found.map(\.dropped) == [0])
    let socket = try #require(found.first)
    #expect(socket.takes(Self.need, by: 1))
    var other = Self.need
    other.number = 252
    #expect(!socket.takes(other, by: 1))
    other = Self.need
    other.destination = .v4(IPv4Address(127, 0, 0, 2))
    #expect(!socket.takes(other, by: 1))
  }

  @Test("the lists that were opened are there, and raw and packet sockets stand in all of them")
  func choices() throws {
    let space = try NetworkNamespace()
    try space.enter { () throws(SystemError) in
      let raw = try RawSocket(protocol: 253)
      let udp = try Self.bound(Self.inet(SOCK_DGRAM, 0), to: 7)
      let (inode, other) = (try raw.inode(), try udp.inode())
      for choice in [HostSockets.Choice.whole, .listening, .all] {
        let sockets = try HostSockets(choice)
        #expect(sockets.has(.whole) && sockets.has(choice) && sockets.has(.all) == (choice != .whole))
        #expect(try sockets.list(choice).map(\.inode) == (choice == .whole ? [inode] : [inode, other]))
      }
    }
  }

  @Test("a raw socket that only sends takes nothing")
  func sendingOnly() throws {
    let found = try Self.listed { () throws(SystemError) in try RawSocket(protocol: 255, header: .own) }
    #expect(found.map(\.kind) == [.raw(protocol: 255)])
    #expect(found.allSatisfy { !$0.takes(Self.need, by: 1) && !$0.canReceive })
  }

  @Test("what a raw socket was handed and nobody has read is told, and what it had no room for")
  func queue() throws {
    let space = try NetworkNamespace()
    try space.enter { () throws(SystemError) in
      var netlink = try NetlinkSocket()
      try netlink.perform([.raise(link: 1)], until: Deadline(after: .seconds(5)))
      let raw = try RawSocket(protocol: 253)
      let sockets = try HostSockets()
      for _ in 0..<10 { try raw.send([1, 2, 3], to: .v4(IPv4Address(127, 0, 0, 1))) }
      let few = try sockets.list(.whole)
      #expect(few.count == 1 && few[0].queued > 0 && few[0].dropped == 0)
      for _ in 0..<1000 { try raw.send([1, 2, 3], to: .v4(IPv4Address(127, 0, 0, 1))) }
      let many = try sockets.list(.whole)
      #expect((many.first?.dropped ?? 0) > 0)
      let buffer = ReceiveBuffer(capacity: 4096)
      while try raw.receive(into: buffer) != nil { continue }
      #expect(try sockets.list(.whole).first?.queued == 0)
    }
  }

  @Test(
    "a packet socket takes packets when it is bound, by its interface and EtherType",
    arguments: [true, false])
  func packet(isBound: Bool) throws {
    let found = try Self.listed(.whole) { () throws(SystemError) in
      var socket = try PacketSocket(closedBy: ClosingPool())
      if isBound { try socket.bind(to: 1, only: .ipv4) }
      return socket
    }
    let socket = try #require(found.first)
    #expect(socket.takes(Self.need, by: 1) == isBound)
    #expect(!socket.takes(Self.need, by: 2))
  }

  @Test("a packet socket of another EtherType takes no IPv4")
  func otherPacket() throws {
    let found = try Self.listed(.whole) { () throws(SystemError) in
      var socket = try PacketSocket(closedBy: ClosingPool())
      try socket.bind(to: 1, only: .arp)
      return socket
    }
    #expect(found.count == 1 && !found[0].takes(Self.need, by: 1))
    #expect(found[0].description == "a packet socket of EtherType 0x0806")
  }

  @Test("UDP sockets listen at the port that they are bound to")
  func udp() throws {
    let found = try Self.listed(.listening) { () throws(SystemError) in
      try Self.bound(Self.inet(SOCK_DGRAM, 0), to: 7777)
    }
    let socket = try #require(found.first)
    #expect(socket.kind == .udp && socket.listens(at: 7777) && !socket.listens(at: 7776))
    var need = Self.need
    (need.number, need.ports) = (17, .init(from: 5, to: 7777))
    #expect(socket.takes(need, by: 1))
    need.ports = .init(from: 5, to: 7776)
    #expect(!socket.takes(need, by: 1))
  }

  @Test("TCP sockets listen when they do, and not before")
  func tcp() throws {
    for isListening in [true, false] {
      let found = try Self.listed(.all) { () throws(SystemError) in
        let socket = try Self.bound(Self.inet(SOCK_STREAM, 0), to: 7777)
        if isListening { try systemCall("listen") { listen(socket.rawValue, 1) } }
        return socket
      }
      #expect(found.contains { $0.listens(at: 7777) } == isListening)
    }
  }

  // MARK: - IPv6

  /// What a packet from another host to this one needs over a version.
  private static func need(_ version: IPVersion, _ number: UInt8, port: UInt16? = nil) throws
    -> ListedSocket.Need
  {
    let (from, to) = version == .v4 ? ("1.1.1.100", "127.0.0.1") : ("fd00::100", "::1")
    return ListedSocket.Need(
      protocol: number, from: try #require(IPAddress(from)), to: try #require(IPAddress(to)),
      ports: port.map { .init(from: 5, to: $0) })
  }

  private static func inet6(
    _ type: __socket_type, _ number: Int32 = 0, only: Bool = true, at text: String = "::", port: UInt16 = 0
  ) throws(SystemError) -> Descriptor {
    let socket = try Descriptor.socket(
      "AF_INET6", family: AF_INET6, type: Int32(type.rawValue), protocol: number)
    if type != SOCK_RAW {
      let value: Int32 = only ? 1 : 0
      try socket.setOption("IPV6_V6ONLY", level: Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: value)
    }
    try socket.bind(to: .v6(IPv6Address(text) ?? .any), port: port)
    return socket
  }

  @Test(
    "raw sockets of IPv6 are listed with protocol and address, and take what is addressed to them over it",
    arguments: ["::", "::1"])
  func raw6(address: String) throws {
    let found = try Self.listed(.whole) { () throws(SystemError) in
      try Self.inet6(SOCK_RAW, 253, at: address)
    }
    let socket = try #require(found.first)
    #expect(found.count == 1 && socket.kind == .raw(protocol: 253) && socket.version == .v6)
    #expect(socket.address.description == address && socket.queued == 0 && socket.dropped == 0)
    #expect(
      socket.description == "a raw IPv6 socket of protocol 253\(address == "::" ? "" : " at ::1")")
    #expect(try socket.takes(Self.need(.v6, 253), by: 1) && !socket.takes(Self.need(.v6, 252), by: 1))
    #expect(try !socket.takes(Self.need(.v4, 253), by: 1))
    #expect(socket.isFor(.v6) && !socket.isFor(.v4))
    var other = try Self.need(.v6, 253)
    other.destination = try #require(IPAddress("fd00::1"))
    #expect(socket.takes(other, by: 1) == (address == "::"))
  }

  @Test("a raw socket of IPv4 takes no IPv6")
  func rawOfIPv4() throws {
    let found = try Self.listed(.whole) { () throws(SystemError) in try RawSocket(protocol: 253) }
    let socket = try #require(found.first)
    #expect(try !socket.takes(Self.need(.v6, 253), by: 1))
    #expect(!socket.isFor(.v6) && socket.isFor(.v4))
  }

  @Test(
    "a packet socket takes the version whose EtherType it has", arguments: [EtherType.ipv4, .ipv6])
  func packetOfVersion(type: EtherType) throws {
    let found = try Self.listed(.whole) { () throws(SystemError) in
      var socket = try PacketSocket(closedBy: ClosingPool())
      try socket.bind(to: 1, only: type)
      return socket
    }
    let socket = try #require(found.first)
    for version in IPVersion.allCases {
      #expect(try socket.takes(Self.need(version, 253), by: 1) == (version.etherType == type))
    }
  }

  @Test(
    "a socket of IPv6 for any address takes both versions, whatever its options say, and one at an address that one's",
    arguments: [
      ("::", [IPVersion.v4, .v6]), ("::1", [.v6]), ("::ffff:127.0.0.1", [.v4]), ("::ffff:0.0.0.0", [.v4]),
    ])
  func bothVersions(address: String, versions: [IPVersion]) throws {
    for (type, number) in [(SOCK_DGRAM, UInt8(17)), (SOCK_STREAM, 6)] {
      let found = try Self.listed { () throws(SystemError) in
        let socket = try Self.inet6(type, only: false, at: address, port: 7777)
        if type == SOCK_STREAM { try systemCall("listen") { listen(socket.rawValue, 1) } }
        return socket
      }
      let socket = try #require(found.first)
      #expect(found.count == 1 && socket.listens(at: 7777))
      for version in IPVersion.allCases {
        let isTaken = versions.contains(version)
        #expect(try socket.takes(Self.need(version, number, port: 7777), by: 1) == isTaken, "\(version)")
        #expect(socket.isFor(version) == isTaken, "\(version)")
        #expect(try !socket.takes(Self.need(version, number, port: 7776), by: 1))
      }
    }
  }

  @Test("a socket of IPv6 is named with its address in brackets (RFC 5952)")
  func names() throws {
    let udp = try Self.listed { () throws(SystemError) in try Self.inet6(SOCK_DGRAM, at: "::1", port: 7) }
    #expect(udp.map(\.description) == ["a UDP socket at [::1]:7"])
    let tcp = try Self.listed { () throws(SystemError) in
      let socket = try Self.inet6(SOCK_STREAM, port: 7)
      try systemCall("listen") { listen(socket.rawValue, 1) }
      return socket
    }
    #expect(tcp.map(\.description) == ["a listening TCP socket at [::]:7"])
  }

  @Test("an ICMPv6 socket takes ICMPv6, and no ICMP of IPv4")
  func ping6() throws {
    let found = try Self.listed { () throws(SystemError) in
      // Of what group one may be is a setting of the namespace (icmp(7)).
      let file = try Descriptor.open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY)
      _ = try systemCall("write") { write(file.rawValue, "0 0", 3) }
      return try Self.inet6(SOCK_DGRAM, Int32(IPPROTO_ICMPV6), at: "::1")
    }
    let socket = try #require(found.first { $0.kind == .ping })
    #expect(socket.description == "an ICMPv6 socket")
    #expect(try socket.takes(Self.need(.v6, 58), by: 1))
    #expect(try !socket.takes(Self.need(.v4, 1), by: 1) && !socket.takes(Self.need(.v4, 58), by: 1))
  }

  @Test("a connection over IPv6 is listed at both ends with the address and the port of the other")
  func connection6() throws {
    let found = try Self.listed { () throws(SystemError) in
      let listener = try TCPSocket(listeningAt: 7777, of: .v6(.loopback))
      return Pair(
        listener: listener, client: try TCPSocket(from: 40_000, to: .v6(.loopback), port: 7777))
    }
    let ends = found.filter { $0.peerPort != 0 }
    #expect(Set(ends.map(\.port)) == [7777, 40_000] || ends.map(\.port) == [40_000])
    #expect(ends.allSatisfy { $0.address == .v6(.loopback) && $0.peer == .v6(.loopback) })
    let client = try #require(ends.first { $0.port == 40_000 })
    var need = try Self.need(.v6, 6)
    (need.source, need.ports) = (.v6(.loopback), .init(from: 7777, to: 40_000))
    #expect(client.takes(need, by: 1))
    need.source = try #require(IPAddress("fd00::1"))
    #expect(!client.takes(need, by: 1))
  }

  private struct Pair: ~Copyable {
    let listener: TCPSocket
    let client: TCPSocket
  }

  @Test("a UDP socket that is closed is told of with what it held: two datagrams, of which none was read")
  func closing() throws {
    let space = try NetworkNamespace()
    let (listed, told) = try space.enter { () throws(SystemError) in
      var netlink = try NetlinkSocket()
      try netlink.perform([.raise(link: 1)], until: Deadline(after: .seconds(5)))
      let sockets = try HostSockets()
      let closings = try UDPClosings()
      let listed = try Self.listedWhileFull(sockets)
      // The one that sent is closed as well.
      let deadline = Deadline(after: .seconds(5))
      var told: [ListedSocket] = []
      while !told.contains(where: { $0.port == 7 }), !deadline.hasPassed {
        told += try closings.next(until: deadline)
      }
      return (listed, told.filter { $0.port == 7 })
    }
    #expect(told.map(\.kind) == [.udp])
    #expect(told.map(\.queued) == listed.map(\.queued) && told.allSatisfy { $0.queued > 0 }, "\(told)")
  }

  /// Sends two datagrams to a socket, and returns how it is listed before it is closed.
  private static func listedWhileFull(_ sockets: borrowing HostSockets) throws(SystemError) -> [ListedSocket]
  {
    let receiver = try bound(inet(SOCK_DGRAM, 0), to: 7)
    let sender = try inet(SOCK_DGRAM, 0)
    var address = IPv4Address(127, 0, 0, 1).socketAddress
    address.sin_port = UInt16(7).bigEndian
    for _ in 0..<2 {
      try systemCall("sendto") {
        withUnsafePointer(to: &address) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            sendto(sender.rawValue, "x", 1, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
          }
        }
      }
    }
    defer { withExtendedLifetime(receiver) {} }
    return try sockets.list(.all).filter { $0.listens(at: 7) }
  }

  @Test("a socket is found behind more than the kernel prints at once")
  func many() throws {
    let space = try NetworkNamespace()
    try space.enter { () throws(SystemError) in
      var others: [RawSocketBox] = []
      for _ in 0..<400 { others.append(RawSocketBox(try RawSocket(protocol: 252))) }
      others.append(RawSocketBox(try RawSocket(protocol: 253)))
      let found = try HostSockets().list(.whole)
      #expect(found.count == 401)
      #expect(found.count { $0.takes(Self.need, by: 1) } == 1)
      withExtendedLifetime(others) {}
    }
  }
}

/// Holds a socket in a list.
private final class RawSocketBox {
  let socket: RawSocket
  init(_ socket: consuming RawSocket) { self.socket = socket }
}
