// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

/// Layers by bytes that the standards have, and at their edges.
@Suite("Layers")
struct LayerTests {
  private func dissect(_ hex: String, linkType: UInt16, lost: Int = 0) throws -> Dissection {
    let bytes = KnownBytes.bytes(hex)
    #expect(!bytes.isEmpty)
    var header = KnownBytes.bytes("d4c3b2a10200040000000000000000000000040000000000 0100000000000000")
    header[20] = UInt8(linkType & 0xFF)
    header[21] = UInt8(linkType >> 8)
    let lengths = [UInt8(bytes.count), 0, 0, 0, UInt8(bytes.count + lost), 0, 0, 0]
    return Dissection(try #require(try CaptureFile.parse(header + lengths + bytes).packets.first))
  }

  private let hi = "4500001636dd000080fdfea701010164010101014869"

  // MARK: - Links

  @Test(
    "the packet is found behind each link header",
    arguments: [
      (1, "000000000001 000000000002 0800"), (12, ""), (14, ""), (101, ""), (228, ""), (0, "02000000"),
      (0, "00000002"), (108, "00000002"), (113, "0000 0001 0006 0a00000000020000 0800"),
      (276, "0800 0000 00000003 0001 04 06 0a00000000020000"), (9, "0021"), (9, "ff030021"), (9, "21"),
      (50, "ff030021"), (1, "000000000001 000000000002 8100 0064 0800"),
      (1, "000000000001 000000000002 88a8 2001 8100 0064 0800"),
      (1, "000000000001 000000000002 001e aaaa03 000000 0800"),
    ])
  func links(_ linkType: UInt16, _ header: String) throws {
    let dissection = try dissect(header + hi, linkType: linkType)
    #expect(dissection.field("ip.src")?.value == "1.1.1.100")
    #expect(dissection.field("ip.checksum")?.remark == .right)
    #expect(dissection.field("data.data")?.value == "4869")
    #expect(!dissection.layers.contains { $0.filterName == "eth.padding" })
  }

  @Test("an IPv6 packet is told from an IPv4 one by its version", arguments: [12, 14, 101, 229])
  func rawIPv6(_ linkType: UInt16) throws {
    let packet = "6000000000003b40 fe800000000000000000000000000001 fe800000000000000000000000000002"
    let dissection = try dissect(packet, linkType: linkType)
    #expect(dissection.field("ipv6.src")?.value == "fe80::1")
    #expect(dissection.field("ipv6.nxt")?.value == "59 (no next header)")
    #expect(dissection.field("ipv6.plen")?.remark == .right)
  }

  @Test("a link type that is not read is named, and no protocol is made up")
  func unknownLink() throws {
    let dissection = try dissect("45000014", linkType: 127)
    #expect(dissection.layers.map(\.name) == ["Link type 127 (IEEE802_11_RADIOTAP)"])
    #expect(dissection.layers[0].fields.map(\.remark) == [.unjudged("this is not read")])
    let neither = try dissect("75000014", linkType: 101)
    #expect(neither.layers.map(\.name) == ["Raw IP"])
    #expect(LinkType.readable().hasPrefix("0 (NULL), 1 (ETHERNET), 9 (PPP), "))
  }

  @Test("an 802.3 frame has a length and LLC; up to 1500 is a length, and from 0x0600 on an EtherType")
  func length() throws {
    let frame = try dissect("0180c2000000 0a0000000002 0003 424203 000000", linkType: 1)
    #expect(frame.layers.map(\.name) == ["IEEE 802.3 Ethernet", "Logical-Link Control", "Padding"])
    #expect(frame.field("eth.len")?.value == "3 bytes")
    #expect(frame.field("eth.len")?.remark == .right)
    #expect(frame.field("llc.dsap")?.value == "0x42 (spanning tree)")
    #expect(frame.field("llc.control")?.value == "0x03")
    let long = try dissect("0180c2000000 0a0000000002 05dc 424203", linkType: 1)
    #expect(long.field("eth.len")?.remark == .wrong("reaches beyond the frame: 3 bytes are there"))
    let neither = try dissect("0180c2000000 0a0000000002 05dd 424203", linkType: 1)
    #expect(neither.field("eth.type")?.remark == .wrong("is neither a length nor an EtherType"))
    #expect(
      try dissect("0180c2000000 0a0000000002 0600 00", linkType: 1).field("eth.type")?.remark
        == Dissection.Remark.none)
    let information = try dissect("0180c2000000 0a0000000002 0005 0404 0200 ff", linkType: 1)
    #expect(information.field("llc.control")?.value == "0x0002")
    #expect(information.field("data.data")?.value == "ff")
  }

