// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// One message held against what must hold of it, field by field and place by place.
struct Comparison {
  let wanted: Wanted
  /// What was seen at the places where the message must be seen.
  let datagrams: [Place: [SeenDatagram]]
  /// The fields that are wrong, options included, and the first packet at each place that shows it.
  private(set) var wrongFields: [IPField: [Place: Sighting]] = [:]
  /// The fields of the frame that are wrong, and the first packet at each place that shows it.
  private(set) var wrongFrameFields: [FrameField: [Place: Sighting]] = [:]
  /// The fields of the transport header that are wrong, by their keys, and the first at each place that shows it.
  private(set) var wrongTransportFields: [String: [Place: SeenSegment]] = [:]
  /// What is there instead of a transport header, at each place where there is none.
  private(set) var noTransport: [Place: String] = [:]
  /// The transport header to show of each place: the first that is wrong, else the first.
  private(set) var shownSegments: [Place: SeenSegment] = [:]
  /// What is wrong with the tags of virtual LANs, and the first frame at each place that shows it.
  private(set) var wrongTags: [Place: (tags: WrongTags, sighting: Sighting)] = [:]
  /// The first payload at each place that is wrong.
  private(set) var wrongPayloads: [Place: [UInt8]] = [:]
  /// The first piece at each place that is wrong, where the pieces need not fit.
  private(set) var wrongPieces: [Place: Sighting] = [:]
  /// The first packet at each place that has fewer bytes than its total length says.
  private(set) var cutShort: [Place: Sighting] = [:]
  /// Where the fragments do not make up the datagram, and why.
  private(set) var misfits: [Place: IPFragments.Problem] = [:]
  /// Where the message is carried by another number of packets than wanted, and by how many.
  private(set) var wrongPieceCounts: [Place: Int] = [:]
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
    if let count = wanted.message.expect.fragments(at: place), count.value != datagram.pieces.count {
      wrongPieceCounts.setFirst(datagram.pieces.count, at: place)
    }
    switch datagram.payload {
    case .success(let payload):
      let segment = compareTransport(of: datagram, at: place)
      let isBehind = wanted.isPayloadBehindTransport(at: place)
      // Where the cable has cut the header nothing is left behind it.
      let contents = isBehind ? segment?.payload ?? (datagram.isCutByCable ? [] : nil) : payload
      guard let contents, !wanted.matches(contents, of: datagram, at: place) else { return }
      wrongPayloads.setFirst(contents, at: place)
      // Which of several pieces is to blame for a wrong payload cannot be said of every matcher.
      if let whole = datagram.pieces.first, !whole.isFragment { show(whole, isWrong: true) }
    case .failure where wanted.lenient.contains(place):
      guard let piece = datagram.firstPiece(unlike: wanted.ipPayload(at: place)) else { return }
      wrongPieces.setFirst(piece, at: place)
      show(piece, isWrong: true)
    case .failure(let problem):
      misfits.setFirst(problem, at: place)
    }
  }

  private mutating func compare(_ piece: Sighting) {
    let fields = fieldsWrong(in: piece)
    for field in fields { wrongFields[field, default: [:]].setFirst(piece, at: piece.place) }
    for field in frameFieldsWrong(in: piece) {
      wrongFrameFields[field, default: [:]].setFirst(piece, at: piece.place)
    }
    if let captured = piece.captured, let asked = wanted.tags(at: piece.place),
      let wrong = WrongTags(captured.tags, asked)
    {
      wrongTags.setFirst((wrong, piece), at: piece.place)
    }
    let isCutShort = !wanted.allowsLength(of: piece)
    if isCutShort { cutShort.setFirst(piece, at: piece.place) }
    show(piece, isWrong: !fields.isEmpty || isCutShort)
  }

  /// Holds the transport header of a datagram against what must hold of it; nil where there is none to be held.
  private mutating func compareTransport(of datagram: SeenDatagram, at place: Place) -> Segment? {
    guard let transport = wanted.transport(at: place) else { return nil }
    guard let seen = SeenSegment(datagram, transport) else {
      // Of what the cable has cut off nothing is wanted but what the file says.
      if datagram.isCutByCable, wanted.message.expect.transport(at: place) == nil { return nil }
      noTransport.setFirst(transport.absence(in: datagram), at: place)
      return nil
    }
    let wrong = transport.fieldsWrong(in: seen)
    for field in wrong { wrongTransportFields[field.key, default: [:]].setFirst(seen, at: place) }
    if shownSegments[place] == nil || !wrong.isEmpty { shownSegments[place] = seen }
    if !wrong.isEmpty, let first = datagram.pieces.first, !first.isFragment { show(first, isWrong: true) }
    return seen.segment
  }

  private mutating func show(_ sighting: Sighting, isWrong: Bool) {
    let place = sighting.place
    guard shown[place] == nil || (isWrong && !shownWrong.contains(place)) else { return }
    shown[place] = sighting
    if isWrong { shownWrong.insert(place) }
  }

  private func fieldsWrong(in sighting: Sighting) -> [IPField] {
    let header = sighting.packet.header
    let numeric = IPField.numeric(of: sighting.version).filter { field in
      !sighting.matches(wanted.field(field, of: sighting).value, field)
    }
    let options = wanted.options(of: sighting).value
    let variable = IPField.variablePart(of: sighting.version)
    let areOptionsRight =
      options == .any || (sighting.holds(variable) && options.matches(header.variablePart))
    return areOptionsRight ? numeric : numeric + [variable]
  }

  private func frameFieldsWrong(in sighting: Sighting) -> [FrameField] {
    guard sighting.captured != nil else { return [] }
    return FrameField.allCases.filter { field in
      guard let matcher = wanted.message.expect.matcher(of: field, at: sighting.place),
        let value = sighting.value(of: field)
      else { return false }
      return !matcher.value.matches(value)
    }
  }

  /// The positions of a packet's bytes that are not as wanted.
  func wrongBytes(of sighting: Sighting) -> Set<Int> {
    let fields = fieldsWrong(in: sighting)
    let inHeader = fields.filter { $0.isNumeric && sighting.holds($0) }.flatMap { field in
      let bits = field.bits(of: sighting.version)
      return (bits.lowerBound / 8)..<((bits.upperBound + 7) / 8)
    }
    let inOptions = fields.contains { !$0.isNumeric } ? wrongOptionBytes(of: sighting) : []
    return wrongPayloadBytes(of: sighting).union(inHeader).union(inOptions).union(
      wrongTransportBytes(of: sighting))
  }

  /// The fields of a packet's headers that are not as wanted, by the names of Wireshark's display filter.
  func wrongFieldNames(of sighting: Sighting) -> Set<String> {
    let transport = transportRows.filter { wrongTransportFields[$0.key]?[sighting.place] != nil }
    return Set(
      fieldsWrong(in: sighting).map { $0.filterName(of: sighting.version) } + transport.map(\.filterName))
  }

  private func wrongOptionBytes(of sighting: Sighting) -> Set<Int> {
    guard case .equals(let right) = wanted.options(of: sighting).value else { return [] }
    let options = sighting.packet.header.variablePart
    return Set(options.differingPositions(from: right).map { sighting.version.minimumHeaderLength + $0 })
  }

  private func wrongPayloadBytes(of sighting: Sighting) -> Set<Int> {
    guard case .equals(let whole) = wanted.payload(at: sighting.place).value else { return [] }
    let payload = sighting.packet.payload
    let isBehind = wanted.isPayloadBehindTransport(at: sighting.place)
    let header = isBehind ? shownSegments[sighting.place]?.segment.header ?? [] : []
    // What is wrong with the transport header is marked by its fields.
    let right = sighting.isFragment ? sighting.part(of: header + whole) : header + whole
    let start = sighting.packet.header.byteCount
    return Set(payload.differingPositions(from: right).map { start + $0 })
  }
}

