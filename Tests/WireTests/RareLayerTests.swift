// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Wire

/// What public captures have that few packets have; bytes by hand, values as tshark 4.0 tells them.
@Suite("Rare layers")
struct RareLayerTests {
  private func dissect(_ hex: String, linkType: UInt16 = 101) throws -> Dissection {
    let bytes = KnownBytes.bytes(hex)
    #expect(!bytes.isEmpty)
    var header = KnownBytes.bytes("d4c3b2a10200040000000000000000000000040000000000 0100000000000000")
    header[20] = UInt8(linkType)
    let lengths = [UInt8(bytes.count), 0, 0, 0, UInt8(bytes.count), 0, 0, 0]
    return Dissection(try #require(try CaptureFile.parse(header + lengths + bytes).packets.first))
  }

  private func layers(_ dissection: Dissection) -> [String] { dissection.layers.map(\.filterName) }

  private func ipv4(_ number: String, length: String) -> String {
    "45 00 \(length) 0000 0000 40 \(number) 0000 0a000001 0a000002"
  }

  // MARK: - Extensions of ICMP

  /// An extension header and an MPLS label; 2000 + 0008 + 0101 + 0000 + 0101 are 220a.
  private static let label = "2000 ddf5 0008 01 01 0000 0101"

  @Test("valid extensions stand behind 128 bytes of a quotation without a length (RFC 4884 §5.5)")
  func oldExtensions() throws {
    func message(_ extensions: String, type: String = "0b", length: String = "00") -> String {
      let quoted = "45 00 0028 0000 0000 01 11 0000 0a000002 0a000001" + String(repeating: "00", count: 108)
      return ipv4("01", length: "00a8") + "\(type) 00 0000 00 \(length) 0000" + quoted + extensions
    }
    let dissection = try dissect(message(Self.label))
    #expect(layers(dissection).contains("icmp.ext"))
    #expect(dissection.field("icmp.ext.checksum")?.remark == .right)
    #expect(dissection.field("icmp.ext.data")?.value == "00000101")
    // Another checksum, another version, and a type of which no extensions are known.
    for other in [message("2000 ddf6 0008 01 01 0000 0101"), message("1000 edf5 0008 01 01 0000 0101")] {
      #expect(!layers(try dissect(other)).contains("icmp.ext"))
    }
    #expect(!layers(try dissect(message(Self.label, type: "05"))).contains("icmp.ext"))
  }

  @Test("a request for an extended echo says in an extension what it asks about (RFC 8335 §2)")
  func extendedEcho() throws {
    // Interface identification by index: 2000 + 0008 + 0302 + 0000 + 0002 are 230c.
    let object = "2000 dcf3 0008 03 02 00000002"
    let request = try dissect(ipv4("01", length: "0028") + "2a 00 0000 0001 01 01" + object)
    #expect(request.field("icmp.ext.checksum")?.remark == .right)
    #expect(request.field("icmp.ext.class")?.number == 3 && request.field("icmp.ext.ctype")?.number == 2)
    #expect(request.field("icmp.ext.data")?.value == "00000002")
    let ofIPv6 = try dissect(
      "60000000 0014 3a 40 00000000000000000000000000000001 000000000000000000000000000000ff"
        + "a0 00 0000 0001 01 01" + object)
    #expect(ofIPv6.field("icmp.ext.class")?.number == 3)
    let other = try dissect(ipv4("01", length: "0020") + "2a 00 0000 0001 01 01 01020304")
    #expect(layers(other) == ["ip", "icmp", "data"])
  }

  // MARK: - Serial lines

  @Test("0xff is the address of PPP whatever follows it, since no protocol begins so (RFC 1661 §6.6)")
  func addressOfPPP() throws {
    let dissection = try dissect("ff 60 0021" + ipv4("fd", length: "0014"), linkType: 50)
    #expect(
      dissection.field("ppp.address")?.number == 0xFF && dissection.field("ppp.control")?.number == 0x60)
    #expect(dissection.field("ppp.protocol")?.number == 0x21)
    #expect(layers(dissection) == ["ppp", "ip"])
    #expect(try dissect("ff", linkType: 50).field("_ws.malformed") != nil)
  }

