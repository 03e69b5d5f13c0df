// SPDX-License-Identifier: Apache-2.0

/// The Internet Protocol, version 6 (RFC 8200).
struct IPv6Protocol: LayerProtocol {
  let name = "Internet Protocol Version 6"
  let filterName = "ipv6"
  let headerName = "IPv6 header"
  let carriers: [Carrier] = [.linkType(229), .etherType(EtherType.ipv6.rawValue), .ipProtocol(41)]
  let fields = Self.table

  private static let table = IPField.numeric(of: .v6).map { LayerField($0, of: .v6) }

  func read(_ layer: inout LayerReading) {
    let extent = layer.extent
    let there = extent.length - IPv6Header.length
    let isAllThere = layer.read(Self.table) { row, number in
      switch row.key {
      case "version": LayerReading.Note(number == 6 ? .right : .wrong("should be 6"))
      case "payloadLength": LayerReading.Note(Self.remark(onLength: Int(number), there, extent))
      default: LayerReading.Note()
      }
    }
    guard isAllThere, let header = try? IPv6Header(parsing: extent.bytes) else { return }
    var context = layer.context
    let begin = extent.bytes.startIndex
    context.pseudoHeader = PseudoHeader(
      source: extent.bytes[begin + 8..<begin + 24], destination: extent.bytes[begin + 24..<begin + 40])
    // A length of 0 leaves it to a jumbo payload option (RFC 2675), or to the card that would have cut the packet: what is
    // longer than the field can say is no padding.
    let isLeftOut = header.payloadLength == 0 && (header.nextHeader == 0 || Self.isBeyondField(extent))
    let claimed = isLeftOut ? there : Int(header.payloadLength)
    layer.addNext(
      .ipProtocol(header.nextHeader), extent.part(from: IPv6Header.length, claimed: claimed), context)
    layer.addPadding(extent.part(from: IPv6Header.length + claimed))
  }

  private static func remark(
    onLength length: Int, _ there: Int, _ extent: Extent
  ) -> Dissection.Remark {
    if length == 0, extent.bytes.dropFirst(6).first == 0 {
      return HopByHopProtocol.lacksJumboPayload(extent.bytes.dropFirst(IPv6Header.length))
        ? .wrong("is 0, and no jumbo payload option says how long it is (RFC 2675 §3)") : .none
    }
    // Linux writes 0 where the packet is longer than the field can say (BIG TCP).
    if length == 0, isBeyondField(extent) {
      return .unjudged(
        "the packet is longer than the field can"
          + " express")
    }
    return length <= there ? .right : .wrong("reaches beyond the packet: \(max(0, there)) bytes are there")
  }

  /// Whether more stands behind the header than a payload length can say.
  private static func isBeyondField(_ extent: Extent) -> Bool {
    extent.isLengthKnown && extent.length - IPv6Header.length > Int(UInt16.max)
  }
}
