// SPDX-License-Identifier: Apache-2.0

/// The Address Resolution Protocol (RFC 826), for addresses of any length.
struct ARPProtocol: LayerProtocol {
  let name = "Address Resolution Protocol"
  let filterName = "arp"
  let headerName = "ARP packet"
  let carriers: [Carrier] = [.etherType(EtherType.arp.rawValue), .etherType(0x8035)]
  let fields = Self.table
  let otherFields = Self.sender.all + Self.target.all

  private static let table = [
    LayerField("hardwareType", "Hardware type", "arp.hw.type", 0..<16),
    LayerField(
      "protocolType", "Protocol type", "arp.proto.type", 16..<32, form: .hexadecimalNamed(EtherType.names)),
    LayerField("hardwareSize", "Hardware size", "arp.hw.size", 32..<40, unit: "bytes"),
    LayerField("protocolSize", "Protocol size", "arp.proto.size", 40..<48, unit: "bytes"),
    LayerField("operation", "Opcode", "arp.opcode", 48..<64, form: .named(operations)),
  ]

  /// The hardware type of ATM, for which other fields stand behind the first two (RFC 2225 §8.1).
  private static let atm = 19

  /// IANA, ARP Operation Codes.
  private static let operations: NumberNames = [
    1: "request", 2: "reply", 3: "reverse request", 4: "reverse reply", 8: "inverse request",
    9: "inverse reply",
  ]

  /// The rows of the addresses of one side, by what they are addresses of.
  private struct Side {
    let mac: LayerField
    let hardware: LayerField
    let ipv4: LayerField
    let other: LayerField

    init(_ key: String, _ title: String, _ filter: String) {
      mac = LayerField("\(key)MAC", "\(title) MAC address", "\(filter).hw_mac", 0..<48, form: .macAddress)
      hardware = LayerField(
        "\(key)Hardware", "\(title) hardware address", "\(filter).hw", 0..<8, form: .bytes)
      ipv4 = LayerField(
        "\(key)Address", "\(title) IP address", "\(filter).proto_ipv4", 0..<32, form: .ipv4Address)
      other = LayerField(
        "\(key)Protocol", "\(title) protocol address", "\(filter).proto", 0..<8, form: .bytes)
    }

    var all: [LayerField] { [mac, hardware, ipv4, other] }
  }

  private static let sender = Side("sender", "Sender", "arp.src")
  private static let target = Side("target", "Target", "arp.dst")

  func read(_ layer: inout LayerReading) {
    let bytes = layer.extent.bytes
    guard bytes.count >= 8 else {
      layer.read(Self.table)
      return
    }
    let numbers = Self.table.map { Int($0.number(in: bytes)) }
    guard numbers[0] != Self.atm else {
      layer.read(Array(Self.table.prefix(2)))
      layer.addData(layer.extent.part(from: 4))
      return
    }
    let (hardwareSize, protocolSize) = (numbers[2], numbers[3])
    layer.read(Self.table)
    let isMAC = hardwareSize == 6 && [1, 6].contains(numbers[0])
    let isIPv4 = protocolSize == 4 && numbers[1] == Int(EtherType.ipv4.rawValue)
    var begin = 8
    for side in [Self.sender, Self.target] {
      let rows = [
        (isMAC ? side.mac : side.hardware, hardwareSize), (isIPv4 ? side.ipv4 : side.other, protocolSize),
      ]
      for (row, size) in rows {
        if bytes.count >= begin + size { layer.add(row, bytes.dropFirst(begin).prefix(size)) }
        begin += size
      }
    }
    let length = 8 + 2 * (hardwareSize + protocolSize)
    if layer.requires(length) { layer.addPadding(layer.extent.part(from: length)) }
  }
}
