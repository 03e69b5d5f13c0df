// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What was seen of one play on its way, and what came back on its account.
struct Passage: Sendable {
  /// What is known of it before anything was seen; a class, since a passage is copied more often than it is made.
  private final class Asked: Sendable {
    let play: Play
    let packet: IPPacket
    let isOfProgram: Bool
    let isNotDue: Bool

    init(_ play: Play, _ packet: IPPacket, isOfProgram: Bool, isNotDue: Bool) {
      (self.play, self.packet) = (play, packet)
      (self.isOfProgram, self.isNotDue) = (isOfProgram, isNotDue)
    }
  }

  private let all: Asked
  /// Its packets at each place, in the order in which they were seen.
  private(set) var sightings = Sightings()
  /// Packets of which the receiver read less than a header: whose they are cannot be seen, but they came now.
  private(set) var stubs: [Delivery] = []
  /// What came back on its account, in order; no more than the file asks for.
  private(set) var returned: [ReturnedDatagram] = []

  init(_ play: Play, asked: IPPacket, isOfProgram: Bool = false, isNotDue: Bool = false) {
    all = Asked(play, asked, isOfProgram: isOfProgram, isNotDue: isNotDue)
  }

  /// The play.
  var play: Play { all.play }
  /// The packet as it was asked for.
  var asked: IPPacket { all.packet }
  /// Whether a program sends it, in its own way.
  var isOfProgram: Bool { all.isOfProgram }
  /// Whether what it quotes or answers had not come, so that it was not sent.
  var isNotDue: Bool { all.isNotDue }

  /// Its packets at each place where any were seen, gathered to datagrams.
  var datagrams: [Place: [SeenDatagram]] {
    Place.allCases.reduce(into: [:]) { datagrams, place in
      if !sightings[place].isEmpty { datagrams[place] = SeenDatagram.gather(sightings[place]) }
    }
  }

  /// How many of its packets were seen at a place.
  func count(at place: Place) -> Int {
    sightings[place].count + (place == .delivered ? stubs.count : 0)
  }

  /// The packet of it that is awaited of a program next, in words; nil where all were sent.
  var awaitedPacket: String? {
    let count = SeenDatagram.gather(sightings[.sent]).count
    guard count < play.message.expect.leastCopies(at: .sent) else { return nil }
    return count == 0 ? "a packet of \(play.title)" : "packet \(count + 1) of \(play.title)"
  }

  /// What a captured packet is as one of this play's; nil where it is none.
  ///
  /// What arrives under a number of the cable's is the packet that was sent under it, whatever became of it. Another
  /// is this play's when it has the source, destination and protocol that were asked for, or carries the payload or
  /// the piece of it that its offset says: what a kernel may have changed must not hide it.
  func sighting(of captured: CapturedPacket) -> Sighting? {
    guard let place = captured.place(from: play.message.from.value) else { return nil }
    if place == .arrived, let packet = captured.cablePacket {
      let twin = sightings[.sent].first { $0.captured?.cablePacket == packet }
      return twin.map { Sighting(captured, sentAs: $0, asked: asked) }
    }
    let sighting = Sighting(captured, place: place, asked: asked)
    return sighting.flatMap { $0.packet.isKin(to: asked) ? $0 : nil }
  }

  /// What a delivered packet is as one of this play's; nil where it is none.
  func sighting(of delivery: Delivery) -> Sighting? {
    guard delivery.host == play.message.from.value.other, let sighting = Sighting(delivery, asked: asked)
    else { return nil }
    let isMine = sighting.packet.isKin(to: asked) || sightings[.arrived].contains(where: sighting.isCopy)
    return isMine ? sighting : nil
  }

  mutating func add(_ sighting: Sighting) {
    sightings[sighting.place].append(sighting)
  }

  mutating func add(_ stub: Delivery) {
    stubs.append(stub)
  }

  /// Whether as much has come back as the file asks for.
  var hasAllReturned: Bool { returned.count >= play.message.expect.returned.count }

  /// Takes what the file says comes back on its account.
  mutating func takeReturned(from others: inout ReturningPackets) {
    for index in returned.indices { others.give(to: &returned[index]) }
    let awaited = play.message.expect.returned
    while returned.count < awaited.count, let first = others.popFirst() {
      var datagram = ReturnedDatagram(first, awaited[returned.count])
      others.give(to: &datagram)
      returned.append(datagram)
    }
  }
}

/// Packets by the place where they were seen.
struct Sightings: Sendable {
  private var sent: [Sighting] = []
  private var arrived: [Sighting] = []
  private var delivered: [Sighting] = []

  /// Those of a place, in the order in which they were seen.
  subscript(place: Place) -> [Sighting] {
    get {
      switch place {
      case .sent: sent
      case .arrived: arrived
      case .delivered: delivered
      }
    }
    _modify {
      switch place {
      case .sent: yield &sent
      case .arrived: yield &arrived
      case .delivered: yield &delivered
      }
    }
  }
}
