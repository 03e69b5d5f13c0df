// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

/// Transport headers that are built, read and changed by the tables of their protocols.
@Suite("Transport headers")
struct SegmentTests {
  private static let udp = Protocols.all.transport(17)
  private static let tcp = Protocols.all.transport(6)
  private static let icmp = Protocols.all.transport(1)
  private static let ip = IPHeader.v4(ipv4)
  private static let ipv4 = IPv4Header(
    source: IPv4Address(rawValue: 0x0101_0164), destination: IPv4Address(rawValue: 0x0101_0101), protocol: 17)

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// What scapy 2.5 makes of the same values.
  @Test("what is left out is filled in as another program fills it in")
  func filledIn() throws {
    let udp = Segment(
      try #require(Self.udp), ["destinationPort": 7777], payload: Self.text("hello"), in: Self.ip)
    #expect(udp.bytes == KnownBytes.bytes("9c401e61000dfcf968656c6c6f"))
    let options = TCPOption.paddedBytes(of: [
      .maximumSegmentSize(1460), .sackPermitted, .noOperation, .windowScale(7),
    ])
    let tcp = Segment(
      try #require(Self.tcp),
      ["destinationPort": 80, "sequenceNumber": 1, "acknowledgmentNumber": 2, "flags": 0x12],
      options: options, payload: Self.text("x"), in: Self.ip)
    #expect(
      tcp.bytes == KnownBytes.bytes("9c40005000000001000000028012ffff57070000020405b4040201030307000078"))
    let echo = Segment(
      try #require(Self.icmp), ["identifier": 7, "sequenceNumber": 1], payload: Self.text("ping"), in: Self.ip
    )
    #expect(echo.bytes == KnownBytes.bytes("080019270007000170696e67"))
    let needed = Segment(
      try #require(Self.icmp), ["type": 3, "code": 4, "mtu": 1280], payload: Self.text("ping"), in: Self.ip)
    #expect(needed.bytes == KnownBytes.bytes("0304192b0000050070696e67"))
  }

  @Test("options of TCP are on the wire as RFC 9293, 7323 and 2018 draw them")
  func options() {
    let rows: [(TCPOption, String)] = [
      (.end, "00"), (.noOperation, "01"), (.maximumSegmentSize(0x1234), "02041234"),
      (.windowScale(14), "03030e"), (.sackPermitted, "0402"),
      (.sack([TCPOption.Block(left: 1, right: 0xFFFF_FFFF)]), "050a00000001ffffffff"),
      (.timestamps(value: 0x0102_0304, echo: 5), "080a0102030400000005"), (.raw([0xFE, 2]), "fe02"),
    ]
    for (option, hex) in rows { #expect(option.bytes == KnownBytes.bytes(hex), "\(option)") }
    #expect(TCPOption.paddedBytes(of: [.windowScale(1)]) == [3, 3, 1, 0])
    #expect(TCPOption.paddedBytes(of: [.sackPermitted, .sackPermitted]) == [4, 2, 4, 2])
  }

  @Test("a UDP checksum of zero goes out as 0xffff, and zero is none (RFC 768)")
  func zero() throws {
    let udp = try #require(Self.udp)
    let checksum = try #require(udp.messageFields.first { $0.key == "checksum" })
    // What scapy has for these payloads.
    for (payload, known) in [("40d2", 0xFFFF), ("40d1", 1), ("40d3", 0xFFFE)] as [(String, UInt64)] {
      let segment = Segment(udp, ["destinationPort": 7777], payload: KnownBytes.bytes(payload), in: Self.ip)
      #expect(segment.value(of: checksum) == known && segment.isRight(checksum, in: Self.ip))
    }
    var sums: Set<UInt64> = []
    for word in 0...0xFFFF {
      let payload = [UInt8(word >> 8), UInt8(word & 0xFF)]
      sums.insert(Segment(udp, ["destinationPort": 7777], payload: payload, in: Self.ip).value(of: checksum))
    }
    #expect(sums.count == 0xFFFF && !sums.contains(0) && sums.contains(0xFFFF))
    var none = Segment(udp, ["destinationPort": 7777], payload: [1], in: Self.ip)
    none.set(checksum, to: 0)
    #expect(none.isRight(checksum, in: Self.ip))
    let tcp = try #require(Self.tcp)
    var wrong = Segment(tcp, ["destinationPort": 7777], payload: [1], in: Self.ip)
    wrong.set(try #require(wrong.checksumField), to: 0)
    #expect(!wrong.isRight(try #require(wrong.checksumField), in: Self.ip))
  }

  @Test(
    "a checksum covers the addresses, the last of a source route that is not over, and none where ICMP has it"
  )
  func coverage() throws {
    for layer in Protocols.all.transports {
      let segment = Segment(layer, ["destinationPort": 7], payload: [1, 2, 3], in: Self.ip)
      let field = try #require(segment.checksumField)
      var other = Self.ipv4
      other.destination = IPv4Address(rawValue: 0x0909_0909)
      #expect(segment.isRight(field, in: .v4(other)) == (layer.title == "ICMP"))
      other.options = IPv4Option.paddedBytes(of: [.looseSourceRoute([Self.ipv4.destination])])
      #expect(segment.isRight(field, in: .v4(other)))
    }
  }

  @Test("a length that says less is what the checksum covers, and one that says too much is not")
  func statedLength() throws {
    let udp = try #require(Self.udp)
    let payload: [UInt8] = [1, 2, 3, 4, 5, 6]
    for length in [0, 7, 8, 9, 13, 14, 15, 65_535] {
      let segment = Segment(
        udp, ["destinationPort": 7777, "length": UInt64(length)], payload: payload, in: Self.ip)
      let covered = (8...14).contains(length) ? length : 14
      var sum = KnownBytes.bytes("01010164 01010101 0011")
      sum += [0, UInt8(covered)] + segment.bytes.prefix(covered)
      #expect(InternetChecksum.checksum(of: sum) == 0, "\(length)")
      #expect(segment.isRight(udp.messageFields[2], in: Self.ip) == (length == 14))
    }
  }

  @Test("each field is stored and read where it stands, and reaches no neighbour")
  func fields() throws {
    var random = SplitMix64(seed: 20_261_128)
    for layer in Protocols.all.transports {
      for field in layer.messageFields {
        for _ in 0..<50 {
          let bytes = random.bytes(layer.minimumLength...layer.minimumLength)
          var segment = try #require(Segment(layer, parsing: bytes))
          let value = UInt64.random(in: field.range, using: &random) / field.multiple * field.multiple
          segment.set(field, to: value)
          #expect(segment.value(of: field) == value, "\(field.key)")
          for (index, (old, new)) in zip(bytes, segment.bytes).enumerated() {
            let mask = (0..<8).reduce(UInt8(0)) {
              field.bits.contains(index * 8 + $1) ? $0 | 0x80 >> UInt8($1) : $0
            }
            #expect(old & ~mask == new & ~mask, "\(field.key)")
          }
        }
      }
    }
  }

  @Test("built, read and built again, a segment is the same, whatever is said of it")
  func identity() throws {
    var random = SplitMix64(seed: 14)
    for _ in 0..<500 {
      let layer = try #require(Protocols.all.transports.randomElement(using: &random))
      var values: [String: UInt64] = [:]
      for field in layer.messageFields where Bool.random(using: &random) {
        values[field.key] = UInt64.random(in: field.range, using: &random) / field.multiple * field.multiple
      }
      let options: [UInt8] = layer.hasOptions ? random.bytes(0...9).flatMap { [1, 1, 3, $0] as [UInt8] } : []
      let segment = Segment(layer, values, options: options, payload: random.bytes(0...40), in: Self.ip)
      let header = segment.header.count
      let read = try #require(Segment(layer, parsing: segment.bytes, headerLength: header))
      #expect(read.bytes == segment.bytes && read.header == segment.header && read.options == options)
      for field in layer.messageFields { #expect(read.value(of: field) == segment.value(of: field)) }
    }
  }

  @Test("less than a header is none, and a header is as long as it says, where so much is there")
  func parsing() throws {
    for layer in Protocols.all.transports {
      let zeros = [UInt8](repeating: 0, count: layer.minimumLength)
      #expect(Segment(layer, parsing: Array(zeros.dropLast())) == nil)
      #expect(Segment(layer, parsing: zeros)?.payload == [])
    }
    let tcp = try #require(Self.tcp)
    var bytes = [UInt8](repeating: 0, count: 30)
    for (nibble, header) in [(0, 20), (5, 20), (6, 24), (7, 28), (15, 30)] {
      bytes[12] = UInt8(nibble) << 4
      #expect(Segment(tcp, parsing: bytes)?.header.count == header)
    }
  }

  @Test("ICMP has what its type has, and no more (RFC 792, RFC 1191)")
  func fieldsOfTypes() throws {
    let icmp = try #require(Self.icmp)
    let rows: [(UInt8, UInt8, Set<String>)] = [
      (8, 0, ["identifier", "sequenceNumber"]), (0, 0, ["identifier", "sequenceNumber"]),
      (3, 1, ["quotedLength"]), (3, 4, ["quotedLength", "mtu"]), (5, 0, ["gateway"]),
      (12, 0, ["pointer", "quotedLength"]), (99, 0, []),
    ]
    for (type, code, keys) in rows {
      let there = icmp.messageFields.filter { icmp.has($0, in: [type, code, 0, 0, 0, 0, 0, 0]) }
      #expect(Set(there.map(\.key)) == keys.union(["type", "code", "checksum"]), "\(type)")
    }
  }

  @Test("tshark takes every checksum that is filled in for right, and reads every field as it was set")
  func tshark() throws {
    var random = SplitMix64(seed: 2026)
    var writer = PcapngWriter(application: "wire tests")
    writer.addInterface(name: "eth0")
    let ethernet = EthernetHeader(
      destination: MACAddress(2, 0, 0, 0, 0, 1), source: MACAddress(2, 0, 0, 0, 0, 2))
    var expected: [[String]] = []
    for _ in 0..<300 {
      let layer = try #require([Self.udp, Self.tcp].compactMap { $0 }.randomElement(using: &random))
      let ports = (
        UInt64.random(in: 61_000...61_900, using: &random), UInt64.random(in: 61_000...61_900, using: &random)
      )
      var ip = Self.ipv4
      ip.protocol = layer.number
      ip.source = IPv4Address(rawValue: UInt32.random(in: 0x0A00_0000...0x0AFF_FFFF, using: &random))
      let payload = [UInt8](repeating: 0, count: Int.random(in: 0...9, using: &random))
      let segment = Segment(
        layer, ["sourcePort": ports.0, "destinationPort": ports.1], payload: payload, in: .v4(ip))
      let packet = IPv4Packet.build(header: ip, payload: segment.bytes)
      writer.addPacket(ethernet.bytes + packet.bytes, interface: 0, timestamp: 0)
      let isUDP = layer.number == 17
      expected.append(
        isUDP
          ? ["\(ports.0)", "\(ports.1)", "\(8 + payload.count)", "1", "", "", "", ""]
          : ["", "", "", "", "\(ports.0)", "\(ports.1)", "20", "1"])
    }
    let seen = try Tshark.read(
      writer.bytes,
      fields: [
        "udp.srcport", "udp.dstport", "udp.length", "udp.checksum.status", "tcp.srcport", "tcp.dstport",
        "tcp.hdr_len", "tcp.checksum.status",
      ], checking: ["udp", "tcp"])
    #expect(seen == expected)
  }
}
