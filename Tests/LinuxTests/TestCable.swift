// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Wire

@testable import Linux

/// Two hosts on a veth pair, with addresses and neighbours: `near` is 1.1.1.100, `far` is 1.1.1.1.
struct TestCable: ~Copyable {
  let near: NetworkNamespace
  let far: NetworkNamespace
  var nearNetlink: NetlinkSocket
  let closing = ClosingPool()
  let deadline = Deadline(after: .seconds(30))

  static let nearLink: Int32 = 101
  static let farLink: Int32 = 102
  static let nearMAC = MACAddress(0xf0, 0x1f, 0xaf, 0x28, 0x8d, 0x92)
  static let farMAC = MACAddress(0x00, 0x00, 0x91, 0x06, 0x41, 0xe1)
  static let nearAddress = IPv4Address(1, 1, 1, 100)
  static let farAddress = IPv4Address(1, 1, 1, 1)

  init(mtu: UInt32 = 1500) throws {
    let nearSpace = try NetworkNamespace()
    let farSpace = try NetworkNamespace()
    var nearSocket = try nearSpace.enter { () throws(SystemError) in try NetlinkSocket() }
    var farSocket = try farSpace.enter { () throws(SystemError) in try NetlinkSocket() }
    try nearSocket.perform(
      [
        .makeVethPair(
          VethEnd(index: Self.nearLink, name: "eth0", mac: Self.nearMAC, mtu: mtu),
          peer: VethEnd(index: Self.farLink, name: "eth0", mac: Self.farMAC, mtu: mtu),
          in: farSpace.rawDescriptor)
      ], until: deadline)
    let nearInterface = try #require(IPv4Interface("1.1.1.100/24"))
    let farInterface = try #require(IPv4Interface("1.1.1.1/24"))
    try nearSocket.perform(
      [
        .disableIPv6AddressGeneration(link: Self.nearLink),
        .addAddress(.v4(nearInterface), link: Self.nearLink),
        .raise(link: Self.nearLink),
      ], until: deadline)
    try farSocket.perform(
      [
        .disableIPv6AddressGeneration(link: Self.farLink), .addAddress(.v4(farInterface), link: Self.farLink),
        .raise(link: Self.farLink),
        .addNeighbour(.v4(Self.nearAddress), at: Self.nearMAC, link: Self.farLink),
      ], until: deadline)
    try nearSocket.perform(
      [.addNeighbour(.v4(Self.farAddress), at: Self.farMAC, link: Self.nearLink)], until: deadline)
    let isUp = try nearSocket.awaitOperational(link: Self.nearLink, until: deadline).isOperational
    let isFarUp = try farSocket.awaitOperational(link: Self.farLink, until: deadline).isOperational
    #expect(isUp && isFarUp)
    near = nearSpace
    far = farSpace
    nearNetlink = nearSocket
  }

  /// A capture at the near end.
  func nearCapture() throws -> PacketSocket {
    let closing = closing
    return try near.enter { () throws(SystemError) in
      try PacketSocket(link: Self.nearLink, closedBy: closing)
    }
  }

  /// A capture at the far end.
  func farCapture() throws -> PacketSocket {
    let closing = closing
    return try far.enter { () throws(SystemError) in
      try PacketSocket(link: Self.farLink, closedBy: closing)
    }
  }

  /// The next frame, awaited.
  func next(_ capture: borrowing PacketSocket, into buffer: ReceiveBuffer) throws -> CapturedFrame {
    #expect(try Readiness.wait(toRead: [capture.rawDescriptor], until: deadline))
    return try #require(try capture.receive(into: buffer))
  }

  /// The next packet, awaited.
  func next(_ socket: borrowing RawSocket, into buffer: ReceiveBuffer) throws -> ReceivedDatagram {
    #expect(try Readiness.wait(toRead: [socket.rawDescriptor], until: deadline))
    return try #require(try socket.receive(into: buffer))
  }
}

/// What iproute2 says in a namespace.
func iproute2(_ arguments: String, in space: borrowing NetworkNamespace) throws -> String {
  let path = "/proc/\(getpid())/fd/\(space.rawDescriptor)"
  let stream = try #require(popen("nsenter --net=\(path) ip \(arguments) 2>&1", "re"))
  var output: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { output += buffer.prefix(count) }
  let status = pclose(stream)
  let text = String(decoding: output, as: UTF8.self)
  #expect(status == 0, "ip \(arguments): \(text)")
  return text
}
