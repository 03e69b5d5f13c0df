// SPDX-License-Identifier: Apache-2.0

/// The Internet Protocol, version 4 (RFC 791), by the table of `IPField`.
struct IPv4Protocol: LayerProtocol {
  let name = "Internet Protocol Version 4"
  let filterName = "ip"
  let headerName = "IPv4 header"
  let carriers: [Carrier] = [.linkType(228), .etherType(EtherType.ipv4.rawValue), .ipProtocol(4)]
  let fields = Self.table
  let otherFields = [LayerField(.options, of: .v4)]

  private static let table = IPField.numeric(of: .v4).map { LayerField($0, of: .v4) }

  func read(_ layer: inout LayerReading) {
    let extent = layer.extent
    let header = try? IPv4Header(parsing: extent.bytes)
    let note = { (row: LayerField, number: UInt64) in
      LayerReading.Note(Self.remark(row.key, number, header, extent))
    }
    guard layer.read(Self.table, note), let header else { return }
    Self.addOptions(of: header, &layer)
    let begin = IPv4Header.minimumLength + header.options.count
    // A total length of 0 is one that a network card was to fill in, with a packet for each piece that it cuts.
    let isLeftOut = header.totalLength == 0 && extent.isLengthKnown
    let claimed = max(0, (isLeftOut ? extent.length : Int(header.totalLength)) - begin)
    guard header.headerLength > extent.length || layer.requires(Int(header.headerLength)) else { return }
    Self.addPayload(of: header, extent.part(from: begin, claimed: claimed), &layer)
    layer.addPadding(extent.part(from: begin + claimed))
  }

  // MARK: - The header

  /// What a field says of itself; of a header that is not all there, its checksum says nothing.
  private static func remark(
    _ key: String, _ number: UInt64, _ header: IPv4Header?, _ extent: Extent
  ) -> Dissection.Remark {
    switch IPField(rawValue: key) {
    case .version: number == 4 ? .right : .wrong("should be 4")
    case .headerLength: remark(onHeaderLength: Int(number), extent)
    case .totalLength: remark(onTotalLength: Int(number), of: headerLength(extent), extent)
    case .checksum: remark(onChecksumOf: header, extent)
    default: .none
    }
  }

  private static func headerLength(_ extent: Extent) -> Int {
    extent.bytes.first.map { Int($0 & 0x0F) * 4 } ?? 0
  }

  private static func remark(onHeaderLength length: Int, _ extent: Extent) -> Dissection.Remark {
    if length < IPv4Header.minimumLength {
      return .wrong("is below \(IPv4Header.minimumLength) bytes, the shortest header possible")
    }
    return length <= extent.length
      ? .right : .wrong("reaches beyond the packet: \(extent.length) bytes are there")
  }

  private static func remark(
    onTotalLength length: Int, of headerLength: Int, _ extent: Extent
  ) -> Dissection.Remark {
    // Linux writes 0 where the packet is longer than the field can say (BIG TCP).
    if length == 0, extent.length > Int(UInt16.max) {
      return .unjudged("the packet is longer than the field can express")
    }
    if length == 0 { return .wrong("is 0, as before a network card fills it in") }
    if length < headerLength { return .wrong("is below the header length of \(headerLength) bytes") }
    return length <= extent.length
      ? .right : .wrong("reaches beyond the packet: \(extent.length) bytes are there")
  }

  private static func remark(onChecksumOf header: IPv4Header?, _ extent: Extent) -> Dissection.Remark {
    let needed = max(IPv4Header.minimumLength, headerLength(extent))
    guard let header, extent.bytes.count >= needed || needed > extent.length else {
      return extent.bytes.count < extent.length ? extent.lack : .none
    }
    return header.isChecksumRight ? .right : .wrong("should be 0x\(header.rightChecksum().hex)")
  }

  private static func addOptions(of header: IPv4Header, _ layer: inout LayerReading) {
    let isCut = IPv4Header.minimumLength + header.options.count < Int(header.headerLength)
    var rest = layer.extent.bytes.dropFirst(IPv4Header.minimumLength)
    for option in IPv4Option.parse(header.options) {
      let bytes = option.bytes
      // One that cannot be read is wrong, unless the rest of it is only not there.
      var (text, remark) = (option.description, Dissection.Remark.none)
      if case .malformed = option, isCut, !layer.extent.isWhole {
        (text, remark) = (HexDump.hexString(bytes), layer.extent.lack)
      } else if case .malformed = option {
        remark = .wrong("cannot be read")
      }
      layer.add(
        Dissection.Field(
          "Option", IPField.options.filterName(of: .v4), text, rest.prefix(bytes.count).indices,
          number: bytes.first.map { UInt64($0) }, remark: remark))
      rest = rest.dropFirst(bytes.count)
    }
  }

  // MARK: - What it carries

  /// Of the first fragment the payload's header can be there; a later one holds only data.
  private static func addPayload(of header: IPv4Header, _ part: Extent, _ layer: inout LayerReading) {
    guard header.fragmentOffset == 0 else {
      layer.addData(part)
      return
    }
    var context = layer.context
    context.pseudoHeader = PseudoHeader(
      source: header.source.octets[...], destination: header.lastDestination.octets[...])
    let payload =
      header.moreFragments
      ? Extent(part.bytes, length: Extent.unknownLength, gap: .otherFragments) : part
    layer.addNext(.ipProtocol(header.protocol), payload, context)
  }
}

extension IPv4Header {
  /// Where the packet goes in the end: what a source route that is not over yet ends with, else its destination.
  ///
  /// Checksums of what it carries cover this one (RFC 1122 §4.1.3.4).
  public var lastDestination: IPv4Address {
    for option in IPv4Option.parse(options).reversed() {
      switch option {
      case .looseSourceRoute(let pointer, let route), .strictSourceRoute(let pointer, let route):
        if Int(pointer) < 4 * (route.count + 1), let last = route.last { return last }
      default: continue
      }
    }
    return destination
  }
}
