// SPDX-License-Identifier: Apache-2.0

/// What a frame is, in a few words: `IGMP membership report, 1.1.1.1 to 224.0.0.22`.
public struct FrameSummary: Hashable, Sendable {
  /// The words.
  public let text: String
  /// Whether kernels send such frames by themselves, to find their neighbours and routers and to tell of their groups.
  public let isHousekeeping: Bool

  private init(_ text: String, isHousekeeping: Bool = false) {
    self.text = text
    self.isHousekeeping = isHousekeeping
  }

  /// Describes an Ethernet frame; of TCP with its flags where they are told.
  public init(frame bytes: [UInt8], tellingFlags: Bool = false) {
    guard let header = try? EthernetHeader(parsing: bytes[...]) else {
      self.init("a frame of \(bytes.count) bytes, shorter than an Ethernet header")
      return
    }
    self.init(header.etherType, bytes[EthernetHeader.length...], tellingFlags)
  }

  private init(_ etherType: EtherType, _ bytes: ArraySlice<UInt8>, _ tellingFlags: Bool) {
    switch etherType {
    case .ipv4: self.init(packet: bytes, as: .v4, tellingFlags: tellingFlags)
    case .ipv6: self.init(packet: bytes, as: .v6, tellingFlags: tellingFlags)
    case .arp: self.init(arp: bytes)
    case .vlan, .serviceVLAN: self.init(tagged: bytes, etherType, tellingFlags)
    case _ where etherType.rawValue < 0x0600:
      self.init("an 802.3 frame of \(etherType.rawValue) bytes")
    default: self.init("a frame of EtherType \(etherType)")
    }
  }

  /// Describes a tag, whose lower 12 bits are the VLAN (IEEE 802.1Q), and what is behind it.
  private init(tagged bytes: ArraySlice<UInt8>, _ etherType: EtherType, _ tellingFlags: Bool) {
    var reader = ByteReader(bytes, order: .big)
    guard bytes.count >= 4 else {
      self.init("an incomplete VLAN tag")
      return
    }
    let number = reader.uint16() & 0x0fff
    let inner = FrameSummary(EtherType(rawValue: reader.uint16()), bytes.dropFirst(4), tellingFlags)
    self.init("VLAN \(number), \(inner.text)")
  }

  private init(arp bytes: ArraySlice<UInt8>) {
    guard let packet = try? ARPPacket(parsing: bytes) else {
      self.init("ARP, an incomplete packet", isHousekeeping: true)
      return
    }
    let text =
      switch packet.operation {
      case ARPPacket.request: "ARP request for \(packet.targetAddress) by \(packet.senderAddress)"
      case ARPPacket.reply: "ARP reply, \(packet.senderAddress) is at \(packet.senderMAC)"
      default: "ARP operation \(packet.operation)"
      }
    self.init(text, isHousekeeping: true)
  }

  // MARK: - IP

  /// Describes an IP packet of a version, which the bytes begin with; of TCP with its flags where they are told:
  /// `TCP [SYN, ACK]`.
  public init(packet bytes: ArraySlice<UInt8>, as version: IPVersion, tellingFlags: Bool = false) {
    guard let packet = try? IPPacket(parsing: bytes, as: version) else {
      self.init("\(version), shorter than a header")
      return
    }
    let (header, payload) = (packet.header, packet.payload[...])
    let isLaterPiece = header.fragmentOffset > 0
    let name = Self.name(of: header.protocol, isLaterPiece ? [] : payload)
    let piece = header.isPiece ? "a fragment of " : ""
    let ports = isLaterPiece ? nil : Self.ports(of: header.protocol, payload)
    let flags = tellingFlags && !isLaterPiece ? Self.flags(of: header.protocol, payload) : ""
    let isKernels =
      version == .v6 && header.protocol == Self.icmpv6
      && payload.first.map(Self.housekeeping.contains) == true
    self.init(
      "\(version == .v6 ? "IPv6 " : "")\(piece)\(name)\(flags), \(Self.end(header.source.description, ports?.source))"
        + " to \(Self.end(header.destination.description, ports?.destination))", isHousekeeping: isKernels)
  }

  private static func end(_ address: String, _ port: UInt16?) -> String {
    guard let port else { return address }
    return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
  }

  private static let (icmp, igmp): (UInt8, UInt8) = (ICMPMessage.protocolNumber, 2)
  private static let (tcp, udp, icmpv6) = (TCPProtocol.number, UDPProtocol.number, ICMPv6Protocol.number)

  /// The protocol, and what of it.
  private static func name(of number: UInt8, _ payload: ArraySlice<UInt8>) -> String {
    switch number {
    case icmp: "ICMP\(icmpName(payload))"
    case igmp: "IGMP\(igmpName(payload))"
    case tcp: "TCP"
    case udp: DNSQuery(datagram: payload).map { "DNS query for \($0.name)" } ?? "UDP"
    case icmpv6: "ICMPv6\(icmpv6Name(payload))"
    default: "IP protocol \(number)"
    }
  }

  /// What a protocol is called by its number in an IP header: `UDP`, `IP protocol 253`.
  public static func protocolName(_ number: UInt8) -> String { name(of: number, []) }

  private static func ports(
    of number: UInt8, _ payload: ArraySlice<UInt8>
  ) -> (source: UInt16, destination: UInt16)? {
    guard number == tcp || number == udp, payload.count >= 4 else { return nil }
    var reader = ByteReader(payload, order: .big)
    return (reader.uint16(), reader.uint16())
  }

  /// The flags of a TCP header in the order in which Wireshark writes them, from the last bit on.
  private static func flags(of number: UInt8, _ payload: ArraySlice<UInt8>) -> String {
    guard number == tcp, payload.count >= 14 else { return "" }
    let flags = TCPProtocol.flags.reversed().filter { $0.number(in: payload) == 1 }
    return flags.isEmpty ? "" : " [\(flags.map { $0.key.uppercased() }.joined(separator: ", "))]"
  }

  private static func icmpName(_ payload: ArraySlice<UInt8>) -> String {
    guard let message = try? ICMPMessage(parsing: payload) else { return "" }
    guard let name = message.typeName?.lowercased() else {
      return " type \(message.type), code \(message.code)"
    }
    return message.codeName.map { " \(name) (\($0.lowercased()))" } ?? " \(name)"
  }

  /// The types of IGMP (RFC 2236 §2.1, RFC 3376 §4).
  private static func igmpName(_ payload: ArraySlice<UInt8>) -> String {
    switch payload.first {
    case 0x11: " membership query"
    case 0x12, 0x16, 0x22: " membership report"
    case 0x17: " leave group"
    default: ""
    }
  }

  /// The types of ICMPv6 by which kernels do that: multicast listener discovery, router and neighbour discovery (RFC 2710,
  /// RFC 4861, RFC 3810).
  public static let housekeeping: Set<UInt8> = [130, 131, 132, 133, 134, 135, 136, 137, 143]

  private static func icmpv6Name(_ payload: ArraySlice<UInt8>) -> String {
    guard let type = payload.first else { return "" }
    return " " + (ICMPv6Protocol.types[UInt64(type)]?.lowercased() ?? "type \(type)")
  }
}
