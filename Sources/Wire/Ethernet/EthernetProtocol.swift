// SPDX-License-Identifier: Apache-2.0

/// A frame of Ethernet II (RFC 894) or IEEE 802.3.
struct EthernetProtocol: LayerProtocol {
  let name = "Ethernet II"
  let filterName = "eth"
  let headerName = "Ethernet header"
  // 143 is a frame in an IP packet (RFC 8986 §10.1).
  let carriers = [Carrier.linkType(CaptureFile.ethernet), .ipProtocol(143)]
  let fields = Self.table
  let otherFields = [Self.lengthField]

  private static let table = [
    LayerField("destination", "Destination", "eth.dst", 0..<48, form: .macAddress),
    LayerField("source", "Source", "eth.src", 48..<96, form: .macAddress),
    LayerField("etherType", "Type", "eth.type", 96..<112, form: .hexadecimalNamed(EtherType.names)),
  ]
  private static let lengthField = LayerField("length", "Length", "eth.len", 96..<112, unit: "bytes")

  func read(_ layer: inout LayerReading) {
    if EthernetFraming.read(&layer, Self.table, Self.lengthField) { layer.name = "IEEE 802.3 Ethernet" }
  }
}

/// How Ethernet and the tags of virtual LANs say what follows: by an EtherType, or by a length and LLC.
enum EthernetFraming {
  /// Reads a header whose last field is an EtherType or a length; returns whether it is a length.
  @discardableResult
  static func read(_ layer: inout LayerReading, _ table: [LayerField], _ lengthField: LayerField) -> Bool {
    let bytes = layer.extent.bytes
    let begin = lengthField.byteRange.upperBound
    let number = bytes.count < begin ? 0x0600 : Int(lengthField.number(in: bytes))
    let rest = layer.extent.part(from: begin)
    switch number {
    case ...1500:
      layer.read(table.dropLast() + [lengthField]) { row, _ in
        guard row.filterName == lengthField.filterName else { return LayerReading.Note() }
        let reaches = number <= rest.length
        return LayerReading.Note(
          reaches ? .right : .wrong("reaches beyond the frame: \(rest.length) bytes are there"))
      }
      layer.addNext(.lengthField, layer.extent.part(from: begin, claimed: min(number, rest.length)))
      if number < rest.length { layer.addPadding(layer.extent.part(from: begin + number)) }
      return true
    case ..<0x0600:
      // IEEE 802.3 §3.2.6 gives these numbers no meaning.
      layer.read(table) { row, _ in
        LayerReading.Note(
          row.bits == lengthField.bits ? .wrong("is neither a length nor an EtherType") : .none)
      }
      layer.addData(rest)
    default:
      if layer.read(table) { layer.addNext(.etherType(UInt16(number)), rest) }
    }
    return false
  }
}
