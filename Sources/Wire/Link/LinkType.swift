// SPDX-License-Identifier: Apache-2.0

/// What the packets of a capture begin with (IANA, PCAP LINKTYPE).
public struct LinkType: RawRepresentable, Hashable, Sendable {
  /// The number in the file.
  public let rawValue: UInt16

  /// Ethernet frames.
  public static let ethernet = LinkType(rawValue: CaptureFile.ethernet)
  /// IPv4 packets.
  public static let ipv4 = LinkType(rawValue: 228)
  /// IPv6 packets.
  public static let ipv6 = LinkType(rawValue: 229)

  /// Makes a link type of its number.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// Those of IP packets without anything before them: the two numbers of BSDs, and the registered one.
  private static let raw: Set<UInt16> = [12, 14, 101]

  /// The number and the name, "113 (LINUX_SLL)".
  public var title: String { Self.names.text(UInt64(rawValue), String(rawValue)) }

  /// Every link type that is read, "0 (NULL), 1 (ETHERNET)".
  public static func readable(_ protocols: Protocols = .all) -> String {
    let carriers = protocols.list.flatMap(\.carriers)
    let numbers = carriers.compactMap { carrier in
      if case .linkType(let number) = carrier { number } else { nil }
    }
    return (numbers + raw).sorted().map { LinkType(rawValue: $0).title }.joined(separator: ", ")
  }

  /// What a packet begins with.
  func `protocol`(of bytes: [UInt8], _ protocols: Protocols) -> any LayerProtocol {
    // Of the two that may stand in this one, the first byte says which it is (LINKTYPE_PPP_HDLC).
    if rawValue == 50, let first = bytes.first, CiscoHDLCProtocol.addresses.contains(first) {
      return CiscoHDLCProtocol()
    }
    if self == .ethernet, ISLProtocol.begins(bytes) { return ISLProtocol() }
    if let known = protocols[.linkType(rawValue)] { return known }
    guard Self.raw.contains(rawValue) else { return UnreadableProtocol("Link type \(title)", "is not read") }
    switch bytes.first.map({ $0 >> 4 }) {
    case 4: return IPv4Protocol()
    case 6: return IPv6Protocol()
    default: return UnreadableProtocol("Raw IP", "begins with the version of neither IPv4 nor IPv6")
    }
  }

  private static let names: NumberNames = [
    0: "NULL", 1: "ETHERNET", 3: "AX25", 6: "IEEE802_5", 7: "ARCNET_BSD", 8: "SLIP", 9: "PPP", 10: "FDDI",
    12: "RAW", 14: "RAW", 50: "PPP_HDLC", 51: "PPP_ETHER", 100: "ATM_RFC1483", 101: "RAW", 104: "C_HDLC",
    105: "IEEE802_11", 107: "FRELAY", 108: "LOOP", 113: "LINUX_SLL", 117: "PFLOG", 119: "IEEE802_11_PRISM",
    122: "IP_OVER_FC", 127: "IEEE802_11_RADIOTAP", 143: "DOCSIS", 147: "USER0", 163: "IEEE802_11_AVS",
    166: "PPP_PPPD", 169: "GPRS_LLC", 177: "LINUX_LAPD", 187: "BLUETOOTH_HCI_H4", 189: "USB_LINUX",
    192: "PPI", 195: "IEEE802_15_4_WITHFCS", 201: "BLUETOOTH_HCI_H4_WITH_PHDR", 203: "LAPD",
    220: "USB_LINUX_MMAPPED", 224: "FC_2", 227: "CAN_SOCKETCAN", 228: "IPV4", 229: "IPV6",
    230: "IEEE802_15_4_NOFCS", 231: "DBUS", 239: "NFLOG", 242: "IPNET", 247: "INFINIBAND", 248: "SCTP",
    249: "USBPCAP", 251: "BLUETOOTH_LE_LL", 252: "WIRESHARK_UPPER_PDU", 253: "NETLINK",
    254: "BLUETOOTH_LINUX_MONITOR", 256: "BLUETOOTH_LE_LL_WITH_PHDR", 272: "NORDIC_BLE", 276: "LINUX_SLL2",
    280: "LINUX_MON_MONITOR", 283: "IEEE802_15_4_TAP", 289: "ETW",
  ]
}

/// What nothing here can take apart.
struct UnreadableProtocol: LayerProtocol {
  let name: String
  let filterName = "data"
  let headerName = "packet"
  let carriers: [Carrier] = []
  let fields: [LayerField] = []
  private let reason: String

  init(_ name: String, _ reason: String) {
    self.name = name
    self.reason = reason
  }

  func read(_ layer: inout LayerReading) {
    let bytes = layer.extent.bytes
    layer.add(
      Dissection.Field(
        "Data", "data.data", HexDump.hexString(bytes), bytes.indices, remark: .unjudged("this \(reason)")))
  }
}
