// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Which play each packet belongs to, where the plays did not wait for each other.
struct BurstAssignment {
  /// The plays, with what was seen of them so far.
  private(set) var passages: [Passage]
  /// The numbers of the messages that were delivered, in order.
  private(set) var deliveryOrder: [Int] = []
  /// The plays that were seen with certain bytes, by place and in order.
  private var seen: [Place: [Core: [Int]]] = [:]
  /// The plays by the packets that the cable numbered.
  private var owners: [CablePacket: Int] = [:]
  /// The plays of each message, in order.
  private var repetitions: [Repetitions]
  /// The plays that sent a datagram in pieces.
  private var cut: [Datagram: Int] = [:]

  /// A packet up to its total length, and the host that sent it.
  private struct Core: Hashable {
    let from: HostName
    let bytes: [UInt8]
  }

  /// What the pieces of one datagram have in common, of one protocol between two hosts (RFC 791 §3.2).
  private struct Datagram: Hashable {
    let from: HostName
    let identification: UInt16
  }

  /// The plays of one message, which take turns.
  private struct Repetitions {
    let plays: [Int]
    private var turn = 0

    init(plays: [Int]) {
      self.plays = plays
    }

    /// How often each play was seen at least.
    var level: Int { turn / plays.count }
    /// The first of the plays that were seen no more often than that.
    var next: Int { plays[turn % plays.count] }

    mutating func pass(_ count: (Int) -> Int) {
      while count(next) > level { turn += 1 }
    }
  }

  /// Begins with plays of which only the sending was seen.
  init(_ passages: [Passage]) {
    self.passages = passages
    let groups = Dictionary(grouping: passages.indices) { passages[$0].play.number }
    repetitions = groups.sorted { $0.key < $1.key }.map { Repetitions(plays: $0.value) }
    for (index, passage) in passages.enumerated() {
      for sighting in passage.sightings[.sent] ?? [] { note(sighting, index) }
    }
  }

  /// Gives each packet to a play, and gives back those that are nobody's; what was sent comes first.
  mutating func assign(_ captured: [CapturedPacket]) -> [CapturedPacket] {
    captured.filter { packet in
      let place: Place = packet.isOutgoing ? .sent : .arrived
      let sighting = { (passage: Passage) in passage.sighting(of: packet) }
      if place == .arrived, let packet = packet.cablePacket {
        return owners[packet].flatMap { take($0, as: sighting) } == nil
      }
      let core = Core(
        from: packet.isOutgoing ? packet.host : packet.host.other, bytes: packet.bytes.withoutPadding)
      return assign(core, at: place, as: sighting) == nil
    }
  }

  /// Gives each delivery to a play; what is too short to say whose it is belongs to one that misses it.
  mutating func assign(_ deliveries: [Delivery]) {
    for delivery in deliveries where !delivery.isStub {
      let core = Core(from: delivery.host.other, bytes: delivery.bytes.withoutPadding)
      let index = assign(core, at: .delivered) { $0.sighting(of: delivery) }
      if let index { deliveryOrder.append(passages[index].play.number) }
    }
    for stub in deliveries where stub.isStub {
      let missing = passages.firstIndex { passage in
        passage.count(at: .delivered) == 0 && passage.play.message.expect.mustBeSeen(at: .delivered)
      }
      if let index = missing ?? passages.indices.first { passages[index].add(stub) }
    }
  }

  /// Gives a packet to the play that was seen with the same bytes at the place before, else to the one that is most
  /// like it.
  private mutating func assign(
    _ core: Core, at place: Place, as sighting: (Passage) -> Sighting?
  ) -> Int? {
    if let index = exactPlay(core, at: place), let taken = take(index, as: sighting) { return taken }
    if place == .sent { return sentPlay(core.bytes, sighting).flatMap { take($0, as: sighting) } }
    return nearestPlay(core.bytes, at: place, sighting).flatMap { take($0, as: sighting) }
  }