  @Test(
    "Cisco's HDLC has an EtherType, by its own link type and by that of PPP",
    arguments: [50, 104] as [UInt16])
  func hdlcOfCisco(linkType: UInt16) throws {
    for address in ["0f", "8f"] {
      let dissection = try dissect("\(address) 00 0800" + ipv4("fd", length: "0014"), linkType: linkType)
      #expect(layers(dissection) == ["chdlc", "ip"])
      #expect(dissection.field("chdlc.protocol")?.value == "0x0800 (IPv4)")
    }
  }

  @Test("what has the number of Reverse ARP on Cisco's lines is SLARP, and no ARP packet (RFC 1547 §4.3.1)")
  func slarpOfCisco() throws {
    // Type 2, which says that the line is alive; sequence numbers 1 and 0, and a reliability of 0xffff.
    let dissection = try dissect("8f 00 8035 00000002 00000001 00000000 ffff", linkType: 104)
    #expect(layers(dissection) == ["chdlc", "data"])
    #expect(dissection.field("chdlc.protocol")?.value == "0x8035 (SLARP)")
    #expect(dissection.field("data.data")?.value == "000000020000000100000000ffff")
  }

  // MARK: - Others

  /// A frame of 12 bytes behind the length, a header, a check sequence and one byte more.
  private let isl = "01000c000002 020000000001 001f aaaa03 00000c 00c9 0003 0000"

  @Test("Cisco's ISL has a whole frame behind a header of its own, and is no frame of 802.3")
  func interSwitchLink() throws {
    let frame = "020000000002 020000000001 88b5 01 deadbeef"
    let dissection = try dissect(isl + frame + "99", linkType: 1)
    #expect(layers(dissection) == ["isl", "eth", "data", "eth.padding"])
    let numbers = ["isl.type", "isl.user_eth", "isl.len", "isl.vlan_id", "isl.bpdu", "isl.index", "eth.fcs"]
    #expect(numbers.map { dissection.field($0)?.number } == [0, 2, 31, 100, 1, 3, 0xDEAD_BEEF])
    #expect(dissection.field("isl.len")?.remark == .right)
    #expect(dissection.field("eth.type")?.number == 0x88B5)
    #expect(dissection.field("data.data")?.value == "01")
    #expect(dissection.field("eth.padding")?.value == "99")
  }

  @Test("of an ISL frame that is cut, too short or of another kind nothing is made up")
  func otherInterSwitchLink() throws {
    let cut = try dissect(isl + "020000000002 020000000001 88b5 01de", linkType: 1)
    #expect(cut.field("isl.len")?.remark == .wrong("reaches beyond the frame: 28 bytes are there"))
    #expect(cut.field("eth.fcs") == nil && cut.field("data.data")?.value == "01de")
    let tokenRing = try dissect("01000c000015" + isl.dropFirst(12) + "0102", linkType: 1)
    #expect(layers(tokenRing) == ["isl", "data"])
    #expect(tokenRing.field("isl.type")?.value == "1 (Token Ring)")
    #expect(tokenRing.field("isl.user")?.number == 5)
    let short = try dissect("01000c000000 020000000001 000e aaaa03 00000c 00c9 0003 0000 0102", linkType: 1)
    #expect(layers(short) == ["isl", "data"])
    #expect(short.field("isl.len")?.remark == .wrong("is below 30 bytes, the shortest there is"))
    #expect(layers(try dissect("01000c0000", linkType: 1)) == ["eth"])
    #expect(layers(try dissect("01000c000000 020000000001 0800 00", linkType: 1)) == ["eth", "ip"])
  }

  @Test("an ARP packet of ATM has other fields behind the first two (RFC 2225 §8.1)")
  func arpOfATM() throws {
    let arp = "0013 0800 14 00 0001 04 14 00 04" + String(repeating: "00", count: 28)
    let dissection = try dissect("020000000002 020000000001 0806" + arp, linkType: 1)
    #expect(dissection.field("arp.hw.type")?.number == 19 && dissection.field("arp.opcode") == nil)
    #expect(layers(dissection) == ["eth", "arp", "data"])
  }

