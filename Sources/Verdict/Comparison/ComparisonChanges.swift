// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

extension Comparison {
  /// Who changed what is wrong: what was asked, sent, arrived and delivered, held against each other.
  ///
  /// Of what the cable did something to, nobody says that nothing was changed: not all of it shows in the packet.
  func changes(isTouched: Bool) -> [String] {
    let sentences = IPv4Field.numeric.flatMap(changes) + optionsChanges + payloadChanges
    guard !isTouched, sentences.isEmpty, !wrongFields.isEmpty || !wrongPayloads.isEmpty, isUnchanged else {
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
    let packets = shown.merging(wrong) { $1 }.filter { $0.value.holds(field) }
    let isMixed = Set(packets.values.map(\.isFragment)).count > 1
    guard !(isMixed && Self.differingInFragments.contains(field)) else { return [] }
    var sentences: [String] = []
    var before = askedValue(of: field).map { ("asked", $0) }
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

  /// The value that the message itself sets, if it does.
  private func askedValue(of field: IPv4Field) -> UInt32? {
    let isSet = field == .checksum && wanted.message.header.checksum.span != nil
    return isSet ? UInt32(wanted.asked.header.checksum) : wanted.message.header.values[field]?.value
  }

  private var optionsChanges: [String] {
    guard let wrong = wrongFields[.options] else { return [] }
    let packets = shown.merging(wrong) { $1 }
    return sentences("options", from: wanted.message.header.options.map { _ in wanted.asked.header.options })
    {
      packets[$0]?.packet.header.options
    }
  }

  private var payloadChanges: [String] {
    guard !wrongPayloads.isEmpty else { return [] }
    return sentences("payload", from: wanted.message.payload.value) { place in
      wrongPayloads[place] ?? datagrams[place]?.first.flatMap { try? $0.payload.get() }
    }
  }

  /// Who changed bytes on their way from what was asked.
  private func sentences(
    _ title: String, from asked: [UInt8]?, _ bytes: (Place) -> [UInt8]?
  ) -> [String] {
    var sentences: [String] = []
    var before = asked
    for place in Place.allCases {
      let now = bytes(place)
      if let before, let now, before != now { sentences.append("\(place.changer) changed the \(title).") }
      before = now
    }
    return sentences
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
