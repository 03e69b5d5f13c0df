// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

/// What a frame is in a few words, held against what tshark says of it.
@Suite struct FrameSummaryTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let frame: [UInt8]
    let text: String
    /// What tshark finds in the frame, `eth:ethertype:arp`.
    let protocols: String
    /// What tshark says of it among other things, in lower case.
    let said: String
    var isHousekeeping = false

    var testDescription: String { text }
  }

  private static func frame(_ etherType: UInt16, _ bytes: [UInt8]) -> [UInt8] {
    EthernetHeader(
      destination: MACAddress(0x33, 0x33, 0, 0, 0, 1), source: MACAddress(2, 0, 0, 0, 0, 0xaa),
      etherType: EtherType(rawValue: etherType)
    ).bytes + bytes
  }

  private static func bytes(_ hex: String) -> [UInt8] { KnownBytes.bytes(hex) }

  // MARK: - ARP

  private static func arp(_ operation: String) -> [UInt8] {
    bytes("000108000604" + operation + "0200000000aac0000201" + "0200000000bbc0000202")
  }

  static let arp: [Row] = [
    Row(
      frame: frame(0x0806, arp("0001")), text: "ARP request for 192.0.2.2 by 192.0.2.1",
      protocols: "eth:ethertype:arp", said: "who has 192.0.2.2? tell 192.0.2.1", isHousekeeping: true),
    Row(
      frame: frame(0x0806, arp("0002")), text: "ARP reply, 192.0.2.1 is at 02:00:00:00:00:aa",
      protocols: "eth:ethertype:arp", said: "192.0.2.1 is at 02:00:00:00:00:aa", isHousekeeping: true),
    // RFC 903 has its requests under numbers of ARP's.
    Row(
      frame: frame(0x0806, arp("0003")), text: "ARP operation 3", protocols: "eth:ethertype:arp",
      said: "who is 02:00:00:00:00:bb?", isHousekeeping: true),
  ]

  // MARK: - IPv6

  /// An IPv6 packet from fe80::200:ff:fe00:aa to ff02::1 (RFC 8200 §3).
  private static func ipv6(_ next: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let addresses = "fe80000000000000020000fffe0000aa" + "ff020000000000000000000000000001"
    return frame(
      0x86dd, bytes("60000000") + [0, UInt8(payload.count), next, 255] + bytes(addresses) + payload)
  }

  private static let ends = ", fe80::200:ff:fe00:aa to ff02::1"

  private static func icmpv6(
    _ type: UInt8, _ name: String, _ said: String? = nil, isHousekeeping: Bool = false,
    behind header: [UInt8] = []
  ) -> Row {
    let message = [type] + [UInt8](repeating: 0, count: 23)
    return Row(
      frame: header.isEmpty ? ipv6(58, message) : ipv6(0, header + message),
      text: "IPv6 ICMPv6 \(name)\(ends)",
      protocols: "eth:ethertype:ipv6:\(header.isEmpty ? "" : "ipv6.hopopts:")icmpv6", said: said ?? name,
      isHousekeeping: isHousekeeping)
  }

  /// Hop-by-hop options with a router alert, behind which MLD stands (RFC 2711, RFC 3810 §5).
  private static let hopByHop = bytes("3a00050200000100")

  static let ipv6: [Row] = [
    icmpv6(135, "neighbour solicitation", "neighbor solicitation", isHousekeeping: true),
    icmpv6(136, "neighbour advertisement", "neighbor advertisement", isHousekeeping: true),
    icmpv6(133, "router solicitation", isHousekeeping: true),
    icmpv6(134, "router advertisement", isHousekeeping: true),
    icmpv6(137, "redirect", isHousekeeping: true),
    icmpv6(130, "multicast listener query", isHousekeeping: true, behind: hopByHop),
    icmpv6(131, "multicast listener report", isHousekeeping: true, behind: hopByHop),
    icmpv6(132, "multicast listener done", isHousekeeping: true, behind: hopByHop),
    icmpv6(
      143, "multicast listener report", "multicast listener report message v2", isHousekeeping: true,
      behind: hopByHop),
    icmpv6(128, "echo request", "echo (ping) request"),
    icmpv6(129, "echo reply", "echo (ping) reply"),
    icmpv6(1, "destination unreachable"), icmpv6(2, "packet too big"), icmpv6(3, "time exceeded"),
    icmpv6(4, "parameter problem"),
    Row(
      frame: ipv6(17, bytes("14e9003500080000")),
      text: "IPv6 UDP, [fe80::200:ff:fe00:aa]:5353 to [ff02::1]:53", protocols: "eth:ethertype:ipv6:udp",
      said: "5353 → 53"),
    Row(
      frame: ipv6(6, bytes("04d20050000000000000000050020400" + "00000000")),
      text: "IPv6 TCP, [fe80::200:ff:fe00:aa]:1234 to [ff02::1]:80", protocols: "eth:ethertype:ipv6:tcp",
      said: "1234 → 80"),
    Row(
      frame: ipv6(253, [1, 2, 3]), text: "IPv6 IP protocol 253\(ends)", protocols: "eth:ethertype:ipv6:data",
      said: "(253)"),
  ]

  // MARK: - IPv4

  private static func ipv4(
    _ number: UInt8, _ payload: [UInt8], offset: UInt16 = 0, more: Bool = false
  ) -> [UInt8] {
    let header = IPv4Header(
      source: IPv4Address(192, 0, 2, 1), destination: IPv4Address(192, 0, 2, 2), protocol: number,
      identification: 1, moreFragments: more, fragmentOffset: offset)
    return IPv4Packet.build(header: header, payload: payload).bytes
  }

  private static func igmp(_ type: UInt8, _ name: String) -> Row {
    Row(
      frame: frame(0x0800, ipv4(2, [type, 0, 0, 0, 0, 0, 0, 0])),
      text: "IGMP \(name), 192.0.2.1 to 192.0.2.2", protocols: "eth:ethertype:ip:igmp:igmp", said: name)
  }

  private static func icmp(_ type: UInt8, _ code: UInt8, _ name: String, _ said: String? = nil) -> Row {
    Row(
      frame: frame(0x0800, ipv4(1, [type, code, 0, 0, 0, 0, 0, 0])),
      text: "ICMP \(name), 192.0.2.1 to 192.0.2.2", protocols: "eth:ethertype:ip:icmp", said: said ?? name)
  }

  static let ipv4: [Row] = [
    igmp(0x11, "membership query"), igmp(0x12, "membership report"), igmp(0x16, "membership report"),
    igmp(0x22, "membership report"), igmp(0x17, "leave group"),
    icmp(8, 0, "echo request", "echo (ping) request"), icmp(0, 0, "echo reply", "echo (ping) reply"),
    icmp(3, 3, "destination unreachable (port unreachable)"),
    Row(
      frame: frame(0x0800, ipv4(17, bytes("14e9003500080000"))),
      text: "UDP, 192.0.2.1:5353 to 192.0.2.2:53", protocols: "eth:ethertype:ip:udp", said: "5353 → 53"),
    // RFC 1035 §4.1: a question for a name, and for the root, which has none; and what an answer and a broken one are not.
    Row(
      frame: frame(
        0x0800,
        ipv4(
          17, bytes("14e90035 0025 0000 1234 0100 0001 0000 0000 0000 076578616d706c6503636f6d00 0001 0001"))),
      text: "DNS query for example.com, 192.0.2.1:5353 to 192.0.2.2:53",
      protocols: "eth:ethertype:ip:udp:dns",
      said: "standard query 0x1234 a example.com"),
    Row(
      frame: frame(
        0x0800, ipv4(17, bytes("14e90035 0019 0000 1234 0100 0001 0000 0000 0000 00 0002 0001"))),
      text: "DNS query for ., 192.0.2.1:5353 to 192.0.2.2:53", protocols: "eth:ethertype:ip:udp:dns",
      said: "standard query 0x1234 ns <root>"),
    Row(
      frame: frame(
        0x0800,
        ipv4(
          17, bytes("14e90035 0025 0000 1234 8180 0001 0000 0000 0000 076578616d706c6503636f6d00 0001 0001"))),
      text: "UDP, 192.0.2.1:5353 to 192.0.2.2:53", protocols: "eth:ethertype:ip:udp:dns",
      said: "standard query response 0x1234 a example.com"),
    Row(
      frame: frame(
        0x0800, ipv4(17, bytes("14e90035 001d 0000 1234 0100 0001 0000 0000 0000 076578616d706c6503"))),
      text: "UDP, 192.0.2.1:5353 to 192.0.2.2:53", protocols: "eth:ethertype:ip:udp:dns", said: "malformed"),
    Row(
      frame: frame(0x0800, ipv4(6, bytes("04d2005000000000000000005002040000000000"))),
      text: "TCP, 192.0.2.1:1234 to 192.0.2.2:80", protocols: "eth:ethertype:ip:tcp", said: "1234 → 80"),
    Row(
      frame: frame(0x0800, ipv4(253, [1, 2])), text: "IP protocol 253, 192.0.2.1 to 192.0.2.2",
      protocols: "eth:ethertype:ip:data", said: "(253)"),
    Row(
      frame: frame(0x0800, ipv4(17, bytes("14e9003500100000"), more: true)),
      text: "a fragment of UDP, 192.0.2.1:5353 to 192.0.2.2:53", protocols: "eth:ethertype:ip:data",
      said: "fragmented ip protocol (proto=udp 17, off=0"),
    // What would be ports is in the first fragment alone.
    Row(
      frame: frame(0x0800, ipv4(17, bytes("14e9003500080000"), offset: 64)),
      text: "a fragment of UDP, 192.0.2.1 to 192.0.2.2", protocols: "eth:ethertype:ip:data",
      said: "fragmented ip protocol (proto=udp 17, off=64"),
  ]

  // MARK: - Other frames

  static let others: [Row] = [
    // Priority 7 stands above the 12 bits of the number (IEEE 802.1Q).
    Row(
      frame: frame(0x8100, bytes("e0070806") + arp("0001")),
      text: "VLAN 7, ARP request for 192.0.2.2 by 192.0.2.1", protocols: "eth:ethertype:vlan:ethertype:arp",
      said: "who has 192.0.2.2? tell 192.0.2.1"),
    Row(
      frame: frame(0x88a8, bytes("006481000fff0800") + ipv4(253, [1])),
      text: "VLAN 100, VLAN 4095, IP protocol 253, 192.0.2.1 to 192.0.2.2",
      protocols: "eth:ethertype:ieee8021ad:ethertype:vlan:ethertype:ip:data", said: "(253)"),
    Row(
      frame: frame(0x88b5, [1, 2, 3]), text: "a frame of EtherType 0x88b5", protocols: "eth:ethertype:data",
      said: "local experimental ethertype 1"),
    // A length stands in the place of the EtherType (IEEE 802.3): here of a bridge's spanning tree.
    Row(
      frame: frame(
        38, bytes("424203000000000080000200000000aa0000000080000200000000aa80010000140002000f00")),
      text: "an 802.3 frame of 38 bytes", protocols: "eth:llc:stp", said: "root = 32768/0/02:00:00:00:00:aa"),
  ]

  private static let rows = arp + ipv6 + ipv4 + others

  @Test(
    "the flags of a TCP header are told where they are asked for, in Wireshark's order, from the first piece alone",
    arguments: [
      ("02", " [SYN]"), ("12", " [SYN, ACK]"), ("19", " [FIN, PSH, ACK]"),
      ("ff", " [FIN, SYN, RST, PSH, ACK, URG, ECE, CWR]"),
      ("00", ""),
    ])
  func flags(_ byte: String, _ flags: String) {
    let segment = Self.bytes("04d20050000000000000000050\(byte)040000000000")
    let told = { (packet: [UInt8]) in FrameSummary(packet: packet[...], as: .v4, tellingFlags: true).text }
    #expect(told(Self.ipv4(6, segment)) == "TCP\(flags), 192.0.2.1:1234 to 192.0.2.2:80")
    #expect(
      told(Self.ipv4(6, segment, more: true)) == "a fragment of TCP\(flags), 192.0.2.1:1234 to 192.0.2.2:80")
    #expect(told(Self.ipv4(6, segment, offset: 64)) == "a fragment of TCP, 192.0.2.1 to 192.0.2.2")
    #expect(told(Self.ipv4(6, Array(segment.prefix(13)))) == "TCP, 192.0.2.1:1234 to 192.0.2.2:80")
    #expect(told(Self.ipv4(17, segment)) == "UDP, 192.0.2.1:1234 to 192.0.2.2:80")
  }

  @Test("a frame is named by what it is", arguments: rows)
  func text(_ row: Row) {
    #expect(FrameSummary(frame: row.frame).text == row.text)
  }

  @Test("what kernels send by themselves is known, and nothing else is taken for it", arguments: rows)
  func housekeeping(_ row: Row) {
    #expect(FrameSummary(frame: row.frame).isHousekeeping == row.isHousekeeping)
  }

  @Test("tshark says the same of each")
  func tshark() throws {
    var writer = PcapngWriter(application: "wire tests")
    writer.addInterface(name: "eth0")
    for row in Self.rows { writer.addPacket(row.frame, interface: 0, timestamp: 0) }
    let packets = try Tshark.read(writer.bytes, fields: ["frame.protocols", "_ws.col.Info"])
    #expect(packets.count == Self.rows.count)
    for (row, packet) in zip(Self.rows, packets) {
      #expect(packet[0].hasPrefix(row.protocols), "\(row.text)")
      #expect(packet[1].lowercased().contains(row.said), "\(row.text)")
    }
  }

  @Test(
    "of what is not all there as much is said as there is",
    arguments: [
      (Array(frame(0x0806, []).prefix(13)), "a frame of 13 bytes, shorter than an Ethernet header"),
      (frame(0x0800, [0x45]), "IPv4, shorter than a header"),
      (frame(0x0806, arp("0001").dropLast()), "ARP, an incomplete packet"),
      (ipv6(58, []).dropLast(), "IPv6, shorter than a header"),
      (ipv6(58, []), "IPv6 ICMPv6\(ends)"), (ipv6(17, [0, 1, 0]), "IPv6 UDP\(ends)"),
      (ipv6(0, [58, 0, 0]), "IPv6 IP protocol 0\(ends)"),
      (ipv6(0, [58, 9, 0, 0, 0, 0, 0, 0]), "IPv6 IP protocol 0\(ends)"),
      (frame(0x8100, [0, 7, 8]), "an incomplete VLAN tag"),
      (frame(0x8100, [0, 7, 8, 0]), "VLAN 7, IPv4, shorter than a header"),
      (frame(0x0800, ipv4(1, [8])), "ICMP, 192.0.2.1 to 192.0.2.2"),
      (frame(0x0800, ipv4(2, [])), "IGMP, 192.0.2.1 to 192.0.2.2"),
      (frame(0x0800, ipv4(2, [0x99])), "IGMP, 192.0.2.1 to 192.0.2.2"),
      (frame(0x0800, ipv4(6, [1, 2, 3])), "TCP, 192.0.2.1 to 192.0.2.2"),
      (frame(0x0800, ipv4(1, [99, 7, 0, 0, 0, 0, 0, 0])), "ICMP type 99, code 7, 192.0.2.1 to 192.0.2.2"),
      (ipv6(58, [200]), "IPv6 ICMPv6 type 200\(ends)"),
    ] as [([UInt8], String)])
  func cut(_ frame: [UInt8], _ text: String) {
    #expect(FrameSummary(frame: frame).text == text)
  }

  @Test("the last number below 0x0600 is a length, and 0x0600 an EtherType")
  func lengthOrType() {
    #expect(FrameSummary(frame: Self.frame(0x05ff, [])).text == "an 802.3 frame of 1535 bytes")
    #expect(FrameSummary(frame: Self.frame(0x0600, [])).text == "a frame of EtherType 0x0600")
  }

  @Test("bytes behind an IPv6 packet's length are none of it")
  func padding() {
    #expect(FrameSummary(frame: Self.ipv6(17, []) + [0, 1, 0, 2]).text == "IPv6 UDP\(Self.ends)")
  }
}
