// SPDX-License-Identifier: Apache-2.0

/// A tag of a virtual LAN (IEEE 802.1Q).
struct VLANProtocol: LayerProtocol {
  let name = "802.1Q Virtual LAN"
  let filterName = "vlan"
  let headerName = "VLAN tag"
  // 0x9100 is what stood in outer tags before there was a standard.
  let carriers: [Carrier] = [.etherType(EtherType.vlan.rawValue), .etherType(0x9100)]
  let fields = Self.table
  let otherFields = [Self.lengthField]

  private static let table = VLANFraming.fields("vlan", type: "vlan.etype")
  private static let lengthField = LayerField("length", "Length", "vlan.len", 16..<32, unit: "bytes")

  func read(_ layer: inout LayerReading) {
    VLANFraming.read(&layer, table: Self.table, lengthField: Self.lengthField)
  }
}

/// A service tag, around another (IEEE 802.1ad).
struct ServiceVLANProtocol: LayerProtocol {
  let name = "IEEE 802.1ad"
  let filterName = "ieee8021ad"
  let headerName = "VLAN tag"
  let carriers = [Carrier.etherType(EtherType.serviceVLAN.rawValue)]
  let fields = Self.table
  let otherFields = [Self.lengthField]

  // Wireshark has one name for what follows tags of 802.1ad and 802.1ah, and calls it so too where it is a length.
  private static let typeFilter = "ieee8021ah.etype"
  private static let table = VLANFraming.fields("ieee8021ad", type: typeFilter)
  private static let lengthField = LayerField("length", "Length", typeFilter, 16..<32, unit: "bytes")

  func read(_ layer: inout LayerReading) {
    VLANFraming.read(&layer, table: Self.table, lengthField: Self.lengthField)
  }
}

/// What both tags have in common.
private enum VLANFraming {
  static func fields(_ filter: String, type: String) -> [LayerField] {
    [
      LayerField("priority", "Priority", "\(filter).priority", 0..<3),
      LayerField("dropEligible", "DEI", "\(filter).dei", 3..<4, form: .flag),
      LayerField("id", "ID", "\(filter).id", 4..<16),
      LayerField("etherType", "Type", type, 16..<32, form: .hexadecimalNamed(EtherType.names)),
    ]
  }

  static func read(_ layer: inout LayerReading, table: [LayerField], lengthField: LayerField) {
    EthernetFraming.read(&layer, table, lengthField)
  }
}
