// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What a cable is asked to do, in words.
enum CableText {
  /// One line a deed, in the order in which they come; none for a plain cable.
  static func deeds(of cable: Cable?) -> [String] {
    guard let cable else { return [] }
    let offload = cable.checksumOffload ? ["fills in header checksums of zero"] : []
    let padding = cable.padTo.map { ["pads frames to \($0) bytes"] } ?? []
    let loss = cable.loss.map { ["loses \($0.percent) % of the packets, by the seed \($0.seed)"] } ?? []
    return offload + padding + cable.drop.map { "drops packet \($0.value)" } + loss
      + cable.corrupt.map { "flips bit \($0.bit.value) of packet \($0.packet.value)" }
      + cable.truncate.map { "cuts packet \($0.packet.value) to \($0.to.value) bytes" }
      + cable.duplicate.map { "doubles packet \($0.value)" }
      + cable.swap.map { "lets packet \($0.value[1]) pass packet \($0.value[0])" }
      + cable.delay.map { "holds packet \($0.packet.value) back \($0.by.value.formatted)" }
  }
}
