// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

extension Comparison {
  /// Who changed what is wrong: what was asked, sent, arrived and delivered, held against each other.
  ///
  /// Somebody is named only where it is known what they were given: what a program put on the wire is the program's, and
  /// a plain cable changes nothing. Of what the cable did something to, nobody says that nothing was changed: not all of
  /// it shows in the packet.
  func changes(isTouched: Bool) -> [String] {
    let sentences =
      IPField.numeric.flatMap(changes) + optionsChanges + transportRows.flatMap(transportChanges)
      + payloadChanges
    let isWrong = !wrongFields.isEmpty || !wrongTransportFields.isEmpty || !wrongPayloads.isEmpty
    guard !isTouched, sentences.isEmpty, isWrong, isUnchanged else {
      return sentences
    }
    let all = shown.count == Place.allCases.count ? "All three" : "Both"
    return ["\(all) agree: the packet was not changed on its way."]
  }

  /// Whether all packets that the table is made of are the same, byte for byte, and there is more than one.
  private var isUnchanged: Bool {
    let wrong = wrongFields.values.flatMap(\.values)
    let packets = Set((shown.values + wrong).map { $0.packet.header.bytes + $0.packet.payload })
    return shown.count > 1 && packets.count == 1 && datagrams.values.allSatisfy { $0.count == 1 }
  }

  /// The fields in which a fragment differs from its datagram without anybody having changed it.
  private static let differingInFragments: Set<IPField> = [
    .totalLength, .moreFragments, .fragmentOffset, .checksum, .payloadLength, .nextHeader, .extensions,
  ]

  private func changes(of field: IPField) -> [String] {
    guard let wrong = wrongFields[field] else { return [] }
    let packets = shown.merging(wrong) { $1 }.filter { $0.value.holds(field) }
    let isMixed = Set(packets.values.map(\.isFragment)).count > 1
    guard !(isMixed && Self.differingInFragments.contains(field)) else { return [] }
    return changes(
      of: field.title, from: askedValue(of: field).map { field.format($0) },
      { packets[$0].flatMap { field.text(in: $0.packet.header) } }, saysValues: true)
  }

  /// The value that the message itself sets, if it does.
  private func askedValue(of field: IPField) -> UInt128? {
    let isSet = field == .checksum && wanted.message.header.checksum.span != nil
    return isSet ? field.value(in: wanted.asked.header) : wanted.message.header.values[field]?.value
  }

  private func transportChanges(of field: LayerField) -> [String] {
    guard let wrong = wrongTransportFields[field.key], let fields = wanted.message.transport,
      field.key != WantedTransport.options.key
    else { return [] }
    let seen = shownSegments.merging(wrong) { $1 }.filter { $0.value.tells(field) && !$0.value.isOffloaded }
    return changes(
      of: "\(fields.layer.title) \(field.title)", from: fields.values[field.key].map { field.text($0.value) },
      { seen[$0].map { field.text($0.segment.value(of: field)) } }, saysValues: true)
  }

  private var optionsChanges: [String] {
    let field = IPField.variablePart(of: wanted.asked.version)
    guard let wrong = wrongFields[field] else { return [] }
    let packets = shown.merging(wrong) { $1 }.filter { $0.value.holds(field) }
    let header = wanted.message.header
    let isAsked = header.options != nil || header.extensions != nil
    return changes(
      of: field.title, from: isAsked ? HexDump.hexString(wanted.asked.header.variablePart) : nil,
      { packets[$0].map { HexDump.hexString($0.packet.header.variablePart) } }, saysValues: false)
  }

  private var payloadChanges: [String] {
    guard !wrongPayloads.isEmpty else { return [] }
    return changes(
      of: "payload", from: HexDump.hexString(wanted.message.payload.value),
      { place in
        (wrongPayloads[place] ?? contents(at: place)).map { HexDump.hexString($0) }
      }, saysValues: false)
  }

  /// The first payload that was seen at a place, behind the transport header where it stands there.
  private func contents(at place: Place) -> [UInt8]? {
    wanted.isPayloadBehindTransport(at: place)
      ? shownSegments[place]?.segment.payload : datagrams[place]?.first.flatMap { try? $0.payload.get() }
  }

  /// What changed on its way from what was asked, as far as that is known, and who is known to have changed it.
  private func changes(
    of title: String, from asked: String?, _ value: (Place) -> String?, saysValues: Bool
  ) -> [String] {
    var sentences: [String] = []
    var before = wanted.isOfProgram ? nil : asked.map { ("asked", $0) }
    for place in Place.allCases {
      let now = value(place).map { (place.rawValue, $0) }
      if let before, let now, before.1 != now.1 {
        let values = saysValues ? ": \(before.0) \(before.1), \(now.0) \(now.1)" : ""
        sentences.append("\(change(at: place, of: title))\(values).")
      }
      before = now
    }
    return sentences
  }

  /// Who changed something that is another at a place than before, or where it changed.
  private func change(at place: Place, of title: String) -> String {
    switch place {
    case .sent: "The sending kernel changed the \(title)"
    case .arrived where shown[.arrived]?.sentHeader != nil: "The cable changed the \(title)"
    case .arrived: "Between the two ends of the cable the \(title) changed"
    case .delivered where datagrams[.arrived]?.count == 1 && datagrams[.delivered]?.count == 1:
      "The receiving kernel changed the \(title)"
    case .delivered: "Between its arrival and the socket the \(title) changed"
    }
  }
}
