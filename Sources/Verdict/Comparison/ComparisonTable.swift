// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

extension Comparison {
  /// The table of what was wanted and what was seen: lengths, checksum and payload always, of the other
  /// fields those that the file speaks of and those that are wrong.
  var rows: [ComparisonRow] {
    let version = wanted.asked.version
    var rows = IPField.numeric(of: version).filter(isShown).map(row)
    if isShown(.variablePart(of: version)) { rows.append(optionsRow) }
    if !cutShort.isEmpty { rows.append(bytesRow) }
    rows += transportRows.filter(isShown).compactMap(transportRow)
    rows.append(payloadRow)
    if Place.allCases.contains(where: { wanted.message.expect.fragments(at: $0) != nil }) {
      rows.append(piecesRow)
    }
    if let offloaded = offloadedRow { rows.append(offloaded) }
    return rows + FrameField.allCases.compactMap(frameRow) + [tagsRow].compactMap { $0 }
  }

  private func isShown(_ field: IPField) -> Bool {
    let isBasic = [.headerLength, .totalLength, .payloadLength, .checksum].contains(field)
    return isBasic || wanted.message.speaks(of: field) || wrongFields[field] != nil
  }

  private func row(_ field: IPField) -> ComparisonRow {
    let wrong = wrongFields[field] ?? [:]
    let packets = shown.merging(wrong) { $1 }
    let decisive = (wrong.places + packets.places).first.flatMap { packets[$0] }
    return ComparisonRow(
      title: field.title, wanted: decisive.map { wanted.field(field, of: $0).value.text(for: field) } ?? "",
      seen: packets.filter { $0.value.holds(field) }.compactMapValues { field.text(in: $0.packet.header) },
      remark: decisive.flatMap {
        $0.holds(.variablePart(of: $0.version)) ? remark(on: field, in: $0.packet.header) : nil
      },
      isWrong: !wrong.isEmpty)
  }

  private func remark(on field: IPField, in header: IPHeader) -> String? {
    guard let header = header.ipv4 else { return nil }
    return switch field {
    case .checksum where header.isChecksumRight: "valid"
    case .checksum: "invalid, should be \(field.format(UInt128(header.rightChecksum())))"
    case .identification: "0x" + HexDump.hexString(header.bytes[4..<6])
    default: nil
    }
  }

  private var optionsRow: ComparisonRow {
    let field = IPField.variablePart(of: wanted.asked.version)
    let wrong = wrongFields[field] ?? [:]
    let packets = shown.merging(wrong) { $1 }
    let decisive = (wrong.places + packets.places).first.flatMap { packets[$0] }
    let matcher = decisive.map { wanted.options(of: $0).value } ?? .any
    return ComparisonRow(
      title: field.title, wanted: matcher.text,
      seen: packets.filter { $0.value.holds(field) }.mapValues {
        matcher.cell(for: $0.packet.header.variablePart)
      },
      remark: nil,
      isWrong: !wrong.isEmpty)
  }

  /// Of the transport header the checksum is shown always.
  private func isShown(_ field: LayerField) -> Bool {
    field.isChecksum || wrongTransportFields[field.key] != nil
      || Place.allCases.contains { wanted.transport(at: $0)?.speaks(of: field) == true }
  }

  private func transportRow(_ field: LayerField) -> ComparisonRow? {
    let wrong = wrongTransportFields[field.key] ?? [:]
    let seen = shownSegments.merging(wrong) { $1 }
    guard let place = (wrong.places + seen.places).first, let decisive = seen[place],
      let transport = wanted.transport(at: place)
    else { return nil }
    let matcher = transport.matcher(of: field, in: decisive).value
    if field.key == WantedTransport.otherBits.key {
      return ComparisonRow(
        title: "\(transport.layer.title) \(field.title)", wanted: transport.askedBits,
        seen: seen.mapValues(\.bits), remark: nil, isWrong: true)
    }
    let isOptions = field.key == WantedTransport.options.key
    let remark =
      field.isChecksum && decisive.isWhole && !decisive.isOffloaded ? remark(on: field, decisive) : nil
    return ComparisonRow(
      title: "\(transport.layer.title) \(field.title)",
      wanted: isOptions ? transport.optionsMatcher.value.text : matcher.text(for: field),
      seen: seen.filter { $0.value.tells(field) && $0.value.has(field) }.mapValues { one in
        if isOptions { return transport.optionsMatcher.value.cell(for: one.segment.options) }
        return field.isChecksum && one.isOffloaded ? "offloaded" : field.text(one.segment.value(of: field))
      }, remark: decisive.isAllTold ? remark : nil, isWrong: !wrong.isEmpty)
  }

  private func remark(on checksum: LayerField, _ seen: SeenSegment) -> String {
    if seen.segment.value(of: checksum) == 0, seen.segment.layer.hasOptionalChecksum { return "none" }
    if seen.segment.isRight(checksum, in: seen.ip) { return "valid" }
    return "invalid, should be \(checksum.text(seen.segment.rightValue(of: checksum, in: seen.ip)))"
  }

  private var bytesRow: ComparisonRow {
    let packets = shown.merging(cutShort) { $1 }
    let length = cutShort.places.first.flatMap { packets[$0] }?.packet.header.statedLength ?? 0
    return ComparisonRow(
      title: "bytes there", wanted: "\(length)", seen: packets.mapValues { "\($0.bytes.count)" }, remark: nil,
      isWrong: true)
  }