extension Comparison {
  /// The rows of the transport header that is asked for, options included.
  var transportRows: [LayerField] {
    let layer = Place.allCases.lazy.compactMap { wanted.transport(at: $0)?.layer }.first
    return layer.map { $0.messageFields + [WantedTransport.options, WantedTransport.otherBits] } ?? []
  }

  /// The positions of a packet's bytes that are wrong in its transport header.
  private func wrongTransportBytes(of sighting: Sighting) -> Set<Int> {
    guard !sighting.isFragment, let seen = shownSegments[sighting.place] else { return [] }
    let start = sighting.packet.header.byteCount
    let wrong = transportRows.filter { wrongTransportFields[$0.key]?[sighting.place] != nil }
    let bytes = wrong.flatMap { field -> [Int] in
      field.key == WantedTransport.options.key
        ? Array(
          seen.segment.layer.minimumLength..<max(seen.segment.layer.minimumLength, seen.segment.header.count))
        : Array(field.byteRange)
    }
    return Set(bytes.map { start + $0 })
  }
}

extension [UInt8] {
  /// The positions at which these bytes are not the right ones, or beyond them.
  func differingPositions(from right: [UInt8]) -> [Int] {
    indices.filter { $0 >= right.count || self[$0] != right[$0] }
  }
}

extension Dictionary where Key == Place {
  /// The places that something is known of, in the order of the way.
  var places: [Place] { Place.allCases.filter { self[$0] != nil } }

  fileprivate mutating func setFirst(_ value: Value, at place: Place) {
    if self[place] == nil { self[place] = value }
  }
}

extension Comparison {
  /// The first wrong payload beside the one that was wanted, where all bytes of it are asked.
  var payloadDifference: PayloadDifference? {
    guard let place = wrongPayloads.places.first, let seen = wrongPayloads[place],
      case .equals(let right) = wanted.payload(at: place).value
    else { return nil }
    let position = zip(seen, right).prefix { $0 == $1 }.count
    return PayloadDifference(place: place, wanted: right, seen: seen, position: position)
  }
}
