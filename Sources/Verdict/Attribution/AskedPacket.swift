// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What a file asks of a play's packet where it is sent: by that it is known which packet is the play's.
struct AskedPacket {
  /// The packet as it was asked for.
  let asked: IPv4Packet
  /// Whether it must be sent.
  let isWanted: Bool
  /// The fields of which one value is asked, in order.
  let fields: [IPv4Field]
  /// Their values.
  let values: [UInt32]
  /// The payload, where all bytes of it are asked.
  let payload: [UInt8]?
  private let matchers: [(field: IPv4Field, matcher: FieldMatcher)]
  private let options: OptionsMatcher
  private let payloadMatcher: PayloadMatcher

  /// Reads what is asked of a play.
  init(_ passage: Passage) {
    let wanted = Wanted(play: passage.play, asked: passage.asked, isOfProgram: passage.isOfProgram)
    asked = passage.asked
    isWanted = passage.play.message.expect.mustBeSeen(at: .sent)
    var exact: [(IPv4Field, UInt32)] = []
    var others: [(IPv4Field, FieldMatcher)] = []
    for field in IPv4Field.numeric {
      switch wanted.said(of: field, at: .sent) {
      case .value(let value)?: exact.append((field, UInt32(truncatingIfNeeded: value)))
      case .any?, nil: break
      case let matcher?: others.append((field, matcher))
      }
    }
    (fields, values) = (exact.map(\.0), exact.map(\.1))
    matchers = others.map { (field: $0.0, matcher: $0.1) }
    options = wanted.saidOfOptions(at: .sent)
    payloadMatcher = wanted.payload(at: .sent).value
    if case .equals(let bytes) = payloadMatcher { payload = bytes } else { payload = nil }
  }

  /// Whether a packet is as asked in what no key can say.
  func matchesRest(of packet: IPv4Packet) -> Bool {
    matchers.allSatisfy { $0.matcher.matches($0.field, in: packet.header) }
      && options.matches(packet.header.options)
      && (payload != nil || payloadMatcher.matches(packet.payload))
  }

  private static let wrongPayload = 2000

  /// In how much a packet differs from what is asked: a field counts 1000, and a payload by the part of its bytes that
  /// differ; nil for a packet that has nothing in common with it.
  func distance(to packet: IPv4Packet) -> Int? {
    let isPayloadRight = payloadMatcher.matches(packet.payload)
    guard PacketWay(packet.header) == PacketWay(asked.header) || (isPayloadRight && !packet.payload.isEmpty)
    else { return nil }
    return 1000 * wrongFields(of: packet) + (isPayloadRight ? 0 : payloadDistance(to: packet.payload))
  }

  /// Whether a packet is as asked but for one field of its header.
  func differsInOneField(from packet: IPv4Packet) -> Bool {
    payloadMatcher.matches(packet.payload) && wrongFields(of: packet) == 1
  }

  private func wrongFields(of packet: IPv4Packet) -> Int {
    let wrong = zip(fields, values).count { field, value in field.value(in: packet.header) != value }
    let others = matchers.count { !$0.matcher.matches($0.field, in: packet.header) }
    return wrong + others + (options.matches(packet.header.options) ? 0 : 1)
  }

  private func payloadDistance(to seen: [UInt8]) -> Int {
    guard let payload, !payload.isEmpty || !seen.isEmpty else { return Self.wrongPayload }
    return Self.wrongPayload * seen.differences(from: payload) / max(payload.count, seen.count)
  }
}

/// Plays by what is asked of them.
struct AskedIndex {
  private let plays: [AskedPacket]
  private var wanted: [Int]
  /// The plays that ask for values of the same fields, those that ask most first.
  private var shapes: [Shape] = []

  private struct Shape {
    let fields: [IPv4Field]
    let hasPayload: Bool
    var queues: [Key: Queue] = [:]

    func key(of packet: IPv4Packet) -> Key {
      Key(
        values: fields.map { $0.value(in: packet.header) },
        payload: hasPayload ? ByteKey(packet.payload) : nil)
    }
  }

  private struct Key: Hashable {
    let values: [UInt32]
    let payload: ByteKey?
  }

  /// Of plays that ask for the same values, and beside them for what no key can say, so many are looked at.
  private static let mostAhead = 64

  /// Takes plays, of which so many packets each are wanted.
  init(_ plays: [AskedPacket], _ wanted: [Int]) {
    self.plays = plays
    self.wanted = wanted
    var places: [[IPv4Field]: [Bool: Int]] = [:]
    // Those that must not be sent come last.
    let order = plays.indices.filter { plays[$0].isWanted } + plays.indices.filter { !plays[$0].isWanted }
    for index in order {
      let (play, hasPayload) = (plays[index], plays[index].payload != nil)
      let place = places[play.fields]?[hasPayload] ?? shapes.count
      if place == shapes.count {
        places[play.fields, default: [:]][hasPayload] = place
        shapes.append(Shape(fields: play.fields, hasPayload: hasPayload))
      }
      let key = Key(values: play.values, payload: play.payload.map(ByteKey.init))
      shapes[place].queues[key, default: Queue()].append(index)
    }
    shapes.sort { ($0.hasPayload ? 1 : 0, $0.fields.count) > ($1.hasPayload ? 1 : 0, $1.fields.count) }
  }

  /// The first play that wants such a packet, which is then one less.
  mutating func take(_ packet: IPv4Packet) -> Int? {
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
  func first(_ packet: IPv4Packet) -> Int? {
    for shape in shapes {
      let ahead = shape.queues[shape.key(of: packet)]?.ahead(Self.mostAhead) ?? []
      if let play = ahead.first(where: { plays[$0].matchesRest(of: packet) }) { return play }
    }
    return nil
  }
}
