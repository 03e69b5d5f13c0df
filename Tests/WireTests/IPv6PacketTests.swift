// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

/// Packets of IPv6 whose bytes scapy has made.
@Suite("IPv6 packet")
struct IPv6PacketTests {
  private static let ends = "fd000000000000000000000000000100fd000000000000000000000000000001"
  private static let withOptions = KnownBytes.bytes(
    "6b912345001d0003\(ends)3c00050200010100fd0001020000010048656c6c6f20576f726c642021")
  private static let fragment = KnownBytes.bytes("6000000000102c40\(ends)fd0005a9010203046162636465666768")
  private static let udp = KnownBytes.bytes("60000000000d1140\(ends)9c401e61000d065e68656c6c6f")
  private static let routed = KnownBytes.bytes(
    "6000000000252b40\(ends)1102020100000000fd0000000000000000000000000000099c401e61000d065668656c6c6f")
  private static let echo = KnownBytes.bytes("60000000000c3a40\(ends)8000a5df0005000170696e67")

  private func header(nextHeader: UInt8) throws -> IPv6Header {
    IPv6Header(
      source: try #require(IPv6Address("fd00::100")), destination: try #require(IPv6Address("fd00::1")),
      nextHeader: nextHeader)
  }

  @Test("a packet with options for each node and for the destination is built from its fields")
  func extensions() throws {
    var header = try header(nextHeader: 0)
    (header.hopLimit, header.flowLabel, header.dscp, header.ecn) = (3, 0x12345, 0x2E, 1)
    header.extensions = [
      IPv6ExtensionHeader(number: 0, bytes: [60, 0, 5, 2, 0, 1, 1, 0]),
      IPv6ExtensionHeader(number: 60, bytes: [253, 0, 1, 2, 0, 0, 1, 0]),
    ]
    let packet = IPv6Packet.build(header: header, payload: Array("Hello World !".utf8))
    #expect(packet.bytes == Self.withOptions)
    #expect(try IPv6Packet(parsing: Self.withOptions) == packet)
    #expect(packet.header.protocol == 253 && packet.header.byteCount == 56)
  }

  @Test("a fragment says where it belongs, and what it holds is one piece whatever it begins with")
  func piece() throws {
    let packet = try IPv6Packet(parsing: Self.fragment)
    let header = try #require(packet.header.fragment)
    #expect(header.fragmentOffset == 1448 && header.moreFragments && header.identification == 0x0102_0304)
    #expect(packet.payload == Array("abcdefgh".utf8) && packet.header.protocol == 253)
    let made = IPv6ExtensionHeader.fragment(
      nextHeader: 253, offset: 1448, moreFragments: true, identification: 0x0102_0304)
    #expect(made == header)
    // The next header of a piece may be an extension's, which is no header of the piece.
    var bytes = Self.fragment
    bytes[40] = 60
    #expect(try IPv6Packet(parsing: bytes).header.extensions.count == 1)
  }

  @Test("any bytes are written again as they were read")
  func roundTrip() throws {
    var random = SplitMix64(seed: 8200)
    for known in [Self.withOptions, Self.fragment, Self.udp, Self.routed, Self.echo] {
      for _ in 0..<200 {
        var bytes = known + random.bytes(0...8)
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        #expect(try IPv6Packet(parsing: bytes).bytes == bytes)
      }
    }
  }

  @Test("headers of every kind are read as tshark reads them")
  func tshark() throws {
    var random = SplitMix64(seed: 6)
    var writer = PcapngWriter(application: "wire tests")
    writer.addInterface(name: "sender:eth0")
    let ethernet = EthernetHeader(
      destination: MACAddress(2, 0, 0, 0, 0, 1), source: MACAddress(2, 0, 0, 0, 0, 2), etherType: .ipv6)
    let fields = IPField.numeric(of: .v6).filter { $0 != .version }
    var headers: [IPHeader] = []
    for _ in 0..<100 {
      var header = IPHeader(source: .any(.v6), destination: .any(.v6), protocol: 253)
      for field in fields where field != .nextHeader {
        let isAddress = field == .source || field == .destination
        let number = UInt128(random.next()) << 64 | UInt128(random.next())
        field.set(isAddress ? number : number & UInt128(field.range.upperBound), in: &header)
      }
      IPField.payloadLength.set(UInt128.random(in: 0...5, using: &random), in: &header)
      headers.append(header)
      writer.addPacket(ethernet.bytes + header.bytes + [1, 2, 3, 4, 5], interface: 0, timestamp: 0)
    }
    let packets = try Tshark.read(writer.bytes, fields: fields.map { $0.filterName(of: .v6) })
    #expect(packets.count == headers.count)
    for (header, values) in zip(headers, packets) {
      for (field, value) in zip(fields, values) {
        let seen = IPv6Address(value).map { IPAddress.v6($0).number } ?? Self.number(value)
        #expect(seen == field.value(in: header), "\(field): \(value)")
      }
    }
  }