  private var payloadRow: ComparisonRow {
    let place = wrongPayloads.places.first ?? wrongPieces.places.first ?? datagrams.places.first ?? .sent
    var cells: [Place: String] = [:]
    for place in datagrams.places { cells[place] = payloadCell(at: place) }
    return ComparisonRow(
      title: "payload", wanted: wanted.payload(at: place).value.text, seen: cells, remark: nil,
      isWrong: !wrongPayloads.isEmpty || !wrongPieces.isEmpty || !misfits.isEmpty)
  }

  private func payloadCell(at place: Place) -> String {
    let matcher = wanted.payload(at: place).value
    if let payload = wrongPayloads[place] { return matcher.difference(from: payload) }
    if misfits[place] != nil || wrongPieces[place] != nil { return "in pieces" }
    if case .equals = matcher { return "same" }
    return "matches"
  }

  private var piecesRow: ComparisonRow {
    let asked = (wrongPieceCounts.places + Place.allCases).lazy.compactMap {
      wanted.message.expect.fragments(at: $0)
    }
    var cells: [Place: String] = [:]
    for place in datagrams.places {
      cells[place] = String(wrongPieceCounts[place] ?? datagrams[place]?.first?.pieces.count ?? 0)
    }
    return ComparisonRow(
      title: "packets", wanted: asked.first.map { String($0.value) } ?? "any", seen: cells, remark: nil,
      isWrong: !wrongPieceCounts.isEmpty)
  }

  /// Where the checksum of UDP or TCP is one that a kernel left to a network card; nil where none is, or a row of its own
  /// tells it.
  private var offloadedRow: ComparisonRow? {
    let offloaded = shown.filter { $0.value.captured?.frame.isChecksumOffloaded == true }
    guard shownSegments.isEmpty, let one = offloaded.places.first.flatMap({ offloaded[$0] }) else {
      return nil
    }
    return ComparisonRow(
      title: "\(FrameSummary.protocolName(one.packet.header.protocol)) checksum", wanted: "any",
      seen: offloaded.mapValues { _ in "offloaded" }, remark: nil, isWrong: false)
  }

  /// The row of what is wrong with the tags of virtual LANs; nil where they are as wanted.
  private var tagsRow: ComparisonRow? {
    guard let first = wrongTags.places.first, let wrong = wrongTags[first]?.tags else { return nil }
    let seen = shown.merging(wrongTags.mapValues(\.sighting)) { $1 }.compactMapValues { $0.captured?.tags }
    return ComparisonRow(
      title: wrong.title, wanted: wrong.wantedText, seen: seen.mapValues(wrong.text), remark: nil,
      isWrong: true)
  }

  /// The row of a frame's field; nil where the file does not speak of it.
  private func frameRow(_ field: FrameField) -> ComparisonRow? {
    let wrong = wrongFrameFields[field] ?? [:]
    let matchers = (wrong.places + Place.allCases).lazy.compactMap {
      wanted.message.expect.matcher(of: field, at: $0)
    }
    guard let matcher = matchers.first else { return nil }
    let seen = shown.merging(wrong) { $1 }.compactMapValues { $0.value(of: field).map(field.format) }
    return ComparisonRow(
      title: field.title, wanted: matcher.value.text(for: field), seen: seen, remark: nil,
      isWrong: !wrong.isEmpty)
  }
}

extension Message {
  /// Whether the file says anything of a header field, as sent or as seen.
  fileprivate func speaks(of field: IPField) -> Bool {
    switch field {
    case .options, .extensions:
      header.options != nil || header.extensions != nil || expect.speaksOfVariablePart
    default:
      header.values[field] != nil || Place.allCases.contains { expect.matcher(of: field, at: $0) != nil }
    }
  }
}

extension PayloadMatcher {
  /// How a payload differs, in a table's cell.
  fileprivate func difference(from payload: [UInt8]) -> String {
    firstDifference(from: payload).map { "differs at \($0)" } ?? byteCount(payload.count)
  }

  /// Where a payload of the right number of bytes differs first; nil for any other.
  func firstDifference(from payload: [UInt8]) -> Int? {
    guard case .equals(let right) = self else { return nil }
    return payload.firstDifference(from: right)
  }
}

extension OptionsMatcher {
  /// What is asked, in a table's cell.
  fileprivate var text: String {
    switch self {
    case .equals(let bytes): bytes.isEmpty ? "none" : byteCount(bytes.count)
    case .any: "any"
    }
  }

  /// What options are, in a table's cell.
  fileprivate func cell(for options: [UInt8]) -> String {
    guard case .equals(let right) = self else { return options.isEmpty ? "none" : byteCount(options.count) }
    if options.isEmpty { return "none" }
    if options == right { return "same" }
    return options.firstDifference(from: right).map { "differs at \($0)" } ?? byteCount(options.count)
  }
}

extension [UInt8] {
  /// Where bytes of the right number differ first; nil where they do not, or there are others in number.
  fileprivate func firstDifference(from right: [UInt8]) -> Int? {
    right.count == count ? indices.first { right[$0] != self[$0] } : nil
  }
}

/// A number of bytes with its noun.
func byteCount(_ number: Int) -> String { number == 1 ? "1 byte" : "\(number) bytes" }
