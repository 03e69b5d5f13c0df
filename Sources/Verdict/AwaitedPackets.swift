// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// How many of the packets that programs have to send were seen to be sent so far.
public struct AwaitedPackets: Sendable {
  private struct Entry {
    let passage: Passage
    /// How many packets each play of the message is to send at least.
    let copies: Int
    var wanted = 0
    var seen = 0
  }

  private let etherTypes: Set<EtherType>
  private var entries: [Entry] = []
  /// Which entry stands for a message, by the message's number.
  private var positions: [Int: Int] = [:]
  /// All entries before this one have what they want.
  private var firstLacking = 0

  /// Awaits nothing.
  public init() {
    etherTypes = []
  }

  /// Awaits a packet of each of the plays that a program has to send, or as many copies as are expected at
  /// least.
  public init(_ plays: [Play], of scenario: Scenario) {
    etherTypes = scenario.etherTypes
    for play in plays where scenario.program(in: play.message.from.value) != nil {
      guard play.message.expect.mustBeSeen(at: .sent) else { continue }
      let position = positions[play.number] ?? entries.count
      if position == entries.count {
        let passage = Passage(play, asked: play.message.packet(in: scenario))
        let copies = play.message.expect.copies(at: .sent)?.value.leastCopies
        entries.append(Entry(passage: passage, copies: copies ?? 1))
        positions[play.number] = position
      }
      entries[position].wanted += entries[position].copies
    }
  }

  /// Counts a frame for the first message that it can be and that lacks one.
  public mutating func note(_ frame: FrameRecord) {
    guard firstLacking < entries.count, frame.isOutgoing,
      let captured = CapturedPacket(frame, position: 0, etherTypes: etherTypes)
    else { return }
    let taker = entries[firstLacking...].firstIndex { entry in
      guard entry.seen < entry.wanted, let sighting = entry.passage.sighting(of: captured) else {
        return false
      }
      return sighting.place == .sent && !sighting.isLaterFragment
    }
    guard let taker else { return }
    entries[taker].seen += 1
    while firstLacking < entries.count && entries[firstLacking].seen >= entries[firstLacking].wanted {
      firstLacking += 1
    }
  }

  /// The packet of a play's message that is awaited next, in words; nil where all of its plays so far were seen.
  public func lacking(of play: Play) -> String? {
    guard let position = positions[play.number] else { return nil }
    let entry = entries[position]
    let wanted = entry.copies * (play.repetition - entry.passage.play.repetition + 1)
    guard entry.seen < wanted else { return nil }
    return entry.seen == 0
      ? "a packet of message \(play.number)" : "packet \(entry.seen + 1) of message \(play.number)"
  }
}

extension Sighting {
  /// Whether it is a piece of a datagram, and not the first.
  fileprivate var isLaterFragment: Bool { isFragment && packet.header.fragmentOffset > 0 }
}
