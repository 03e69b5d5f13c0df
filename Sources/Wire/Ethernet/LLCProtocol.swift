// SPDX-License-Identifier: Apache-2.0

/// Logical link control (IEEE 802.2), which says what an 802.3 frame carries, with SNAP (RFC 1042) where it has it.
struct LLCProtocol: LayerProtocol {
  let name = "Logical-Link Control"
  let filterName = "llc"
  let headerName = "LLC header"
  let carriers = [Carrier.lengthField]
  let fields = Self.table
  let otherFields = [Self.control, Self.longControl, Self.organization, Self.type, Self.number]

  private static let table = [
    LayerField("dsap", "DSAP", "llc.dsap", 0..<8, form: .hexadecimalNamed(names)),
    LayerField("ssap", "SSAP", "llc.ssap", 8..<16, form: .hexadecimalNamed(names)),
  ]
  private static let control = LayerField("control", "Control", "llc.control", 16..<24, form: .hexadecimal)
  private static let longControl = LayerField(
    "control", "Control", "llc.control", 16..<32, form: .hexadecimal)
  private static let organization = LayerField(
    "organization", "Organization Code", "llc.oui", 24..<48, form: .hexadecimal)
  private static let type = LayerField(
    "etherType", "Type", "llc.type", 48..<64, form: .hexadecimalNamed(EtherType.names))
  private static let number = LayerField("protocol", "Protocol ID", "llc.pid", 48..<64, form: .hexadecimal)

  private static let (snap, ip): (UInt8, UInt8) = (0xAA, 0x06)

  func read(_ layer: inout LayerReading) {
    let bytes = layer.extent.bytes
    guard layer.read(Self.table), layer.requires(3) else { return }
    let sap = bytes[bytes.startIndex] & 0xFE
    // Unnumbered frames have one byte of control, all others two, the lower first.
    guard bytes[bytes.startIndex + 2] & 0b11 == 0b11 else {
      if layer.requires(4) { addLongControl(&layer) }
      return
    }
    layer.read([Self.control])
    switch sap {
    case Self.snap: readSNAP(&layer)
    case Self.ip: layer.addNext(.etherType(EtherType.ipv4.rawValue), layer.extent.part(from: 3))
    default: layer.addData(layer.extent.part(from: 3))
    }
  }

  private func addLongControl(_ layer: inout LayerReading) {
    let bytes = layer.extent.bytes.dropFirst(2).prefix(2)
    let number = UInt64(Self.control.number(in: layer.extent.bytes)) | UInt64(bytes.last ?? 0) << 8
    layer.add(
      Dissection.Field(
        "Control", Self.control.filterName, "0x\(UInt16(number).hex)", bytes.indices, number: number))
    layer.addData(layer.extent.part(from: 4))
  }

  private func readSNAP(_ layer: inout LayerReading) {
    let bytes = layer.extent.bytes
    let organization = bytes.count < 6 ? 0 : Self.organization.number(in: bytes)
    // Of the organization 0, and of 802.1H's for what 802.3 cannot say, the number is an EtherType.
    let isEtherType = organization == 0 || organization == 0x0000F8
    let row = isEtherType ? Self.type : Self.number
    guard layer.read([Self.organization, row]) else { return }
    let rest = layer.extent.part(from: 8)
    if isEtherType {
      layer.addNext(.etherType(UInt16(row.number(in: bytes))), rest)
    } else {
      layer.addData(rest)
    }
  }

  /// IEEE 802 LSAP values, and those of others that are common.
  private static let names: NumberNames = [
    0x00: "null", 0x06: "IP", 0x42: "spanning tree", 0x7E: "X.25", 0x98: "ARP", 0xAA: "SNAP", 0xAB: "SNAP",
    0xE0: "NetWare", 0xF0: "NetBIOS", 0xF1: "NetBIOS", 0xFE: "ISO network layer", 0xFF: "global",
  ]
}