  private mutating func take(_ index: Int, as sighting: (Passage) -> Sighting?) -> Int? {
    guard let found = sighting(passages[index]) else { return nil }
    passages[index].add(found)
    note(found, index)
    return index
  }

  private mutating func note(_ sighting: Sighting, _ index: Int) {
    let core = Core(from: passages[index].play.message.from.value, bytes: sighting.bytes.withoutPadding)
    seen[sighting.place, default: [:]][core, default: []].append(index)
    guard sighting.place == .sent else { return }
    if let packet = sighting.captured?.cablePacket { owners[packet] = index }
    if sighting.isFragment { cut[datagram(of: sighting, index)] = index }
  }

  private func datagram(of piece: Sighting, _ index: Int) -> Datagram {
    Datagram(
      from: passages[index].play.message.from.value, identification: piece.packet.header.identification)
  }

  /// The first play that was seen with these bytes at the place before and not yet at this one; where all were,
  /// the last.
  private func exactPlay(_ core: Core, at place: Place) -> Int? {
    let before = Place.allCases.prefix { $0 != place }.last.flatMap { seen[$0]?[core] } ?? []
    let used = seen[place]?[core]?.count ?? 0
    return used < before.count ? before[used] : before.last
  }

  /// The play that a packet is which its sender sent when it liked: of the message from which it differs in the fewest
  /// bytes, the first that was sent the least often; a further piece belongs to the play of the first.
  private mutating func sentPlay(_ core: [UInt8], _ sighting: (Passage) -> Sighting?) -> Int? {
    let candidates = repetitions.indices.compactMap { index in
      sighting(passages[repetitions[index].next]).map { (index: index, sighting: $0) }
    }
    guard let first = candidates.first else { return nil }
    let datagram = datagram(of: first.sighting, repetitions[first.index].next)
    if first.sighting.isFragment, let known = cut[datagram] { return known }
    for candidate in candidates {
      repetitions[candidate.index].pass { [passages] in passages[$0].count(at: .sent) }
    }
    let ranks = candidates.map { candidate in
      let (level, play) = (repetitions[candidate.index].level, repetitions[candidate.index].next)
      return (core.differences(from: passages[play].asked.bytes), level, play)
    }
    return ranks.min { $0 < $1 }?.2
  }

  /// The play whose packet differs in the fewest bytes; of several, one that is missed there, and of these the one
  /// that was first at the place before.
  private func nearestPlay(
    _ core: [UInt8], at place: Place, _ sighting: (Passage) -> Sighting?
  ) -> Int? {
    let candidates = passages.indices.filter { sighting(passages[$0]) != nil }
    guard candidates.count > 1 else { return candidates.first }
    let distances = candidates.map { (index: $0, distance: passages[$0].distance(to: core)) }
    let least = distances.map(\.distance).min()
    let nearest = distances.filter { $0.distance == least }.map(\.index)
    return nearest.map { (index: $0, rank: passages[$0].rank(at: place)) }.min { $0.rank < $1.rank }?.index
  }
}

extension Passage {
  /// In how many bytes a packet differs from what was asked for or seen, whichever is nearest.
  fileprivate func distance(to core: [UInt8]) -> Int {
    let seen = [Place.sent, .arrived].flatMap { sightings[$0] ?? [] }.map(\.bytes.withoutPadding)
    return (seen + [asked.bytes]).map { core.differences(from: $0) }.min() ?? 0
  }

  /// What decides between plays that are equally like a packet: the lowest has it.
  fileprivate func rank(at place: Place) -> (Int, Int) {
    let count = count(at: place)
    guard place == .delivered else { return (count, 0) }
    let arrived = sightings[.arrived] ?? []
    let missing = SeenDatagram.gather(arrived).count - count
    let next = arrived.dropFirst(count).first ?? arrived.last
    return (missing > 0 ? 0 : 1 + count, next?.captured?.position ?? .max)
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
