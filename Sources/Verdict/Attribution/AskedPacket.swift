// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What a file asks of a play's packet where it is sent: by that it is known which packet is the play's.
struct AskedPacket {
  /// The packet as it was asked for.
  let asked: IPPacket
  /// Whether it must be sent.
  let isWanted: Bool
  /// The fields of which one value is asked, in order.
  let fields: [IPField]
  /// Their values.
  let values: [UInt128]
  /// The payload, where all bytes of it are asked; behind the transport header, where there is one.
  let payload: [UInt8]?
  /// What is asked of the transport header; nil where nothing is.
  let transport: WantedTransport?
  /// The fields of the transport header that the file says, each with what it must be.
  fileprivate let transportMatchers: [(field: LayerField, matcher: FieldMatcher)]
  private let matchers: [(field: IPField, matcher: FieldMatcher)]
  private let options: OptionsMatcher
  private let payloadMatcher: PayloadMatcher

  /// Reads what is asked of a play.
  init(_ passage: Passage) {
    let wanted = Wanted(play: passage.play, asked: passage.asked, isOfProgram: passage.isOfProgram)
    asked = passage.asked
    isWanted = passage.play.message.expect.mustBeSeen(at: .sent)
    var exact: [(IPField, UInt128)] = []
    var others: [(IPField, FieldMatcher)] = []
    for field in IPField.numeric(of: asked.version) {
      switch wanted.said(of: field, at: .sent) {
      case .value(let value)?: exact.append((field, value))
      case .any?, nil: break
      case let matcher?: others.append((field, matcher))
      }
    }
    (fields, values) = (exact.map(\.0), exact.map(\.1))
    matchers = others.map { (field: $0.0, matcher: $0.1) }
    options = wanted.saidOfOptions(at: .sent)
    payloadMatcher = wanted.payload(at: .sent).value
    if case .equals(let bytes) = payloadMatcher { payload = bytes } else { payload = nil }
    isPayloadBehindTransport = wanted.isPayloadBehindTransport(at: .sent)
    let transport = wanted.transport(at: .sent)
    self.transport = transport
    transportMatchers = transport?.saidMatchers ?? []
  }

  /// Whether the payload is what stands behind the transport header.
  private let isPayloadBehindTransport: Bool

  /// The protocol behind whose header the payload stands; nil where that is the IP header.
  var layer: (any TransportProtocol)? { isPayloadBehindTransport ? transport?.layer : nil }

  /// The payload of a packet, as this one's is meant.
  func contents(of packet: IPPacket) -> [UInt8] {
    layer.map { packet.contents(behind: $0) } ?? packet.payload
  }

  /// How many fields of the transport header are not as the file says.
  private func wrongTransportFields(of packet: IPPacket) -> Int {
    guard let transport, !transportMatchers.isEmpty else { return 0 }
    guard packet.header.protocol == transport.number,
      let segment = transport.segment(of: packet.payload)
    else { return transportMatchers.count }
    let seen = SeenSegment(segment, in: packet.header)
    return transportMatchers.count { !seen.matches($0.matcher, $0.field) }
  }

  /// Whether a packet is as asked in what no key can say.
  func matchesRest(of packet: IPPacket) -> Bool {
    matchers.allSatisfy { $0.matcher.matches($0.field, in: packet.header) }
      && options.matches(packet.header.variablePart) && wrongTransportFields(of: packet) == 0
      && (payload != nil || payloadMatcher.matches(contents(of: packet)))
  }

  private static let wrongPayload = 2000

  /// In how much a packet differs from what is asked: a field counts 1000, and a payload by the part of its bytes that
  /// differ; nil for a packet that has nothing in common with it.
  func distance(to packet: IPPacket) -> Int? {
    let contents = contents(of: packet)
    let isPayloadRight = payloadMatcher.matches(contents)
    guard PacketWay(packet.header) == PacketWay(asked.header) || (isPayloadRight && !contents.isEmpty)
    else { return nil }
    return 1000 * wrongFields(of: packet) + (isPayloadRight ? 0 : payloadDistance(to: contents))
  }

  /// Whether a packet is as asked but for one field of its header.
  func differsInOneField(from packet: IPPacket) -> Bool {
    payloadMatcher.matches(contents(of: packet)) && wrongFields(of: packet) == 1
  }

  private func wrongFields(of packet: IPPacket) -> Int {
    let wrong = zip(fields, values).count { field, value in field.value(in: packet.header) != value }
    let others = matchers.count { !$0.matcher.matches($0.field, in: packet.header) }
    return wrong + others + (options.matches(packet.header.variablePart) ? 0 : 1)
      + wrongTransportFields(of: packet)
  }

