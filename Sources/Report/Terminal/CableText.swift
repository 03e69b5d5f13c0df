// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What a cable is asked to do, in words.
enum CableText {
  /// The rows of a table, one a deed, direction by direction; none for a plain cable.
  static func rows(of cable: Cable?) -> [[String]] {
    guard let cable else { return [] }
    return deeds(of: cable.forward).map { ["cable", $0] }
      + deeds(of: cable.reverse).map { ["cable, reverse", $0] }
  }

  /// One line a deed, in the order in which they come.
  private static func deeds(of impairments: Impairments) -> [String] {
    let offload = impairments.checksumOffload ? ["fills in header checksums of zero"] : []
    let padding = impairments.padTo.map { ["pads frames to \($0) bytes"] } ?? []
    let loss = impairments.loss.map { ["loses \($0.percent) % of the packets, with seed \($0.seed)"] } ?? []
    let named = impairments.orders.map(text)
    let drops = impairments.drop.count
    return offload + padding + named.prefix(drops) + loss + named.dropFirst(drops)
  }

  private static func text(_ order: CableOrder) -> String {
    let choice = order.packets.value
    let packets = choice.words + (choice.seen.map { " of those that match (\(AskedText.text($0)))" } ?? "")
    return switch order.treatment {
    case .drop: "drops \(packets)"
    case .duplicate: "duplicates \(packets)"
    case .swap: "lets \(choice.number.map { "packet \($0 + 1)" } ?? "the next packet") overtake \(packets)"
    case .flip(let bit): "flips bit \(bit) of \(packets)"
    case .cut(let length): "truncates \(packets) to \(length) bytes"
    case .delay(let time): "delays \(packets) by \(time.formatted)"
    }
  }
}
