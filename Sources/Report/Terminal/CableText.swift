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
    let loss = impairments.loss.map { ["loses \($0.percent) % of the packets, by the seed \($0.seed)"] } ?? []
    return offload + padding + impairments.drop.map { "drops packet \($0.value)" } + loss
      + impairments.corrupt.map { "flips bit \($0.bit.value) of packet \($0.packet.value)" }
      + impairments.truncate.map { "cuts packet \($0.packet.value) to \($0.to.value) bytes" }
      + impairments.duplicate.map { "doubles packet \($0.value)" }
      + impairments.swap.map { "lets packet \($0.value[1]) pass packet \($0.value[0])" }
      + impairments.delay.map { "holds packet \($0.packet.value) back \($0.by.value.formatted)" }
  }
}
