// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

extension Comparison {
  /// The table of what was wanted and what was seen: lengths, checksum and payload always, of the other
  /// fields those that the file speaks of and those that are wrong.
  var rows: [ComparisonRow] {
    var rows = IPv4Field.numeric.filter(isShown).map(row)
    if !cutShort.isEmpty { rows.append(bytesRow) }
    rows.append(payloadRow)
    return rows
  }

  private func isShown(_ field: IPv4Field) -> Bool {
    let isBasic = [.headerLength, .totalLength, .checksum].contains(field)
    let isSaid =
      wanted.message.header.values[field] != nil
      || Place.allCases.contains { wanted.message.expect.matcher(of: field, at: $0) != nil }
    return isBasic || isSaid || wrongFields[field] != nil
  }

  private func row(_ field: IPv4Field) -> ComparisonRow {
    let wrong = wrongFields[field] ?? [:]
    let packets = shown.merging(wrong) { $1 }
    let decisive = (wrong.places + packets.places).first.flatMap { packets[$0] }
    return ComparisonRow(
      title: field.title, wanted: decisive.map { wanted.field(field, of: $0).value.text(for: field) } ?? "",
      seen: packets.mapValues { field.format(field.value(in: $0.packet.header)) },
      remark: decisive.flatMap { remark(on: field, in: $0.packet.header) }, isWrong: !wrong.isEmpty)
  }

  private func remark(on field: IPv4Field, in header: IPv4Header) -> String? {
    switch field {
    case .checksum where header.isChecksumRight: "valid"
    case .checksum: "invalid, right is \(field.format(UInt32(header.rightChecksum())))"
    case .identification: "0x" + HexDump.hexString(header.bytes[4..<6])
    default: nil
    }
  }

  private var bytesRow: ComparisonRow {
    let packets = shown.merging(cutShort) { $1 }
    let length = cutShort.places.first.flatMap { packets[$0] }?.packet.header.totalLength ?? 0
    return ComparisonRow(
      title: "bytes there", wanted: "\(length)", seen: packets.mapValues { "\($0.bytes.count)" }, remark: nil,
      isWrong: true)
  }

  private var payloadRow: ComparisonRow {
    let place = wrongPayloads.places.first ?? datagrams.places.first ?? .sent
    var cells: [Place: String] = [:]
    for place in datagrams.places { cells[place] = payloadCell(at: place) }
    return ComparisonRow(
      title: "payload", wanted: wanted.payload(at: place).value.text, seen: cells, remark: nil,
      isWrong: !wrongPayloads.isEmpty || !misfits.isEmpty)
  }

  private func payloadCell(at place: Place) -> String {
    let matcher = wanted.payload(at: place).value
    if let payload = wrongPayloads[place] { return matcher.difference(from: payload) }
    if misfits[place] != nil { return "in pieces" }
    if case .equals = matcher { return "same" }
    return "matches"
  }
}

extension Comparison {
  /// Who changed what is wrong: what was asked, sent, arrived and delivered, held against each other.
  var changes: [String] {
    let sentences = IPv4Field.numeric.flatMap(changes) + payloadChanges
    guard sentences.isEmpty, !wrongFields.isEmpty || !wrongPayloads.isEmpty, isUnchanged else {
      return sentences
    }
    let all = shown.count == Place.allCases.count ? "All three" : "Both"
    return ["\(all) agree: the packet was not changed on its way."]
  }

  /// Whether the packets shown are the same, byte for byte, and more than one.
  private var isUnchanged: Bool {
    let packets = Set(shown.values.map { $0.packet.header.bytes + $0.packet.payload })
    return shown.count > 1 && packets.count == 1
  }

  /// The fields in which a fragment differs from its datagram without anybody having changed it.
  private static let differingInFragments: Set<IPv4Field> = [
    .totalLength, .moreFragments, .fragmentOffset, .checksum,
  ]

  private func changes(of field: IPv4Field) -> [String] {
    guard let wrong = wrongFields[field] else { return [] }
    let packets = shown.merging(wrong) { $1 }
    let isMixed = Set(packets.values.map(\.isFragment)).count > 1
    guard !(isMixed && Self.differingInFragments.contains(field)) else { return [] }
    var sentences: [String] = []
    var before = wanted.message.header.values[field].map { ("asked", $0.value) }
    for place in Place.allCases {
      let now = packets[place].map { (place.rawValue, field.value(in: $0.packet.header)) }
      if let before, let now, before.1 != now.1 {
        sentences.append(
          "\(place.changer) changed the \(field.title): \(before.0) \(field.format(before.1)),"
            + " \(now.0) \(field.format(now.1)).")
      }
      before = now
    }
    return sentences
  }

  private var payloadChanges: [String] {
    guard !wrongPayloads.isEmpty else { return [] }
    var sentences: [String] = []
    var before: [UInt8]? = wanted.message.payload.value
    for place in Place.allCases {
      let now = wrongPayloads[place] ?? datagrams[place]?.first.flatMap { try? $0.payload.get() }
      if let before, let now, before != now { sentences.append("\(place.changer) changed the payload.") }
      before = now
    }
    return sentences
  }
}

extension PayloadMatcher {
  /// How a payload differs, in a table's cell.
  func difference(from payload: [UInt8]) -> String {
    guard case .equals(let right) = self, right.count == payload.count,
      let index = right.indices.first(where: { right[$0] != payload[$0] })
    else { return payload.count == 1 ? "1 byte" : "\(payload.count) bytes" }
    return "differs at \(index)"
  }
}

extension Place {
  /// Who stands between this place and the one before.
  fileprivate var changer: String {
    switch self {
    case .sent: "The sending kernel"
    case .arrived: "The cable"
    case .delivered: "The receiving kernel"
    }
  }
}