  private func payloadDistance(to seen: [UInt8]) -> Int {
    guard let payload, !payload.isEmpty || !seen.isEmpty else { return Self.wrongPayload }
    return Self.wrongPayload * seen.differences(from: payload) / max(payload.count, seen.count)
  }
}

extension AskedPacket {
  /// The fields of the transport header of which one value is asked, where the payload stands behind it.
  fileprivate var exactTransport: [(field: LayerField, value: UInt128)] {
    guard layer != nil else { return [] }
    return transportMatchers.compactMap { field, matcher in
      if case .value(let value) = matcher { (field, value) } else { nil }
    }
  }
}

extension IPPacket {
  /// What stands behind a transport header; nothing where there is none.
  func contents(behind layer: any TransportProtocol) -> [UInt8] {
    guard header.protocol == layer.number else { return [] }
    return Segment(layer, parsing: payload)?.payload ?? []
  }
}

/// Plays by what is asked of them.
struct AskedIndex {
  private let plays: [AskedPacket]
  private var wanted: [Int]
  /// The plays that ask for values of the same fields, those that ask most first.
  private var shapes: [Shape] = []

  private struct Shape {
    let fields: [IPField]
    let hasPayload: Bool
    /// The protocol behind whose header the payload stands; nil where that is the IP header.
    let layer: (any TransportProtocol)?
    /// The fields of that header of which one value is asked.
    let transportFields: [LayerField]
    var queues: [Key: Queue] = [:]

    func key(of packet: IPPacket) -> Key {
      let segment = layer.flatMap { Segment($0, parsing: packet.payload) }
      let contents = layer == nil ? packet.payload : segment?.payload ?? []
      return Key(
        values: fields.map { $0.value(in: packet.header) ?? .max }
          + transportFields.map { field in segment.map { UInt128($0.value(of: field)) } ?? .max },
        payload: hasPayload ? ByteKey(contents) : nil)
    }
  }

  /// What plays ask for values of.
  private struct Form: Hashable {
    let fields: [IPField]
    let hasPayload: Bool
    let layer: String?
    let transportFields: [String]

    init(_ play: AskedPacket) {
      fields = play.fields
      hasPayload = play.payload != nil
      layer = play.layer?.filterName
      transportFields = play.exactTransport.map(\.field.key)
    }
  }

  private struct Key: Hashable {
    let values: [UInt128]
    let payload: ByteKey?
  }

  /// Of plays that ask for the same values, and beside them for what no key can say, so many are looked at.
  private static let mostAhead = 64

  /// Takes plays, of which so many packets each are wanted.
  init(_ plays: [AskedPacket], _ wanted: [Int]) {
    self.plays = plays
    self.wanted = wanted
    var places: [Form: Int] = [:]
    // Those that must not be sent come last.
    let order = plays.indices.filter { plays[$0].isWanted } + plays.indices.filter { !plays[$0].isWanted }
    for index in order {
      let play = plays[index]
      let (form, exact) = (Form(play), play.exactTransport)
      let place = places[form] ?? shapes.count
      if place == shapes.count {
        places[form] = place
        shapes.append(
          Shape(
            fields: play.fields, hasPayload: form.hasPayload, layer: play.layer,
            transportFields: exact.map(\.field)))
      }
      let key = Key(
        values: play.values + exact.map(\.value), payload: play.payload.map(ByteKey.init))
      shapes[place].queues[key, default: Queue()].append(index)
    }
    shapes.sort {
      ($0.hasPayload ? 1 : 0, $0.fields.count + $0.transportFields.count)
        > ($1.hasPayload ? 1 : 0, $1.fields.count + $1.transportFields.count)
    }
  }

  /// The first play that wants such a packet, which is then one less.
  mutating func take(_ packet: IPPacket) -> Int? {
    for shape in shapes.indices {
      let key = shapes[shape].key(of: packet)
      guard shapes[shape].queues[key]?.next(where: { wanted[$0] > 0 }) != nil,
        let ahead = shapes[shape].queues[key]?.ahead(Self.mostAhead),
        let play = ahead.first(where: { wanted[$0] > 0 && plays[$0].matchesRest(of: packet) })
      else { continue }
      wanted[play] -= 1
      return play
    }
    return nil
  }

  /// The first play that such a packet is as asked for, whether it wants one or not.
  func first(_ packet: IPPacket) -> Int? {
    for shape in shapes {
      let ahead = shape.queues[shape.key(of: packet)]?.ahead(Self.mostAhead) ?? []
      if let play = ahead.first(where: { plays[$0].matchesRest(of: packet) }) { return play }
    }
    return nil
  }
}
