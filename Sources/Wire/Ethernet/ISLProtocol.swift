// SPDX-License-Identifier: Apache-2.0

/// Cisco's Inter-Switch Link, which has a whole frame behind a header of its own: what tagged frames before IEEE 802.1Q
/// (Cisco, Inter-Switch Link and IEEE 802.1Q Frame Format).
struct ISLProtocol: LayerProtocol {
  let name = "Cisco ISL"
  let filterName = "isl"
  let headerName = "ISL header"
  let carriers: [Carrier] = []
  let fields = Self.table
  let otherFields = [Self.otherUser, Self.checkSequence]

  private static let table = [
    LayerField("destination", "Destination", "isl.dst", 0..<48, form: .macAddress),
    LayerField("type", "Type", "isl.type", 40..<44, form: .named(types)),
    LayerField("user", "User", "isl.user_eth", 46..<48),
    LayerField("source", "Source", "isl.src", 48..<96, form: .macAddress),
    LayerField("length", "Length", "isl.len", 96..<112, unit: "bytes"),
    LayerField("dsap", "DSAP", "isl.dsap", 112..<120, form: .hexadecimal),
    LayerField("ssap", "SSAP", "isl.ssap", 120..<128, form: .hexadecimal),
    LayerField("control", "Control", "isl.control", 128..<136, form: .hexadecimal),
    LayerField("hsa", "HSA", "isl.hsa", 136..<160, form: .hexadecimal),
    LayerField("id", "VLAN ID", "isl.vlan_id", 160..<175),
    LayerField("bpdu", "BPDU/CDP/VTP", "isl.bpdu", 175..<176, form: .flag),
    LayerField("index", "Index", "isl.index", 176..<192),
    LayerField("reserved", "Reserved", "isl.reserved", 192..<208, form: .hexadecimal),
  ]
  /// What types other than Ethernet have for the priority.
  private static let otherUser = LayerField("user", "User", "isl.user", 44..<48)
  /// The frame's own, which ISL leaves in place.
  private static let checkSequence = LayerField(
    "checkSequence", "Frame check sequence", "eth.fcs", 0..<32, form: .hexadecimal)
  private static let types: NumberNames = [0: "Ethernet", 1: "Token Ring", 2: "FDDI", 3: "ATM"]

  private static let headerLength = 26
  /// What the length counts of the header.
  private static let countedLength = 12

  /// A header with its check sequence.
  private static let shortestFrame = EthernetHeader.length + 4

  /// Whether a frame begins as one of ISL: with an address of 40 bits that no other frame has, and a length.
  static func begins(_ frame: [UInt8]) -> Bool {
    frame.count >= EthernetHeader.length && [0x01, 0x03].contains(frame[0])
      && frame[1..<5] == [0x00, 0x0C, 0x00, 0x00] && frame[12] < 0x06
  }

  func read(_ layer: inout LayerReading) {
    let bytes = layer.extent.bytes
    let isEthernet = bytes.dropFirst(5).first.map { $0 >> 4 == 0 } ?? true
    let rows = isEthernet ? Self.table : Self.table.map { $0.key == "user" ? Self.otherUser : $0 }
    let there = layer.extent.length - EthernetHeader.length
    let isAllThere = layer.read(rows) { row, number in
      LayerReading.Note(
        row.key == "length" ? Self.remark(onLength: Int(number), isEthernet, there) : .none)
    }
    guard isAllThere else { return }
    let length = max(0, Int(Self.table[4].number(in: bytes)) - Self.countedLength)
    let end = Self.headerLength + length
    let frame = layer.extent.part(from: Self.headerLength, claimed: length)
    if isEthernet, length >= Self.shortestFrame {
      let isWhole = bytes.count >= end
      if isWhole { layer.read([Self.checkSequence], at: end - 4) }
      layer.add(next: EthernetProtocol(), isWhole ? frame.part(from: 0, claimed: length - 4) : frame)
    } else {
      layer.addData(frame)
    }
    layer.addPadding(layer.extent.part(from: end))
  }

  private static func remark(
    onLength length: Int, _ isEthernet: Bool, _ there: Int
  ) -> Dissection.Remark {
    if length > there { return .wrong("reaches beyond the frame: \(there) bytes are there") }
    let least = countedLength + (isEthernet ? shortestFrame : 0)
    return length < least ? .wrong("is below \(least) bytes, the shortest there is") : .right
  }
}
