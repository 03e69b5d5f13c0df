// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// One message held against what must hold of it, field by field and place by place.
struct Comparison {
  let wanted: Wanted
  /// What was seen at the places where the message must be seen.
  let datagrams: [Place: [SeenDatagram]]
  /// The fields that are wrong, and the first packet at each place that shows it.
  private(set) var wrongFields: [IPv4Field: [Place: Sighting]] = [:]
  /// The first payload at each place that is wrong.
  private(set) var wrongPayloads: [Place: [UInt8]] = [:]
  /// The first packet at each place that has fewer bytes than its total length says.
  private(set) var cutShort: [Place: Sighting] = [:]
  /// Where the fragments do not make up the datagram, and why.
  private(set) var misfits: [Place: IPv4Fragments.Problem] = [:]
  /// The packet to show of each place: the first that is wrong, else the first.
  private(set) var shown: [Place: Sighting] = [:]
  /// The places whose packet to show is wrong.
  private var shownWrong: Set<Place> = []

  init(_ wanted: Wanted, _ datagrams: [Place: [SeenDatagram]]) {
    self.wanted = wanted
    self.datagrams = datagrams
    for place in Place.allCases {
      for datagram in datagrams[place] ?? [] { compare(datagram, at: place) }
    }
  }

  private mutating func compare(_ datagram: SeenDatagram, at place: Place) {
    for piece in datagram.pieces { compare(piece) }
    switch datagram.payload {
    case .success(let payload):
      guard !wanted.payload(at: place).value.matches(payload) else { return }
      wrongPayloads.setFirst(payload, at: place)
      // Which of several pieces is to blame for a wrong payload cannot be said of every matcher.
      if let whole = datagram.pieces.first, !whole.isFragment { show(whole, isWrong: true) }
    case .failure(let problem):
      misfits.setFirst(problem, at: place)
    }
  }

  private mutating func compare(_ piece: Sighting) {
    let fields = fieldsWrong(in: piece)
    for field in fields { wrongFields[field, default: [:]].setFirst(piece, at: piece.place) }
    let isCutShort = !wanted.allowsLength(of: piece)
    if isCutShort { cutShort.setFirst(piece, at: piece.place) }
    show(piece, isWrong: !fields.isEmpty || isCutShort)
  }

  private mutating func show(_ sighting: Sighting, isWrong: Bool) {
    let place = sighting.place
    guard shown[place] == nil || (isWrong && !shownWrong.contains(place)) else { return }
    shown[place] = sighting
    if isWrong { shownWrong.insert(place) }
  }

  private func fieldsWrong(in sighting: Sighting) -> [IPv4Field] {
    IPv4Field.numeric.filter { field in
      !wanted.field(field, of: sighting).value.matches(field, in: sighting.packet.header)
    }
  }

  /// The positions of a packet's bytes that are not as wanted.
  func wrongBytes(of sighting: Sighting) -> Set<Int> {
    let inHeader = fieldsWrong(in: sighting).flatMap { field in
      let bits = field.bits(in: sighting.packet.header)
      return (bits.lowerBound / 8)..<((bits.upperBound + 7) / 8)
    }
    return wrongPayloadBytes(of: sighting).union(inHeader)
  }

  private func wrongPayloadBytes(of sighting: Sighting) -> Set<Int> {
    guard !sighting.isFragment, case .equals(let right) = wanted.payload(at: sighting.place).value else {
      return []
    }
    let payload = sighting.packet.payload
    let start = sighting.packet.header.bytes.count
    let wrong = payload.indices.filter { $0 >= right.count || payload[$0] != right[$0] }
    return Set(wrong.map { start + $0 })
  }
}

extension Dictionary where Key == Place {
  /// The places that something is known of, in the order of the way.
  var places: [Place] { Place.allCases.filter { self[$0] != nil } }

  fileprivate mutating func setFirst(_ value: Value, at place: Place) {
    if self[place] == nil { self[place] = value }
  }
}