  @Test("SNAP of an organization has its own numbers")
  func organization() throws {
    let cisco = try dissect("0180c2000000 0a0000000002 000a aaaa03 00000c 2000 0102", linkType: 1)
    #expect(cisco.field("llc.pid")?.value == "0x2000")
    #expect(cisco.field("llc.oui")?.value == "0x00000c")
    #expect(cisco.field("data.data")?.value == "0102")
  }

  @Test("tags stand in each other, and tell VLAN, priority and drop eligibility")
  func tags() throws {
    let dissection = try dissect("000000000001 000000000002 88a8 7001 8100 e064 0800" + hi, linkType: 1)
    #expect(dissection.layers.map(\.name).prefix(3) == ["Ethernet II", "IEEE 802.1ad", "802.1Q Virtual LAN"])
    #expect(dissection.field("ieee8021ad.id")?.number == 1)
    #expect(dissection.field("ieee8021ad.priority")?.number == 3)
    #expect(dissection.field("ieee8021ad.dei")?.value == "set")
    #expect(dissection.field("vlan.id")?.number == 100)
    #expect(dissection.field("vlan.priority")?.number == 7)
    #expect(dissection.field("vlan.dei")?.value == "not set")
    #expect(dissection.field("vlan.id")?.bits == 148..<160)
  }

