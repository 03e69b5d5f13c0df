// SPDX-License-Identifier: Apache-2.0

/// What Linux puts before packets of interfaces that have no header of their own (LINKTYPE_LINUX_SLL).
struct LinuxCookedProtocol: LayerProtocol {
  let name = "Linux cooked capture v1"
  let filterName = "sll"
  let headerName = "Linux cooked header"
  let carriers = [Carrier.linkType(113)]
  let fields = Self.table
  let otherFields = LinuxCooked.addresses + [LinuxCooked.unused]

  private static let table = [
    LayerField("packetType", "Packet type", "sll.pkttype", 0..<16, form: .named(LinuxCooked.packetTypes)),
    LayerField("hardwareType", "Link-layer address type", "sll.hatype", 16..<32),
    LayerField("addressLength", "Link-layer address length", "sll.halen", 32..<48, unit: "bytes"),
  ]
  private static let protocolField = LayerField(
    "protocol", "Protocol", "sll.etype", 112..<128, form: .hexadecimalNamed(EtherType.names))

  func read(_ layer: inout LayerReading) {
    guard layer.read(Self.table) else { return }
    let length = Int(Self.table[2].number(in: layer.extent.bytes))
    let hardware = Self.table[1].number(in: layer.extent.bytes)
    LinuxCooked.readAddress(&layer, at: 6, length: length)
    guard layer.read([Self.protocolField]) else { return }
    let number = Self.protocolField.number(in: layer.extent.bytes)
    LinuxCooked.addNext(&layer, hardware: hardware, number, at: 16)
  }
}

/// The second version of the same, which tells the interface too (LINKTYPE_LINUX_SLL2).
struct LinuxCooked2Protocol: LayerProtocol {
  let name = "Linux cooked capture v2"
  let filterName = "sll"
  let headerName = "Linux cooked header"
  let carriers = [Carrier.linkType(276)]
  let fields = Self.table

  private static let table = [
    LayerField("protocol", "Protocol", "sll.etype", 0..<16, form: .hexadecimalNamed(EtherType.names)),
    LayerField("interface", "Interface index", "sll.ifindex", 32..<64),
    LayerField("hardwareType", "Link-layer address type", "sll.hatype", 64..<80),
    LayerField("packetType", "Packet type", "sll.pkttype", 80..<88, form: .named(LinuxCooked.packetTypes)),
    LayerField("addressLength", "Link-layer address length", "sll.halen", 88..<96, unit: "bytes"),
  ]

  func read(_ layer: inout LayerReading) {
    guard layer.read(Self.table) else { return }
    let numbers = Self.table.map { $0.number(in: layer.extent.bytes) }
    LinuxCooked.readAddress(&layer, at: 12, length: Int(numbers[4]))
    guard layer.requires(20) else { return }
    LinuxCooked.addNext(&layer, hardware: numbers[2], numbers[0], at: 20)
  }
}

/// What both versions have in common.
private enum LinuxCooked {
  static let packetTypes: NumberNames = [
    0: "to us", 1: "broadcast", 2: "multicast", 3: "to another host", 4: "sent by us",
  ]
  static let addresses = [
    LayerField("source", "Source", "sll.src.eth", 0..<48, form: .macAddress),
    LayerField("source", "Source", "sll.src.ipv4", 0..<32, form: .ipv4Address),
    LayerField("source", "Source", "sll.src.other", 0..<64, form: .bytes),
  ]
  static let unused = LayerField("unused", "Unused", "sll.unused", 0..<64, form: .bytes)

  /// Adds as much of the field of 8 bytes as is an address, and the rest.
  static func readAddress(_ layer: inout LayerReading, at offset: Int, length: Int) {
    let field = layer.extent.bytes.dropFirst(offset).prefix(8)
    guard field.count == 8 else { return }
    let row = length == 6 ? addresses[0] : length == 4 ? addresses[1] : addresses[2]
    layer.add(row, field.prefix(length))
    layer.add(unused, field.dropFirst(length))
  }

  /// Hardware of which the number is no EtherType: Netlink and wireless LANs (LINKTYPE_LINUX_SLL).
  private static let withoutEtherType: Set<UInt64> = [801, 802, 803, 824]

  static func addNext(_ layer: inout LayerReading, hardware: UInt64, _ number: UInt64, at offset: Int) {
    let rest = layer.extent.part(from: offset)
    guard !withoutEtherType.contains(hardware), number >= 0x0600 else {
      // 4 is LLC (linux/if_ether.h, ETH_P_802_2).
      if number == 4 { layer.addNext(.lengthField, rest) } else { layer.addData(rest) }
      return
    }
    layer.addNext(.etherType(UInt16(truncatingIfNeeded: number)), rest)
  }
}