  @Test("of an object that is longer than the message, what is there is shown (RFC 4884 §7.1)")
  func longObject() throws {
    let objects = "2000 0000 0008 03 02 00000002 6593 3a 33 000ddc2b"
    let request = try dissect(ipv4("01", length: "0030") + "2a 00 0000 0001 01 01" + objects)
    let extensions = try #require(request.layers.first { $0.filterName == "icmp.ext" })
    let data = extensions.fields.filter { $0.filterName == "icmp.ext.data" }
    #expect(data.map(\.value) == ["00000002", "000ddc2b"])
    #expect(extensions.fields.last?.range == 44..<48)
  }

  private let addresses = "20010db8000000000000000000000001 20010db8000000000000000000000002"

  @Test("behind the last entry of a segment list stand options, which are no addresses (RFC 8754 §2.1)")
  func optionsOfSegments() throws {
    // One entry, and an option of 16 bytes of data that fills the header.
    let options = "05 16 0000 00000001 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    let packet = "60000000 0030 2b 40 \(addresses) 3b 05 04 00 00 00 0000 20010db8000000000000000000000003"
    let dissection = try dissect(packet + options)
    let fields = try #require(dissection.layers.first { $0.filterName == "ipv6.routing" }).fields
    #expect(fields.filter { $0.filterName == "ipv6.routing.srh.addr" }.map(\.value) == ["2001:db8::3"])
    #expect(
      fields.last?.filterName == "ipv6.routing.unknown_data" && fields.last?.range == 64..<88)
  }

  @Test(
    "an option of IPv6 whose type has one length has that",
    arguments: [
      ("05 02 0000 01 00", nil), ("05 03 000000 00", "should have 2 bytes of data, not 3"),
      ("c9 01 20 01 01 00", "should have 16 bytes of data, not 1"),
      ("c2 03 000001 00", "should have 4 bytes of data, not 3"),
    ])
  func lengthsOfOptions(_ options: String, _ fault: String?) throws {
    let dissection = try dissect("60000000 0008 3c 40 \(addresses) 3b 00 " + options)
    #expect(dissection.field("ipv6.opt.type")?.remark == fault.map { .wrong($0) } ?? Dissection.Remark.none)
  }

  @Test("an ICMPv6 error without the packet that it is about is malformed (RFC 4443 §2.4)")
  func errorWithoutPacket() throws {
    let error = "60000000 0008 3a 40 \(addresses) 01 00 0000 00000000"
    #expect(
      try dissect(error).field("_ws.malformed")?.remark
        == .wrong("the ICMPv6 error with the packet that it quotes at byte 40 needs 48 bytes, but has only 8")
    )
    let echo = "60000000 0008 3a 40 \(addresses) 80 00 0000 00000000"
    #expect(try dissect(echo).field("_ws.malformed") == nil)
  }

  @Test("a UDP length of 0 is wrong in a fragment too, whose end nobody sees (RFC 768)")
  func lengthInFragment() throws {
    let fragment = "45 00 001c 0000 2000 40 11 0000 0a000001 0a000002 0001 0002 0000 0000"
    #expect(
      try dissect(fragment).field("udp.length")?.remark
        == .wrong("is below 8 bytes, the length of the header"))
  }

  @Test("a jumbo payload length is above 65535, and no more than is there (RFC 2675 §2, §3)")
  func jumboLength() throws {
    func remark(_ length: String, packet: Int) throws -> Dissection.Remark? {
      let header = "60000000 0000 00 40 \(addresses) fd 00 c2 04 \(length)"
      let bytes = KnownBytes.bytes(header) + [UInt8](repeating: 7, count: packet - 8)
      return Dissection(packet: bytes, as: .v6).field("ipv6.opt.type")?.remark
    }
    #expect(try remark("00010000", packet: 65_536) == Dissection.Remark.none)
    #expect(
      try remark("00010001", packet: 65_536) == .wrong("is 65537, beyond the packet: 65536 bytes are there"))
    #expect(
      try remark("0000ffff", packet: 65_535)
        == .wrong("is 65535, which the payload length can express (RFC 2675 §3)"))
  }

  @Test(
    "a header that is announced where no byte is left is malformed (RFC 9293 §3.1, RFC 768)",
    arguments: [("tcp", "06", 20), ("udp", "11", 8), ("icmpv6", "3a", 4), ("ipv6.fraghdr", "2c", 8)])
  func nothingLeft(_ name: String, _ number: String, _ length: Int) throws {
    let dissection = try dissect("60000000 0000 \(number) 40 \(addresses)")
    #expect(layers(dissection) == ["ipv6", name])
    guard case .wrong(let reason) = dissection.field("_ws.malformed")?.remark else {
      Issue.record("nothing is wrong")
      return
    }
    #expect(reason.hasSuffix("at byte 40 needs \(length) bytes, but has only 0"))
  }

  @Test("a length of 0 leaves a packet to its end where that is more than the field can say")
  func longerThanTheField() throws {
    let payload = [UInt8](repeating: 7, count: 65_536)
    let packet = KnownBytes.bytes("60000000 0000 fd 40 \(addresses)") + payload
    let dissection = Dissection(packet: packet, as: .v6)
    #expect(layers(dissection) == ["ipv6", "data"])
    #expect(
      dissection.field("ipv6.plen")?.remark == .unjudged("the packet is longer than the field can express"))
    let shorter = Dissection(packet: packet.dropLast(), as: .v6)
    #expect(layers(shorter) == ["ipv6", "eth.padding"])
  }

  @Test("a frame in an IP packet has the number 143 (RFC 8986 §10.1)")
  func frameInPacket() throws {
    let frame = "020000000002 020000000001 88b5 0102"
    let dissection = try dissect(ipv4("8f", length: "0024") + frame)
    #expect(layers(dissection) == ["ip", "eth", "data"])
    #expect(dissection.field("eth.type")?.number == 0x88B5)
  }

  @Test("a UDP checksum of zero is wrong in IPv6 also where the length is (RFC 8200 §8.1)")
  func noChecksum() throws {
    let packet = "60000000 0008 11 40 00000000000000000000000000000001 000000000000000000000000000000ff"
    let dissection = try dissect(packet + "0001 0002 0000 0000")
    #expect(dissection.field("udp.checksum")?.remark == .wrong("must not be zero in IPv6"))
  }

  @Test("a payload length of zero needs a jumbo payload option (RFC 2675 §3)")
  func jumboPayload() throws {
    func remark(_ options: String) throws -> Dissection.Remark? {
      let addresses = "00000000000000000000000000000001 000000000000000000000000000000ff"
      return try dissect("60000000 0000 00 40 \(addresses) 3b 00 \(options)").field("ipv6.plen")?.remark
    }
    #expect(try remark("c2 04 00011170") == Dissection.Remark.none)
    #expect(try remark("00 00 00 00 00 00") != Dissection.Remark.none)
    #expect(
      try remark("01 04 00000000")
        == .wrong("is 0, and no jumbo payload option says how long it is (RFC 2675 §3)"))
  }

  /// The names that tshark 4.0 gives these bytes, which are scapy's.
  @Test(
    "the fields of a routing header have the names of its type, and of a service tag Wireshark's one for its type"
  )
  func namesOfTypes() throws {
    func names(_ type: String) throws -> [String] {
      let packet =
        "60000000 0018 2b 40 00000000000000000000000000000001 000000000000000000000000000000ff"
        + "3b 02 \(type) 01 01020304 00000000000000000000000000000001"
      let routing = try dissect(packet, linkType: 101).layers.first { $0.filterName == "ipv6.routing" }
      return routing?.fields.dropFirst(4).map { "\($0.filterName) \($0.value)" } ?? []
    }
    #expect(try names("00") == ["ipv6.routing.src.reserved 01020304", "ipv6.routing.src.addr ::1"])
    #expect(
      try names("02") == ["ipv6.routing.mipv6.reserved 01020304", "ipv6.routing.mipv6.home_address ::1"])
    #expect(
      try names("04") == [
        "ipv6.routing.srh.last_entry 1", "ipv6.routing.srh.flags 0x02", "ipv6.routing.srh.tag 0304",
        "ipv6.routing.srh.addr ::1",
      ])
    #expect(try names("fd") == ["ipv6.routing.unknown_data 0102030400000000000000000000000000000001"])
    let tagged = "020000000002 020000000001 88a8 6064 0800"
    #expect(try dissect(tagged, linkType: 1).field("ieee8021ah.etype")?.number == 0x0800)
  }
}

extension Dissection {
  fileprivate func field(_ filterName: String) -> Field? {
    layers.flatMap { $0.fields }.first { $0.filterName == filterName }
  }
}
