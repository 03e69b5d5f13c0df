// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("Packet filters")
struct PacketFilterTests {
  /// A datagram from 127.0.0.1 port 35726 to port 9, as Linux quoted it.
  private let packet = KnownBytes.bytes("4500001e591b40004011e3b17f0000017f000001 8b8e0009 000a 5bf4 6869")

  private func matches(_ text: String) throws -> Bool {
    let filter = try PacketFilter(text)
    return filter.matches(
      Dissection(packet: packet, as: .v4), of: CaptureFile.Packet(packet, linkType: 228), number: 3)
  }

  @Test(
    "a packet matches",
    arguments: [
      "udp", "ip.src == 127.0.0.1", "udp.dstport == 9", "udp.dstport == 0x9", "udp.port == 9",
      "udp.port eq 35726",
      "!tcp", "not tcp and udp", "tcp or udp", "tcp || udp && ip", "(tcp or udp) and ip", "udp.dstport != 10",
      "ip.ttl >= 64", "ip.ttl <= 64", "ip.ttl > 63", "ip.ttl < 65", "ip.ttl gt 63 and ip.ttl lt 65",
      "ip.ttl ge 64 and ip.ttl le 64", "udp.dstport ne 10", "ip.flags.df == 1", "ip.flags.df == true",
      "ip.flags.mf",
      "data.data == 68:69", "data.data == \"6869\"", "frame.number == 3", "frame.len == 30",
      "frame.cap_len == 30",
      "udp&&ip", "ip.ttl==64", "!(tcp||arp)", "!!udp", "udp.checksum == 0x5bf4",
      // `and` binds more than `or`, and `not` more than both.
      "udp or tcp and tcp", "not tcp or tcp",
    ])
  func match(_ text: String) throws {
    #expect(try matches(text))
  }

  @Test(
    "a packet does not match",
    arguments: [
      "tcp", "ip.src == 127.0.0.2", "udp.port == 10", "udp.port != 9", "tcp.port != 9", "ip.ttl > 64",
      "ip.ttl < 64",
      "ip.ttl >= 65", "ip.ttl <= 63", "not udp", "tcp and udp", "udp and not ip", "(udp or tcp) and tcp",
      "frame.number != 3",
      "frame.comment", "ip.flags.mf == true", "data.data == 6868", "tcp.port == 9", "not udp or tcp",
    ])
  func noMatch(_ text: String) throws {
    #expect(try !matches(text))
  }

  @Test(
    "what is wrong is told with its place",
    arguments: [
      ("udp.scrport == 53", .unknownField("udp.scrport"), 0..<11),
      ("", .expected("the name of a field"), 0..<1),
      ("udp and", .expected("the name of a field"), 7..<8), ("(udp", .expected("\")\""), 4..<5),
      ("udp tcp", .expected("\"and\", \"or\" or the end"), 4..<7),
      ("udp)", .expected("\"and\", \"or\" or the end"), 3..<4),
      ("ip.ttl = 64", .expected("\"==\""), 7..<8),
      ("ip.ttl ==", .expected("a value"), 9..<10), ("ip.ttl == )", .expected("a value"), 10..<11),
      ("ip.ttl == x", .badValue("a number"), 10..<11),
      ("ip.src == 1.1.1", .badValue("an IPv4 address"), 10..<15),
      ("eth.src == 1", .badValue("a MAC address"), 11..<12),
      ("ipv6.src == 1", .badValue("an IPv6 address"), 12..<13),
      ("data.data == 123", .badValue("bytes in hexadecimal"), 13..<16), ("ip.src < 1.1.1.1", .noOrder, 7..<8),
      ("\"udp\"", .expected("the name of a field"), 0..<5), ("== 3", .expected("the name of a field"), 0..<2),
      ("udp & tcp", .expected("\"and\", \"or\" or the end"), 4..<5),
    ] as [(String, PacketFilterError.Reason, Range<Int>)])
  func wrong(_ text: String, _ reason: PacketFilterError.Reason, _ range: Range<Int>) {
    #expect(throws: PacketFilterError(reason: reason, range: range)) { try PacketFilter(text) }
  }

  @Test("what is nested too deep is refused, and not read until there is no stack left")
  func deep() throws {
    let depth = 99
    let fine = String(repeating: "(", count: depth) + "udp" + String(repeating: ")", count: depth)
    #expect(try matches(fine))
    #expect(throws: PacketFilterError.self) {
      try PacketFilter(String(repeating: "!", count: 100_000) + "udp")
    }
    #expect(throws: PacketFilterError.self) { try PacketFilter(String(repeating: "(", count: 100_000)) }
  }

  @Test("every name that may stand in an expression can be read")
  func names() throws {
    for name in PacketFilter.names() { _ = try PacketFilter(name) }
    #expect(PacketFilter.names().contains("tcp.options.mss_val"))
  }

  @Test(
    "numbers of packets",
    arguments: [
      ("3", [3]), ("2-4", [2, 3, 4]), ("4-", [4, 5, 6]), ("-2", [1, 2]), ("1,5-", [1, 5, 6]),
      ("2,2-3,6", [2, 3, 6]),
    ])
  func numbers(_ text: String, _ meant: [Int]) throws {
    let numbers = try #require(PacketNumbers(text))
    #expect((1...6).filter(numbers.contains) == meant)
    #expect(text.hasSuffix("-") ? numbers.last == .max : numbers.last == meant.last)
  }

  @Test(
    "what is no number of a packet",
    arguments: ["", "0", "a", "3-2", "-", "1,", "1--2", "+1", "0-3", "1-2-3", "99999999999999999999"])
  func noNumbers(_ text: String) {
    #expect(PacketNumbers(text) == nil)
  }
}