  @Test("ARP has addresses of the lengths that it tells")
  func arp() throws {
    let hardware8 = "0018 0800 08 04 0001 0102030405060708 0a000001 0000000000000000 0a000002"
    let dissection = try dissect("000000000001 000000000002 0806" + hardware8, linkType: 1)
    #expect(dissection.field("arp.src.hw")?.value == "0102030405060708")
    #expect(dissection.field("arp.src.proto_ipv4")?.value == "10.0.0.1")
    #expect(dissection.field("arp.dst.proto_ipv4")?.value == "10.0.0.2")
    #expect(dissection.field("arp.dst.proto_ipv4")?.range == 42..<46)
    let none = try dissect("000000000001 000000000002 0806 0001 0800 00 00 0001 00", linkType: 1)
    #expect(none.layers.map(\.name).last == "Padding")
    let cut = try dissect("000000000001 000000000002 0806 0001 0800 06 04 0001 0102030405", linkType: 1)
    #expect(
      cut.field("_ws.malformed")?.remark
        == .wrong("the ARP packet at byte 14 needs 28 bytes, but has only 13"))
  }

  // MARK: - What was not captured

  @Test("what was not captured is said, and nothing is judged by it")
  func snapped() throws {
    let echo = try dissect(
      "4500002c000100004001766a0101016401010101 0800d4d20001000161626364", linkType: 101, lost: 12)
    #expect(echo.field("ip.len")?.remark == .right)
    #expect(echo.field("ip.checksum")?.remark == .right)
    #expect(echo.field("icmp.checksum")?.remark == .unjudged("not all of it was captured"))
    let options = try dissect("4700001e0001000040fddd7601010164010101019404", linkType: 101, lost: 8)
    #expect(options.field("ip.hdr_len")?.remark == .right)
    #expect(options.field("ip.checksum")?.remark == .unjudged("not all of it was captured"))
    #expect(options.field("ip.opt.type")?.remark == .unjudged("not all of it was captured"))
    #expect(options.field("_ws.short")?.value == "22 of 28 bytes")
    #expect(options.field("_ws.malformed") == nil)
    let half = try dissect("4500", linkType: 101, lost: 20)
    #expect(half.field("ip.hdr_len")?.value == "20 bytes")
    #expect(half.field("_ws.short")?.value == "2 of 20 bytes")
  }

  @Test("a header that ends too soon shows what is there, and no checksum of it is judged")
  func short() throws {
    let dissection = try dissect("4500001a000100004001767c0101016401010101 0800d9db69df", linkType: 101)
    #expect(dissection.field("icmp.type")?.value == "8 (Echo request)")
    #expect(dissection.field("icmp.code")?.value == "0")
    #expect(dissection.field("icmp.checksum")?.remark == .unjudged("the ICMP header is incomplete"))
    #expect(
      dissection.field("_ws.malformed")?.remark
        == .wrong("the ICMP header at byte 20 needs 8 bytes, but has only 6"))
  }

  // MARK: - UDP and TCP

  /// A datagram from 127.0.0.1 port 35726 to port 9, as Linux quoted it, with a good checksum or another.
  private func udp(length: String = "000a", checksum: String = "0dd7") -> String {
    "4500001e591b40004011e3b17f0000017f000001 8b8e0009 \(length) \(checksum) 6869"
  }

  @Test("a UDP checksum covers the pseudo-header; zero is none in IPv4 (RFC 768)")
  func udpChecksum() throws {
    #expect(try dissect(udp(), linkType: 101).field("udp.checksum")?.remark == .right)
    #expect(
      try dissect(udp(checksum: "0dd8"), linkType: 101).field("udp.checksum")?.remark
        == .wrong("should be 0x0dd7"))
    let none = try dissect(udp(checksum: "0000"), linkType: 101).field("udp.checksum")
    #expect(none?.value == "0x0000 (none)")
    #expect(none?.remark == Dissection.Remark.none)
    #expect(try dissect(udp(), linkType: 101).field("udp.dstport")?.value == "9 (discard)")
  }

  @Test(
    "each length of UDP that cannot be is told",
    arguments: [
      ("0007", "is below 8 bytes, the length of the header"),
      ("000b", "reaches beyond the packet: 10 bytes are there"),
    ])
  func udpLength(_ length: String, _ sentence: String) throws {
    let dissection = try dissect(udp(length: length), linkType: 101)
    #expect(dissection.field("udp.length")?.remark == .wrong(sentence))
    #expect(dissection.field("udp.checksum")?.remark == .unjudged("the length is wrong"))
    #expect(try dissect(udp(length: "0008"), linkType: 101).field("udp.length")?.remark == .right)
  }

  @Test("a UDP checksum whose sum is zero goes out as 0xffff, and 0 is wrong in IPv6 (RFC 8200 §8.1)")
  func udpOverIPv6() throws {
    let header = "60000000 000a 11 40 00000000000000000000000000000001 00000000000000000000000000000001"
    // 1 + 1 + 10 + 17 + ports + 10 + payload = 0xffff
    let zero = header + "ffd8 0000 000a ffff 0000"
    #expect(try dissect(zero, linkType: 101).field("udp.checksum")?.remark == .right)
    let none = header + "ffd8 0000 000a 0000 0000"
    #expect(
      try dissect(none, linkType: 101).field("udp.checksum")?.remark == .wrong("must not be zero in IPv6"))
    let wrong = header + "ffd8 0000 000a 1234 0000"
    #expect(try dissect(wrong, linkType: 101).field("udp.checksum")?.remark == .wrong("should be 0xffff"))
  }

  @Test("a datagram in an IPv4 source route has its last hop in its checksum (RFC 1122 §4.1.3.4)")
  func sourceRoute() throws {
    // The same addresses as `udp()`, with the destination in the option and a gateway in its place.
    let header = "47000026591b40004011 0000 7f000001 0a000001 83 07 04 7f000001 00"
    let datagram = "8b8e0009 000a 0dd7 6869"
    #expect(try dissect(header + datagram, linkType: 101).field("udp.checksum")?.remark == .right)
    let arrived = header.replacing("83 07 04", with: "83 07 08")
    let remark = try dissect(arrived + datagram, linkType: 101).field("udp.checksum")?.remark
    #expect(remark != .right)
  }

  /// A SYN of Linux from 10.0.0.1 to 10.0.0.2, with the options that it has, and others in their place.
  private func tcp(_ options: String = "020405b4 0402 080a 00000001 00000000 01 030307", offset: String = "a")
    -> String
  {
    let length = 20 + KnownBytes.bytes(options).count
    return "4500 \(hex(20 + length)) 0000 4000 4006 0000 0a000001 0a000002"
      + "9c40 0016 00000001 00000000 \(offset)0c2 faf0 0000 0000 \(options)"
  }

  private func hex(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  @Test("a SYN has its flags and its options, each with its values and its place")
  func syn() throws {
    let dissection = try dissect(tcp(), linkType: 101)
    #expect(dissection.field("tcp.dstport")?.value == "22 (ssh)")
    #expect(dissection.field("tcp.hdr_len")?.value == "40 bytes")
    let flags = ["syn", "ece", "cwr", "ack", "fin", "ae", "urg", "push", "reset"].map {
      dissection.field("tcp.flags.\($0)")?.number
    }
    #expect(flags == [1, 1, 1, 0, 0, 0, 0, 0, 0])
    let options = dissection.layers[1].fields.filter { $0.filterName == "tcp.option_kind" }
    #expect(
      options.map(\.value) == [
        "maximum segment size", "SACK permitted", "timestamps", "no operation", "window scale",
      ])
    #expect(options.map(\.range) == [40..<44, 44..<46, 46..<56, 56..<57, 57..<60])
    #expect(dissection.field("tcp.options.mss_val")?.value == "1460 bytes")
    #expect(dissection.field("tcp.options.mss_val")?.range == 42..<44)
    #expect(dissection.field("tcp.options.timestamp.tsval")?.number == 1)
    #expect(dissection.field("tcp.options.wscale.shift")?.number == 7)
  }

  @Test("selective acknowledgments have both edges of each block")
  func sack() throws {
    let dissection = try dissect(
      tcp("0101 0512 00000001 00000002 00000003 00000004", offset: "a"), linkType: 101)
    let left = dissection.layers[1].fields.filter { $0.filterName == "tcp.options.sack_le" }
    let right = dissection.layers[1].fields.filter { $0.filterName == "tcp.options.sack_re" }
    #expect(left.map(\.number) == [1, 3])
    #expect(right.map(\.number) == [2, 4])
    #expect(left.map(\.range) == [44..<48, 52..<56])
  }

  @Test(
    "each option that cannot be is told, and what is behind the end",
    arguments: [
      ("02 03 05 00", "has a length of 3, which its kind cannot have"),
      ("fd 01 0000", "has a length of 1, which is below 2"),
      ("fd 05 0000", "reaches beyond the header"), ("010101 fd", "has no length"),
      ("00 00 01 00", "should be zero"),
      ("05 04 0000", "has a length of 4, which its kind cannot have"),
    ])
  func malformedOption(_ options: String, _ sentence: String) throws {
    let fields = try dissect(tcp(options, offset: "6"), linkType: 101).layers[1].fields
    #expect(
      fields.compactMap { if case .wrong(let reason) = $0.remark { reason } else { nil } }.contains(sentence))
  }

  @Test("an unknown option, and zeros behind the end, are shown and not wrong")
  func otherOption() throws {
    let fields = try dissect(tcp("fd 04 beef 00 000000", offset: "7"), linkType: 101).layers[1].fields
    let options = fields.suffix(3)
    #expect(options.map(\.value) == ["experiment 1: beef", "end of options", "000000"])
    #expect(options.allSatisfy { $0.remark == .none })
  }

  @Test(
    "a TCP header that says that it is too short or too long is told",
    arguments: [
      ("4", "is below 20 bytes, the shortest header possible"),
      ("6", "reaches beyond the packet: 20 bytes are there"),
    ])
  func tcpLength(_ offset: String, _ sentence: String) throws {
    let dissection = try dissect(tcp("", offset: offset), linkType: 101)
    #expect(dissection.field("tcp.hdr_len")?.remark == .wrong(sentence))
  }

  // MARK: - IPv6 and ICMP

  @Test(
    "the last destination of a routing header is in a checksum (RFC 8200 §8.1), and unknown where it is not told"
  )
  func routing() throws {
    // The datagram of the test above, of which the header's destination is another.
    func packet(_ type: String, _ left: String) -> String {
      "60000000 0022 2b 40 00000000000000000000000000000001 000000000000000000000000000000ff"
        + "11 02 \(type) \(left) 00000000 00000000000000000000000000000001 ffd8 0000 000a ffff 0000"
    }
    func remark(_ type: String, _ left: String) throws -> Dissection.Remark? {
      try dissect(packet(type, left), linkType: 101).field("udp.checksum")?.remark
    }
    #expect(try remark("00", "01") == .right)
    #expect(try remark("02", "01") == .right)
    #expect(try remark("04", "01") == .right)
    #expect(try remark("03", "01") == .unjudged("its last destination is not known"))
    #expect(try remark("00", "00") == .wrong("should be 0xff01"))
  }

  @Test("a home address stands in for the source in a checksum (RFC 6275 §11.3.1)")
  func homeAddress() throws {
    let packet =
      "60000000 0022 3c 40 000000000000000000000000000000ff 00000000000000000000000000000001"
      + "11 02 01 02 0000 c9 10 00000000000000000000000000000001 ffd8 0000 000a ffff 0000"
    #expect(try dissect(packet, linkType: 101).field("udp.checksum")?.remark == .right)
    let other = packet.replacing("c9 10", with: "c8 10")
    #expect(try dissect(other, linkType: 101).field("udp.checksum")?.remark == .wrong("should be 0xff01"))
  }

  @Test("behind a total length of 0, which a card was to fill in, the payload is shown")
  func leftOutLength() throws {
    let dissection = try dissect(udp().replacing("4500001e", with: "45000000"), linkType: 101)
    #expect(dissection.field("udp.checksum")?.remark == .right)
    #expect(dissection.layers.map(\.filterName) == ["ip", "udp", "data"])
  }

  @Test("what follows an authentication header is found by its length, even where that is too short")
  func authentication() throws {
    func packet(_ length: String, _ rest: String) throws -> Dissection {
      try dissect(
        "45000028000100004033 0000 0a0000010a000002 11 \(length) 0000 00000001 \(rest)", linkType: 101)
    }
    let right = try packet("01", "00000002 8b8e0009 0008 0000")
    #expect(right.field("ah.sequence")?.number == 2)
    #expect(right.field("udp.dstport")?.number == 9)
    let short = try packet("00", "8b8e0009 0008 0000 00000000")
    #expect(short.field("ah.length")?.remark == .wrong("is too short for the header"))
    #expect(short.field("udp.dstport")?.number == 9)
  }

  @Test("the payload of a later fragment is data, and of the first its header is shown")
  func ipv6Fragments() throws {
    func layers(_ offset: String) throws -> [String] {
      let header = "60000000 0012 2c 40 00000000000000000000000000000001 00000000000000000000000000000001"
      return try dissect(header + "11 00 \(offset) 00000001 ffd8 0000 000a ffff 0000", linkType: 101)
        .layers.map(\.filterName)
    }
    #expect(try layers("0001") == ["ipv6", "ipv6.fraghdr", "udp", "data"])
    #expect(try layers("0008") == ["ipv6", "ipv6.fraghdr", "data"])
  }

  @Test(
    "an ICMP message has what its type has",
    arguments: [
      ("03 04 0000 0000 05dc", "icmp.mtu", "1500 bytes"), ("05 01 0000 01020304", "icmp.redir_gw", "1.2.3.4"),
      ("0c 00 0000 14 000000", "icmp.pointer", "20"),
      ("0b 00 0000 00 11 0000", "icmp.length", "17 words of 4 bytes"),
      ("2a 00 0000 0102 03 01", "icmp.ext.echo.seq", "3"),
      ("2a 00 0000 0102 03 01", "icmp.ext.echo.req.local", "set"),
      ("2b 00 0000 0102 03 47", "icmp.ext.echo.rsp.state", "2"),
      ("2b 00 0000 0102 03 46", "icmp.ext.echo.rsp.ipv4", "set"),
      ("09 00 0000 01 02 0708", "icmp.lifetime", "1800 s"),
      ("11 00 0000 0001 0002 ffffff00", "icmp.address_mask", "255.255.255.0"),
      ("0d 00 0000 0001 0002 00000001 00000002 00000003", "icmp.transmit_timestamp", "3 ms"),
    ])
  func icmp(_ message: String, _ field: String, _ value: String) throws {
    let length = hex(20 + KnownBytes.bytes(message).count)
    let packet = "4500\(length)0000000040010000 0a0000010a000002" + message
    #expect(try dissect(packet, linkType: 101).field(field)?.value == value)
  }

  @Test("behind a quoted packet whose length is told stand extensions (RFC 4884 §7)")
  func extensions() throws {
    let quoted = "4500002000010000011100000a0000010a000002 8b8e0009000c0000 00000000"
    let objects = "20009ef70008 01 01 00001101"
    let error = "0b 00 0000 00 08 0000" + quoted + objects
    let length = hex(20 + KnownBytes.bytes(error).count)
    let dissection = try dissect("4500\(length)0000000040010000 0a0000010a000002" + error, linkType: 101)
    #expect(dissection.layers.map(\.filterName) == ["ip", "icmp", "ip", "udp", "data", "icmp.ext"])
    #expect(dissection.field("icmp.ext.version")?.remark == .right)
    #expect(dissection.field("icmp.ext.class")?.value == "1 (MPLS label stack)")
    #expect(dissection.field("icmp.ext.data")?.value == "00001101")
  }

  @Test("what an error does not quote is not judged")
  func quotedShort() throws {
    let error = "03 03 0000 00000000 4500003c000100004011000001010101 02020202 8b8e0009 0028 1234"
    let dissection = try dissect("45000038000000004001 0000 0a0000010a000002" + error, linkType: 101)
    #expect(dissection.field("udp.checksum")?.remark == .unjudged("not all of it is quoted"))
    #expect(dissection.field("udp.length")?.remark == .right)
  }

  // MARK: - A new protocol

  /// UDP-Lite (RFC 3828), which decode does not know.
  private struct UDPLite: LayerProtocol {
    let name = "Lightweight User Datagram Protocol"
    let filterName = "udplite"
    let headerName = "UDP-Lite header"
    let carriers = [Carrier.ipProtocol(136)]
    let fields = [
      LayerField("sourcePort", "Source Port", "udplite.srcport", 0..<16),
      LayerField("destinationPort", "Destination Port", "udplite.dstport", 16..<32),
      LayerField("coverage", "Checksum coverage", "udplite.checksum_coverage", 32..<48, unit: "bytes"),
      LayerField("checksum", "Checksum", "udplite.checksum", 48..<64, form: .hexadecimal),
    ]
  }

  @Test("a new protocol is a room and a line in the registry: its table alone takes it apart")
  func newProtocol() throws {
    let packet = KnownBytes.bytes("4500001e00000000408800000a0000010a000002 1388 0035 0008 abcd 6869")
    #expect(Dissection(packet: packet, as: .v4).layers.map(\.filterName) == ["ip", "data"])
    let protocols = Protocols(Protocols.all.list + [UDPLite()])
    let dissection = Dissection(packet: packet, as: .v4, protocols: protocols)
    #expect(dissection.layers.map(\.filterName) == ["ip", "udplite", "data"])
    #expect(
      dissection.layers[1].fields.map { "\($0.title): \($0.value)" } == [
        "Source Port: 5000", "Destination Port: 53", "Checksum coverage: 8 bytes", "Checksum: 0xabcd",
      ])
    #expect(dissection.layers[1].fields[3].range == 26..<28)
    let cut = Dissection(packet: Array(packet.prefix(25)), as: .v4, protocols: protocols)
    #expect(
      cut.field("_ws.malformed")?.remark
        == .wrong("the UDP-Lite header at byte 20 needs 8 bytes, but has only 5"))
    let filter = try PacketFilter("udplite.dstport == 53", protocols: protocols)
    #expect(filter.matches(dissection, of: CaptureFile.Packet(packet, linkType: 228), number: 1))
  }
}

extension Dissection {
  /// The first field of that name.
  fileprivate func field(_ filterName: String) -> Field? {
    layers.flatMap { $0.fields }.first { $0.filterName == filterName }
  }
}