  private static func number(_ text: String) -> UInt128? {
    text.hasPrefix("0x") ? UInt128(text.dropFirst(2), radix: 16) : UInt128(text)
  }

  // MARK: - What it carries

  private func segment(_ bytes: [UInt8], _ number: UInt8) throws -> (Segment, IPHeader) {
    let packet = try IPPacket(parsing: bytes[...], as: .v6)
    let layer = try #require(Protocols.all.transport(number))
    return (try #require(Segment(layer, parsing: packet.payload)), packet.header)
  }

  @Test("the checksum of UDP and ICMPv6 covers the addresses, by a routing header the last (RFC 8200 §8.1)")
  func checksums() throws {
    for (bytes, number) in [(Self.udp, 17), (Self.routed, 17), (Self.echo, 58)] as [([UInt8], UInt8)] {
      let (segment, header) = try segment(bytes, number)
      let field = try #require(segment.checksumField)
      #expect(segment.isRight(field, in: header))
      #expect(segment.rightValue(of: field, in: header) == segment.value(of: field))
      var other = try #require(header.ipv6)
      other.source = .loopback
      #expect(!segment.isRight(field, in: .v6(other)))
    }
    #expect(try segment(Self.routed, 17).1.lastDestination == .v6(try #require(IPv6Address("fd00::9"))))
    // Where no segment is left the destination is the last one.
    var arrived = Self.routed
    arrived[43] = 0
    #expect(try segment(arrived, 17).1.lastDestination == .v6(try #require(IPv6Address("fd00::1"))))
  }

  @Test("over IPv6 a UDP checksum of zero is wrong, over IPv4 it is none (RFC 8200 §8.1)")
  func zeroChecksum() throws {
    var (segment, header) = try segment(Self.udp, 17)
    let field = try #require(segment.checksumField)
    segment.set(field, to: 0)
    #expect(!segment.isRight(field, in: header))
    #expect(segment.isRight(field, in: IPHeader(source: .any(.v4), destination: .any(.v4), protocol: 17)))
  }

  // MARK: - Fragments

  @Test("pieces make the packet, and the headers that stand in what was cut are read then (RFC 8200 §4.5)")
  func reassembly() throws {
    let whole = try IPv6Packet(parsing: Self.withOptions)
    // All that follows the hop-by-hop header may be cut.
    let part = Array(whole.header.extensions[1].bytes + whole.payload)
    let pieces = [(0..<8, true), (8..<16, true), (16..<21, false)].map { range, more -> IPPacket in
      var header = whole.header
      header.extensions = [
        header.extensions[0],
        .fragment(nextHeader: 60, offset: UInt16(range.lowerBound), moreFragments: more, identification: 7),
      ]
      header.extensions[0].nextHeader = 44
      return .v6(IPv6Packet.build(header: header, payload: Array(part[range])))
    }
    let payload = try IPFragments.reassemble(pieces.reversed())
    #expect(payload == part)
    #expect(IPPacket.reassembled(pieces[0].header, payload) == .v6(whole))
  }

  // MARK: - Addresses

  @Test(
    "each form of RFC 4291 §2.2 is read",
    arguments: [
      ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"), ("FF01::101", "ff01::101"),
      ("::1", "::1"),
      ("::", "::"), ("::13.1.68.3", "::d01:4403"), ("::FFFF:129.144.52.38", "::ffff:129.144.52.38"),
      ("1::", "1::"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
  func texts(_ text: String, _ canonical: String) {
    #expect(IPv6Address(text)?.description == canonical)
  }

  @Test(
    "what is no address is none",
    arguments: [
      "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%eth0",
      "::1/64",
      "1.1.1.1", " ::1", "::1 ", "::1.2.3", "::1.2.3.4.5", "::ffff:1.2.3.256",
    ])
  func noAddress(_ text: String) {
    #expect(IPv6Address(text) == nil)
  }

  @Test("an interface is an address and a prefix, and has what lies in its network")
  func interface() throws {
    let interface = try #require(IPv6Interface("fd00::100/64"))
    #expect(interface.network.description == "fd00::")
    #expect(interface.contains(try #require(IPv6Address("fd00::ffff:0:0:1"))))
    #expect(!interface.contains(try #require(IPv6Address("fd00:0:0:1::1"))))
    for text in ["fd00::1", "fd00::1/129", "fd00::1/064", "fd00::1/", "/64", "1.1.1.1/24"] {
      #expect(IPv6Interface(text) == nil)
    }
    #expect(try #require(IPv6Interface("::1/0")).contains(.any))
  }
}
