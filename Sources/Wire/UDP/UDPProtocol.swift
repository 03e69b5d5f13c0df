// SPDX-License-Identifier: Apache-2.0

/// The User Datagram Protocol (RFC 768).
struct UDPProtocol: TransportProtocol {
  /// Its number in an IP header.
  static let number: UInt8 = 17

  let name = "User Datagram Protocol"
  let filterName = "udp"
  let headerName = "UDP header"
  let title = "UDP"
  let hasOptionalChecksum = true
  let mirrored = PortNumbers.mirrored
  let carriers = [Carrier.ipProtocol(Self.number)]
  let fields = Self.table

  private static let headerLength = 8
  private static let table = [
    LayerField(
      "sourcePort", "Source Port", "udp.srcport", 0..<16, form: .named(PortNumbers.udp),
      leftOut: PortNumbers.source),
    LayerField(
      "destinationPort", "Destination Port", "udp.dstport", 16..<32, form: .named(PortNumbers.udp),
      leftOut: .required),
    LayerField("length", "Length", "udp.length", 32..<48, unit: "bytes", leftOut: .length),
    LayerField(
      "checksum", "Checksum", "udp.checksum", 48..<64, form: .hexadecimal,
      leftOut: .checksum(withPseudoHeader: true)),
  ]

  func read(_ layer: inout LayerReading) {
    let whole = layer
    let isAllThere = layer.read(Self.table) { row, number in
      switch row.key {
      case "length": LayerReading.Note(Self.remark(onLength: Int(number), whole.extent))
      case "checksum": Self.note(onChecksum: number, whole)
      default: LayerReading.Note()
      }
    }
    guard isAllThere else { return }
    let stated = Int(Self.table[2].number(in: layer.extent.bytes))
    let length = stated < Self.headerLength ? layer.extent.length : min(stated, layer.extent.length)
    layer.addData(layer.extent.part(from: Self.headerLength, claimed: length - Self.headerLength))
    layer.addPadding(layer.extent.part(from: length))
  }

  private static func remark(onLength length: Int, _ extent: Extent) -> Dissection.Remark {
    // A jumbogram has a length of 0 (RFC 2675 §4).
    if length == 0, extent.isLengthKnown, extent.length > Int(UInt16.max) { return .none }
    if length < headerLength { return .wrong("is below \(headerLength) bytes, the length of the header") }
    if length <= extent.length { return .right }
    return extent.gap == .packetEnds || extent.isLengthKnown
      ? .wrong("reaches beyond the packet: \(extent.length) bytes are there") : extent.lack
  }

  /// The checksum covers as much as the length says.
  private static func note(onChecksum number: UInt64, _ layer: LayerReading) -> LayerReading.Note {
    let isIPv4 = layer.context.pseudoHeader?.source.count == 4
    if number == 0, isIPv4 { return LayerReading.Note(name: "none") }
    // Whatever else is known of it (RFC 8200 §8.1).
    if number == 0, layer.context.pseudoHeader != nil {
      return LayerReading.Note(.wrong("must not be zero in IPv6"))
    }
    let stated = Int(table[2].number(in: layer.extent.bytes))
    guard stated >= headerLength, stated <= layer.extent.length else {
      return LayerReading.Note(stated == 0 ? .none : .unjudged("the length is wrong"))
    }
    return LayerReading.Note(layer.part(claimed: stated).remark(onChecksum: number, of: Self.number))
  }
}
