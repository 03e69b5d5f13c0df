// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Which play each packet belongs to, where the plays did not wait for each other.
struct BurstAssignment {
  /// The plays, with what was seen of them so far.
  private(set) var passages: [Passage]
  /// The numbers of the messages that were delivered, in order.
  private(set) var deliveryOrder: [Int] = []
  /// The plays that sent certain bytes.
  private let senders: [[UInt8]: [Int]]
  /// How many of those plays were seen with these bytes, by place.
  private var seen: [Place: [[UInt8]: Int]] = [:]

  /// Begins with plays of which only the sending was seen.
  init(_ passages: [Passage]) {
    self.passages = passages
    var senders: [[UInt8]: [Int]] = [:]
    for (index, passage) in passages.enumerated() {
      for sighting in passage.sightings[.sent] ?? [] {
        senders[sighting.bytes.withoutPadding, default: []].append(index)
      }
    }
    self.senders = senders
  }

  /// Gives each packet to a play, and gives back those that are nobody's.
  mutating func assign(_ captured: [CapturedPacket]) -> [CapturedPacket] {
    captured.filter { packet in
      assign(packet.bytes) { $0.sighting(of: packet) } == nil
    }
  }

  /// Gives each delivery to a play; what is too short to say whose it is belongs to one that misses it.
  mutating func assign(_ deliveries: [Delivery]) {
    for delivery in deliveries where !delivery.isStub {
      guard let index = assign(delivery.bytes, as: { $0.sighting(of: delivery) }) else { continue }
      deliveryOrder.append(passages[index].play.number)
    }
    for stub in deliveries where stub.isStub {
      let missing = passages.firstIndex { passage in
        passage.count(at: .delivered) == 0 && passage.play.message.expect.mustBeSeen(at: .delivered)
      }
      if let index = missing ?? passages.indices.first { passages[index].add(stub) }
    }
  }

  /// Gives a packet to the play that sent the same bytes, else to the one that is most like it.
  private mutating func assign(_ bytes: [UInt8], as sighting: (Passage) -> Sighting?) -> Int? {
    let core = bytes.withoutPadding
    if let index = exactPlay(core, sighting), let seen = sighting(passages[index]) {
      self.seen[seen.place, default: [:]][core, default: 0] += 1
      passages[index].add(seen)
      return index
    }
    guard let (index, seen) = nearestPlay(core, sighting) else { return nil }
    passages[index].add(seen)
    return index
  }

  /// The first play that sent these bytes and was not yet seen with them; where all were, the last.
  private func exactPlay(_ core: [UInt8], _ sighting: (Passage) -> Sighting?) -> Int? {
    guard let candidates = senders[core], let last = candidates.last,
      let place = sighting(passages[last])?.place
    else { return nil }
    let used = seen[place]?[core] ?? 0
    return used < candidates.count ? candidates[used] : last
  }

  /// The play whose packet differs in the fewest bytes; of several, one that was not seen there yet.
  private func nearestPlay(
    _ core: [UInt8], _ sighting: (Passage) -> Sighting?
  ) -> (index: Int, sighting: Sighting)? {
    let candidates = passages.enumerated().compactMap { index, passage in
      sighting(passage).map { seen in
        (index: index, sighting: seen, rank: (passage.distance(to: core), passage.count(at: seen.place)))
      }
    }
    return candidates.min { $0.rank < $1.rank }.map { ($0.index, $0.sighting) }
  }
}

extension Passage {
  /// In how many bytes a packet differs from what was asked for or sent, whichever is nearer.
  fileprivate func distance(to core: [UInt8]) -> Int {
    let sent = (sightings[.sent] ?? []).map(\.bytes.withoutPadding)
    return (sent + [asked.bytes]).map { core.differences(from: $0) }.min() ?? 0
  }
}

extension [UInt8] {
  /// A packet's bytes up to its total length, as far as they are there.
  var withoutPadding: [UInt8] {
    guard count >= IPv4Header.minimumLength else { return self }
    let totalLength = Int(self[2]) << 8 | Int(self[3])
    return totalLength < IPv4Header.minimumLength ? self : Array(prefix(totalLength))
  }

  /// In how many positions two runs of bytes differ, what only one of them has included.
  func differences(from other: [UInt8]) -> Int {
    zip(self, other).count { $0 != $1 } + abs(count - other.count)
  }
}
