// SPDX-License-Identifier: Apache-2.0

/// The Point-to-Point Protocol (RFC 1661), with the address and control bytes of RFC 1662 or without.
struct PPPProtocol: LayerProtocol {
  let name = "Point-to-Point Protocol"
  let filterName = "ppp"
  let headerName = "PPP header"
  let carriers = [Carrier.linkType(9), .linkType(50)]
  let fields = Self.framing + [Self.protocolField]

  private static let framing = [
    LayerField("address", "Address", "ppp.address", 0..<8, form: .hexadecimal),
    LayerField("control", "Control", "ppp.control", 8..<16, form: .hexadecimal),
  ]
  private static let protocolField = LayerField(
    "protocol", "Protocol", "ppp.protocol", 0..<16, form: .hexadecimalNamed(names))

  func read(_ layer: inout LayerReading) {
    let bytes = layer.extent.bytes
    // No protocol begins with 0xff, so that it is an address (RFC 1661 §6.6).
    let begin = bytes.first == 0xFF ? 2 : 0
    guard begin == 0 || layer.read(Self.framing) else { return }
    // A protocol whose first byte is odd has only that one (RFC 1661 §6.5).
    let isShort = bytes.dropFirst(begin).first.map { $0 & 1 == 1 } ?? false
    let row = isShort ? Self.shortField : Self.protocolField
    guard layer.read([row], at: begin) else { return }
    let number = row.number(in: bytes.dropFirst(begin))
    let rest = layer.extent.part(from: begin + (isShort ? 1 : 2))
    switch number {
    case 0x0021: layer.addNext(.etherType(EtherType.ipv4.rawValue), rest)
    case 0x0057: layer.addNext(.etherType(EtherType.ipv6.rawValue), rest)
    default: layer.addData(rest)
    }
  }

  private static let shortField = LayerField(
    "protocol", "Protocol", "ppp.protocol", 0..<8, form: .hexadecimalNamed(names))

  /// IANA, PPP DLL Protocol Numbers.
  private static let names: NumberNames = [
    0x0021: "IPv4", 0x002D: "Van Jacobson compressed TCP/IP", 0x002F: "Van Jacobson uncompressed TCP/IP",
    0x003D: "multi-link", 0x0057: "IPv6", 0x00FD: "compressed datagram", 0x0281: "MPLS unicast",
    0x8021: "IPCP", 0x8057: "IPv6CP", 0x80FD: "CCP", 0xC021: "LCP", 0xC023: "PAP",
    0xC025: "link quality report",
    0xC223: "CHAP", 0xC227: "EAP",
  ]
}

/// What Cisco's routers put around packets on serial lines (RFC 1547 §4.3.1), of which the protocol is an EtherType.
struct CiscoHDLCProtocol: LayerProtocol {
  /// The first byte of each frame: for one, and for all.
  static let addresses: Set<UInt8> = [0x0F, 0x8F]

  let name = "Cisco HDLC"
  let filterName = "chdlc"
  let headerName = "Cisco HDLC header"
  let carriers = [Carrier.linkType(104)]
  let fields = [
    LayerField(
      "address", "Address", "chdlc.address", 0..<8,
      form: .hexadecimalNamed([0x0F: "unicast", 0x8F: "multicast"])),
    LayerField("control", "Control", "chdlc.control", 8..<16, form: .hexadecimal),
    LayerField(
      "protocol", "Protocol", "chdlc.protocol", 16..<32,
      form: .hexadecimalNamed(EtherType.names.with([slarp: "SLARP"]))),
  ]

  /// What has the number of Reverse ARP, and is another protocol here: it asks for an address, or says that the line is
  /// alive (RFC 1547 §4.3.1).
  private static let slarp: UInt64 = 0x8035

  func read(_ layer: inout LayerReading) {
    guard layer.read(fields) else { return }
    let number = fields[2].number(in: layer.extent.bytes)
    let rest = layer.extent.part(from: 4)
    if number == Self.slarp { layer.addData(rest) } else { layer.addNext(.etherType(UInt16(number)), rest) }
  }
}
