// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A play of each message that passed: one that is like it in all that is judged passes too, and is not looked at field by
/// field.
struct PassedPlays {
  /// By the numbers of their messages.
  private var models: [Int: Model] = [:]
  /// A cable that does anything can make the bytes of one packet out of another, which must be judged otherwise.
  private let isCablePlain: Bool

  private struct Model {
    let passage: Passage
    /// Whether the file is silent on what kernels number their packets by, and on the checksum that changes with it.
    let isSilentOnNumbers: Bool
  }

  /// Knows no play yet.
  init(_ scenario: Scenario) {
    isCablePlain = scenario.network.cable == nil
  }

  /// Whether a play passes because an earlier one did that was asked for and seen in the same way.
  func vouch(for passage: Passage, _ record: MessageRecord) -> Bool {
    guard let model = models[passage.play.number], passage.isJudgedByPackets(record),
      passage.asked == model.passage.asked
    else { return false }
    return Place.allCases.allSatisfy { place in
      let (seen, right) = (passage.sightings[place], model.passage.sightings[place])
      return seen.count == right.count
        && zip(seen, right).allSatisfy { $0.isLike($1, whateverNumbers: model.isSilentOnNumbers) }
    }
  }

  /// Takes note of a play that passed.
  mutating func insert(_ passage: Passage, _ record: MessageRecord) {
    let number = passage.play.number
    guard isCablePlain, passage.play.message.repetitions > 1, models[number] == nil,
      passage.isJudgedByPackets(record)
    else { return }
    models[number] = Model(
      passage: passage, isSilentOnNumbers: passage.play.message.isSilentOnNumbers)
  }
}

extension Passage {
  /// Whether the packets of it that were seen on its way say all that is judged.
  fileprivate func isJudgedByPackets(_ record: MessageRecord) -> Bool {
    record.sendFailure == nil && stubs.isEmpty && play.message.expect.returned.isEmpty
      && play.message.expect.counters.rises.isEmpty
  }
}

extension Message {
  /// Whether a file neither sets identification and checksum nor asks anything of them.
  fileprivate var isSilentOnNumbers: Bool {
    header.values[.identification] == nil && header.checksum.span == nil
      && Place.allCases.allSatisfy { place in
        expect.matcher(of: .identification, at: place) == nil
          && expect.matcher(of: .checksum, at: place) == nil
      }
  }
}

extension Sighting {
  /// Whether all that is judged of it is as in another packet at the same place; of IPv4 perhaps whatever numbers a kernel
  /// gave both, as long as the checksum is right.
  fileprivate func isLike(_ other: Sighting, whateverNumbers: Bool) -> Bool {
    guard originalLength == other.originalLength, isFramedLike(other) else { return false }
    if bytes == other.bytes { return true }
    // By their numbers pieces are known to belong together.
    guard whateverNumbers, version == .v4, !isFragment else { return false }
    return isAlikeButForNumbers(other) && packet.header.ipv4?.isChecksumRight == true
  }

  /// Whether all bytes of both are alike but for the identification and the checksum of their IPv4 headers.
  private func isAlikeButForNumbers(_ other: Sighting) -> Bool {
    let others = other.bytes
    return bytes.count == others.count && bytes[..<4] == others[..<4] && bytes[6..<10] == others[6..<10]
      && bytes[12...] == others[12...]
  }

  /// Whether the frames of both are alike, or a socket was handed both.
  private func isFramedLike(_ other: Sighting) -> Bool {
    guard let captured, let model = other.captured else { return captured == nil && other.captured == nil }
    return captured.ethernet == model.ethernet && captured.tags == model.tags
      && captured.frame.isChecksumOffloaded == model.frame.isChecksumOffloaded
  }
}
