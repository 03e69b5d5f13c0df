// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("Dissection")
struct DissectionTests {
  private typealias Remark = Dissection.Remark

  private let hi = KnownBytes.documented[1]
  private let ethernet = KnownBytes.bytes("00009106 41e1 f01faf28 8d92 0800")

  @Test("a documented packet has the documented values, and what can be right is right")
  func documented() {
    let dissection = Dissection(packet: hi, as: .v4)
    #expect(dissection.layers.map { $0.name } == ["Internet Protocol Version 4", "Data"])
    let values = dissection.layers[0].fields.map { "\($0.title): \($0.value)" }
    #expect(
      values == [
        "Version: 4", "Header Length: 20 bytes", "Differentiated Services Codepoint: 0",
        "Explicit Congestion Notification: 0", "Total Length: 22 bytes", "Identification: 14045",
        "Reserved bit: not set", "Don't fragment: not set", "More fragments: not set",
        "Fragment Offset: 0 bytes", "Time to Live: 128", "Protocol: 253 (experimentation and testing)",
        "Header Checksum: 0xfea7", "Source Address: 1.1.1.100", "Destination Address: 1.1.1.1",
      ])
    let right = dissection.layers[0].fields.filter { $0.remark == .right }.map { $0.filterName }
    #expect(right == ["ip.version", "ip.hdr_len", "ip.len", "ip.checksum"])
    #expect(dissection.field("data.data")?.value == "4869")
    #expect(dissection.field("data.data")?.range == 20..<22)
  }

  @Test("a field tells its bytes, and its bits where they are no whole bytes")
  func places() {
    let dissection = Dissection(ethernet: ethernet + hi)
    #expect(dissection.field("ip.checksum")?.range == 24..<26)
    #expect(dissection.field("ip.checksum")?.bits == nil)
    #expect(dissection.field("ip.hdr_len")?.range == 14..<15)
    #expect(dissection.field("ip.hdr_len")?.bits == 116..<120)
    #expect(dissection.field("ip.frag_offset")?.range == 20..<22)
    #expect(dissection.field("ip.frag_offset")?.bits == 163..<176)
    #expect(dissection.field("eth.src")?.range == 6..<12)
  }

  @Test("a padded frame is told from its packet")
  func paddedFrame() {
    let dissection = Dissection(ethernet: ethernet + hi + [0, 0, 0])
    #expect(
      dissection.layers.map { $0.name } == ["Ethernet II", "Internet Protocol Version 4", "Data", "Padding"])
    #expect(dissection.field("eth.type")?.value == "0x0800 (IPv4)")
    #expect(dissection.field("eth.padding")?.range == 36..<39)
  }

  @Test("the wrong checksum of the documented sender is told with the right one")
  func wrongChecksum() {
    let sent = KnownBytes.bytes("4500002002aa000080fd0000010101640101010148656c6c6f20576f726c6421")
    #expect(Dissection(packet: sent, as: .v4).field("ip.checksum")?.remark == .wrong("should be 0x32d1"))
  }

  @Test(
    "each wrong field of a header is told in a sentence",
    arguments: [
      (0, 0x55, "ip.version", "should be 4"),
      (0, 0x44, "ip.hdr_len", "is below 20 bytes, the shortest header possible"),
      (0, 0x46, "ip.hdr_len", "reaches beyond the packet: 22 bytes are there"),
      (3, 0x17, "ip.len", "reaches beyond the packet: 22 bytes are there"),
      (3, 0x13, "ip.len", "is below the header length of 20 bytes"),
      (3, 0, "ip.len", "is 0, as before a network card fills it in"),
    ])
  func wrongField(_ position: Int, _ byte: UInt8, _ filterName: String, _ sentence: String) {
    var bytes = hi
    bytes[position] = byte
    #expect(Dissection(packet: bytes, as: .v4).field(filterName)?.remark == .wrong(sentence))
  }

  @Test("a packet that is nothing but its header is right")
  func headerAlone() {
    let header = IPv4Header(source: .any, destination: .any, protocol: 1)
    let dissection = Dissection(packet: IPv4Packet.build(header: header, payload: []).bytes, as: .v4)
    #expect(dissection.field("ip.hdr_len")?.remark == .right)
    #expect(dissection.field("ip.len")?.remark == .right)
  }

  @Test("an echo reply of Linux is taken apart down to its data")
  func echoReply() {
    let dissection = Dissection(ethernet: KnownBytes.echoReply)
    #expect(
      dissection.layers.map { $0.name } == [
        "Ethernet II", "Internet Protocol Version 4", "Internet Control Message Protocol", "Data",
      ])
    let options = dissection.layers[1].fields.filter { $0.filterName == "ip.opt.type" }
    #expect(
      options.map { $0.value } == ["record route (pointer 12): 127.0.0.1, 127.0.0.1", "end of options"])
    #expect(options.map { $0.range } == [34..<45, 45..<46])
    #expect(dissection.field("icmp.type")?.value == "0 (Echo reply)")
    #expect(dissection.field("icmp.checksum")?.remark == .right)
    #expect(dissection.field("icmp.ident")?.value == "4660")
    #expect(dissection.field("icmp.seq")?.value == "1")
    #expect(dissection.field("data.data")?.range == 54..<62)
  }

  @Test("an ICMP error of Linux has its type and code by name, and a flipped bit is told")
  func portUnreachable() {
    let dissection = Dissection(packet: KnownBytes.portUnreachable, as: .v4)
    #expect(dissection.field("icmp.type")?.value == "3 (Destination unreachable)")
    #expect(dissection.field("icmp.code")?.value == "3 (Port unreachable)")
    let flipped = Dissection(packet: KnownBytes.portUnreachable.flipping(bit: 22 * 8), as: .v4)
    #expect(flipped.field("icmp.checksum")?.remark == .wrong("should be 0x0ad4"))
  }

  @Test("the packet that an ICMP error quotes is taken apart, and may end early; one quoted in it is data")
  func quoted() throws {
    let dissection = Dissection(packet: KnownBytes.portUnreachable, as: .v4)
    let (ip, icmp) = ("Internet Protocol Version 4", "Internet Control Message Protocol")
    #expect(dissection.layers.map { $0.name } == [ip, icmp, ip, "User Datagram Protocol", "Data"])
    let error = try IPv4Packet(parsing: KnownBytes.portUnreachable[...])
    // As much as RFC 792 asks to be quoted: the header and 8 bytes.
    let short = IPv4Packet.build(
      header: error.header, payload: Array(error.payload.prefix(36)), fillingIn: .all)
    let length = Dissection(packet: short.bytes, as: .v4).layers[2].fields.first { $0.filterName == "ip.len" }
    #expect(length?.remark == .right)
    let nested = IPv4Packet.build(
      header: error.header, payload: Array(error.payload.prefix(8)) + error.bytes, fillingIn: .all)
    #expect(Dissection(packet: nested.bytes, as: .v4).layers.map { $0.name } == [ip, icmp, ip, icmp, "Data"])
  }

  @Test(
    "identifier and sequence number are those of the types that have them (RFC 792, RFC 950)",
    arguments: [(13, true), (14, true), (15, true), (18, true), (3, false), (11, false), (30, false)])
  func identifiers(type: UInt8, hasIdentifier: Bool) {
    let message = ICMPMessage(type: type, restOfHeader: 0x1234_0001)
    let header = IPv4Header(source: .any, destination: .any, protocol: ICMPMessage.protocolNumber)
    let packet = IPv4Packet.build(header: header, payload: message.bytes, fillingIn: .all)
    let identifier = Dissection(packet: packet.bytes, as: .v4).field("icmp.ident")?.value
    #expect(identifier == (hasIdentifier ? "4660" : nil))
  }

  @Test("of the first fragment the header is taken apart and its checksum not judged; a later one is data")
  func icmpFragment() {
    let first = Dissection(packet: KnownBytes.portUnreachable.flipping(bit: 50), as: .v4)
    #expect(first.field("icmp.type")?.value == "3 (Destination unreachable)")
    #expect(first.field("icmp.checksum")?.remark == .unjudged("this is a fragment"))
    let later = Dissection(packet: KnownBytes.portUnreachable.flipping(bit: 63), as: .v4)
    #expect(later.layers.map { $0.name } == ["Internet Protocol Version 4", "Data"])
  }

  @Test("an ARP request of Linux is taken apart")
  func arpRequest() {
    let dissection = Dissection(ethernet: KnownBytes.arpRequest + [0])
    #expect(
      dissection.layers.map { $0.name } == ["Ethernet II", "Address Resolution Protocol", "Padding"])
    #expect(
      dissection.layers[1].fields.map { "\($0.filterName) \($0.value)" } == [
        "arp.hw.type 1", "arp.proto.type 0x0800 (IPv4)", "arp.hw.size 6 bytes", "arp.proto.size 4 bytes",
        "arp.opcode 1 (request)", "arp.src.hw_mac 3a:a0:0f:7e:c3:0c", "arp.src.proto_ipv4 10.0.0.1",
        "arp.dst.hw_mac 00:00:00:00:00:00", "arp.dst.proto_ipv4 10.0.0.9",
      ])
    #expect(dissection.field("arp.dst.proto_ipv4")?.range == 38..<42)
  }

  @Test("a malformed option is told as such")
  func malformedOption() {
    let bytes = KnownBytes.bytes("4600001800000000400100000101016401010101" + "07ff0000")
    let option = Dissection(packet: bytes, as: .v4).field("ip.opt.type")
    #expect(option?.remark == .wrong("cannot be read"))
    #expect(option?.range == 20..<24)
  }

  @Test("a frame that ends too soon says at each layer what it needs")
  func truncated() {
    func remark(_ dissection: Dissection) -> Remark? { dissection.field("_ws.malformed")?.remark }
    #expect(
      remark(Dissection(ethernet: [1, 2]))
        == .wrong("the Ethernet header at byte 0 needs 14 bytes, but has only 2"))
    #expect(
      remark(Dissection(ethernet: ethernet + [0x45]))
        == .wrong("the IPv4 header at byte 14 needs 20 bytes, but has only 1"))
    #expect(
      remark(Dissection(ethernet: Array(KnownBytes.arpRequest.dropLast())))
        == .wrong("the ARP packet at byte 14 needs 28 bytes, but has only 27"))
    #expect(
      remark(Dissection(packet: Array(KnownBytes.portUnreachable.prefix(27)), as: .v4))
        == .wrong("the ICMP header at byte 20 needs 8 bytes, but has only 7"))
  }

  @Test("whatever the bytes, every field lies within them, and all but an ICMP header is covered")
  func anyBytes() {
    var random = SplitMix64(seed: 14)
    let types: [[UInt8]] = [[0x08, 0x00], [0x08, 0x06], [0x88, 0xB5]]
    for _ in 0..<2000 {
      var bytes = random.bytes(0...90)
      if bytes.count >= 14, let type = types.randomElement(using: &random) {
        bytes.replaceSubrange(12..<14, with: type)
      }
      let layers = Dissection(ethernet: bytes).layers
      let covered = layers.flatMap { $0.fields }.reduce(into: Set<Int>()) { $0.formUnion($1.range) }
      #expect(covered.isSubset(of: bytes.indices))
      if !layers.contains(where: { $0.name.hasPrefix("Internet Control Message Protocol") }) {
        #expect(covered.count == bytes.count)
      }
    }
  }
}

extension Dissection {
  /// The first field of that name.
  fileprivate func field(_ filterName: String) -> Field? {
    layers.flatMap { $0.fields }.first { $0.filterName == filterName }
  }
}
