// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// Plays of which an earlier one of the same message passed: they are judged as if each were a message of its own.
@Suite struct PassedPlaysTests {
  /// Messages of all that can be asked of one: nothing, numbers of a kernel, a frame, options, a transport header.
  static let messages = [
    "payload: 'ab'",
    "payload: 'ab', header: { identification: 0x1234 }",
    "payload: 'ab', expect: { header: { identification: { max: 0x7fff } } }",
    "payload: 'ab', expect: { arrived: { header: { checksum: 'valid' } } }",
    "payload: 'ab', header: { checksum: 'bad' }, expect: { delivered: false }",
    "payload: 'ab', expect: { frame: { destination: '00:00:91:06:41:e1' } }",
    "payload: 'ab', header: { options: ['nop'] }",
    "payload: 'ab', udp: { sourcePort: 1, destinationPort: 2 }",
  ]

  /// Three plays of a message, or three messages that are alike, each seen everywhere as it was asked for.
  private struct Played {
    let scenario: Scenario
    let record: CaseRecord

    init(_ message: String, repeated: Bool) throws {
      let exchange =
        repeated
        ? "{ \(message), repeat: 3 }"
        : [String](repeating: "{ \(message) }", count: 3).joined(separator: ",")
      var played = try PlayedCase("{ exchange: [\(exchange)] }")
      for (index, play) in played.scenario.plays.enumerated() {
        let header = play.message.header
        // Each has a number of its own, as a kernel gives it, unless the file says which.
        if header.values[.identification] == nil, header.checksum.span == nil {
          played.change(message: index) { packet in
            packet.header.identification = UInt16(0x0101 * (index + 1))
            packet = packet.withRightChecksum
          }
        }
        if !play.message.expect.mustBeSeen(at: .delivered) { played.lose(at: [.delivered], message: index) }
      }
      (scenario, record) = (played.scenario, played.record)
    }

    func findings(flipping bit: Int, at places: [Place]) -> [String] {
      var spoiled = record
      spoiled.messages[1].flip(bit, at: places)
      return Judge.judge(scenario, spoiled).allFindings.map { "\($0.kind): \($0.text)" }
    }
  }

  @Test("a flipped bit of a later play is found as in a message of its own", arguments: messages)
  func flippedBits(_ message: String) throws {
    let (plays, messages) = (try Played(message, repeated: true), try Played(message, repeated: false))
    #expect(Judge.judge(plays.scenario, plays.record).allFindings.map(\.text) == [])
    for byte in plays.record.messages[1].frames[0].bytes.indices {
      let bit = byte * 8 + byte % 8
      for places in [[Place.sent], [.arrived], [.delivered], [.arrived, .delivered]] {
        #expect(
          plays.findings(flipping: bit, at: places) == messages.findings(flipping: bit, at: places),
          "bit \(bit) \(places)")
      }
    }
  }

  @Test("what stands beside the packets of a later play is found too")
  func besidePackets() throws {
    let failure = SendFailure(errno: "EPERM", description: "send: Operation not permitted (EPERM)")
    #expect(try kinds("payload: 'ab'") { $0.sendFailure = failure } == [.sendFailed])
    #expect(try kinds("payload: 'ab'") { $0.frames += $0.frames } == [.copies(.sent)])
    #expect(try kinds("payload: 'ab'") { $0.deliveries = [] } == [.notSeen(.delivered)])
    let stub = Delivery(bytes: [0x45], originalLength: 22, at: .receiver, timestamp: 0)
    #expect(try kinds("payload: 'ab'") { $0.deliveries.append(stub) } == [.copies(.delivered), .cutShort])
    let counters = "payload: 'ab', expect: { counters: { 'Ip.InReceives': 0 } }"
    #expect(try kinds(counters) { $0.rises = ["Ip.InReceives": 1] } == [.counter("Ip.InReceives")])
    let returned = "payload: 'ab', expect: { returned: [{ header: { protocol: 1 } }] }"
    let header = IPv4Header(
      source: IPv4Address(1, 1, 1, 1), destination: IPv4Address(1, 1, 1, 100), protocol: 1)
    let reply = IPv4Packet.build(header: header, payload: [0, 0, 0, 0])
    let answer = { (record: inout MessageRecord) in
      record.frames += [
        .ipv4(reply, at: .receiver, isOutgoing: true), .ipv4(reply, at: .sender, isOutgoing: false),
      ]
    }
    #expect(try kinds(returned, all: answer) { _ in } == [])
    #expect(try kinds(returned, all: answer) { $0.frames.removeLast(2) } == [.returned(1)])
  }

  @Test(
    "another number of a later play, with the checksum that it makes right, is found where the file speaks of either",
    arguments: [
      ("", nil), (", header: { identification: 7 }", .field(.identification)),
      (", expect: { header: { identification: { max: 9 } } }", .field(.identification)),
      (", expect: { arrived: { header: { identification: 0 } } }", .field(.identification)),
      (", expect: { header: { checksum: { min: 0x7000 } } }", .field(.checksum)),
      // The right one of the packet that is asked for.
      (", header: { checksum: 0x7585 }", .field(.checksum)),
    ] as [(String, Finding.Kind?)])
  func numbers(_ words: String, _ kind: Finding.Kind?) throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'ab'\(words), repeat: 2 }] }")
    #expect(played.kinds == [])
    played.change(message: 1) { packet in
      packet.header.identification = 0x1234
      packet = packet.withRightChecksum
    }
    #expect(played.kinds == [kind].compactMap { $0 })
  }

  @Test("a later play that acknowledges no more than the first, although more has arrived, is found")
  func acknowledged() throws {
    var played = try PlayedCase(
      "{ network: { sender: { address: '1.1.1.100/24', mute: true } }, tcp: { destinationPort: 80 }, exchange: [{ from: 'receiver', payload: 'abc' }, { repeat: 2 }] }"
    )
    played.lose(at: [.delivered])
    for message in 1...2 {
      played.change(message: message) {
        $0.payload = $0.payload.with("acknowledgmentNumber", 3, in: $0.header)
      }
    }
    #expect(played.kinds == [])
    var record = played.record
    var more = try #require(played.messages[0][.arrived]?.first)
    more.payload = more.payload.with("sequenceNumber", 3, in: more.header)
    record.messages[1].frames.append(.ipv4(more, at: .sender, isOutgoing: false))
    #expect(
      Judge.judge(played.scenario, record).messages[2].findings.map(\.kind)
        == [.transport("tcp", field: "acknowledgmentNumber")])
  }

  @Test("what arrives of a later play as of the first is judged by what the cable has done to it")
  func cable() throws {
    let udp = "udp: { sourcePort: 1, destinationPort: 2 }"
    let sent =
      "sent: { copies: 2, payload: { prefix: 'ab' }, header: { totalLength: 'any' }, udp: { checksum: 'any', length: 'any' } }"
    var played = try PlayedCase(
      "{ network: { receiver: { mute: true }, cable: { drop: [1, 4], corrupt: [{ packet: 2, bit: 31 }, { packet: 2, bit: 95 }] } }, sender: { run: ['./mine'] }, exchange: [{ payload: 'abc', \(udp), repeat: 2, expect: { \(sent), delivered: false } }] }"
    )
    // Two packets with a wrong checksum of UDP, of which the second states a byte less than it has.
    played.change(message: 0) { $0.payload[7] ^= 1 }
    let long = try #require(played.messages[0][.sent]?.first)
    var short = long
    short.header.totalLength -= 1
    short.header.checksum = short.header.rightChecksum()
    for message in 0...1 {
      played.messages[message] = [.sent: [long, short], .arrived: [long], .delivered: []]
    }
    // Of the first play the second arrives, and looks like the first; of the second play the first does, as it was sent.
    played.emitted = [2, 3]
    played.deeds = [
      CableDeed(1, .dropped), CableDeed(2, .bitFlipped(31)), CableDeed(2, .bitFlipped(95)),
      CableDeed(4, .dropped),
    ]
    #expect(played.verdict.messages[0].findings.map(\.kind) == [])
    #expect(played.verdict.messages[1].findings.map(\.kind) == [.transport("udp", field: "checksum")])
  }

  @Test("a piece of a later play with another number does not fit to the first")
  func pieces() throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'abcdefghij', repeat: 2 }] }")
    for message in 0...1 { played.fragment(every: 8, message: message) }
    #expect(played.kinds == [])
    for place in [Place.sent, .arrived] {
      var pieces = try #require(played.messages[1][place])
      pieces[1].header.identification = 0x1234
      pieces[1] = pieces[1].withRightChecksum
      played.messages[1][place] = pieces
    }
    #expect(played.kinds.contains(.reassembly))
  }

  @Test("a packet of a later play that was short before a reader's buffer cut it is found")
  func cutBefore() throws {
    let expect = "expect: { delivered: { payload: { prefix: 'ab' } } }"
    let cut = { (length: Int) in
      { (record: inout MessageRecord) in
        record.deliveries = record.deliveries.map {
          Delivery(
            bytes: Array($0.bytes.prefix(22)), originalLength: length, at: $0.host, timestamp: 0)
        }
      }
    }
    #expect(try kinds("payload: 'abcd', \(expect)", all: cut(24)) { _ in } == [])
    #expect(try kinds("payload: 'abcd', \(expect)", all: cut(24), spoil: cut(22)) == [.cutShort])
  }

  @Test("a tag of a later play is found")
  func tags() throws {
    let tagged = { (number: UInt8) in
      { (record: inout MessageRecord) in
        record.frames = record.frames.map { frame in
          let ends = frame.bytes.prefix(12)
          // What is tagged already has its number changed.
          let rest = frame.bytes[12] == 0x81 ? frame.bytes.dropFirst(16) : frame.bytes.dropFirst(12)
          return frame.with(bytes: ends + [0x81, 0x00, 0x00, number] + rest)
        }
      }
    }
    let message = "payload: 'ab', frame: { vlan: [{ id: 5 }] }"
    #expect(try kinds(message, all: tagged(5)) { _ in } == [])
    #expect(try kinds(message, all: tagged(5), spoil: tagged(6)).count == 1)
  }

  /// The kinds of what is found of two plays of a message, of which the second is spoiled.
  private func kinds(
    _ message: String, all change: (inout MessageRecord) -> Void = { _ in },
    spoil: (inout MessageRecord) -> Void
  ) throws -> [Finding.Kind] {
    let played = try PlayedCase("{ exchange: [{ \(message), repeat: 2 }] }")
    var record = played.record
    for index in record.messages.indices {
      record.messages[index].rises = ["Ip.InReceives": 0]
      change(&record.messages[index])
    }
    spoil(&record.messages[1])
    return Judge.judge(played.scenario, record).allFindings.map(\.kind)
  }

  @Test("a checksum that no network card was to fill in is wrong, where that of an earlier play was to be")
  func offloaded() throws {
    let played = try PlayedCase(
      "{ exchange: [{ payload: 'ab', udp: { sourcePort: 1, destinationPort: 2 }, repeat: 2 }] }")
    var record = played.record
    for index in record.messages.indices {
      record.messages[index].frames = record.messages[index].frames.map { frame in
        frame.with(bytes: frame.bytes.flipped(at: (14 + 27) * 8), isChecksumOffloaded: index == 0)
      }
    }
    let verdict = Judge.judge(played.scenario, record)
    #expect(verdict.messages[0].findings.map(\.kind) == [])
    #expect(verdict.messages[1].findings.map(\.kind) == [.transport("udp", field: "checksum")])
  }
}

extension MessageRecord {
  /// Flips a bit of the frames at some places, and of what was delivered behind its Ethernet header.
  fileprivate mutating func flip(_ bit: Int, at places: [Place]) {
    frames = frames.map { frame in
      guard places.contains(frame.isOutgoing ? .sent : .arrived) else { return frame }
      return frame.with(bytes: frame.bytes.flipped(at: bit))
    }
    let start = EthernetHeader.length * 8
    guard places.contains(.delivered), bit >= start else { return }
    deliveries = deliveries.map {
      Delivery(
        bytes: $0.bytes.flipped(at: bit - start), originalLength: $0.originalLength, at: $0.host, timestamp: 0
      )
    }
  }
}

extension FrameRecord {
  /// The frame with other bytes.
  fileprivate func with(bytes: [UInt8], isChecksumOffloaded: Bool = false) -> FrameRecord {
    FrameRecord(
      host: host, isOutgoing: isOutgoing, timestamp: 0, bytes: bytes, originalLength: bytes.count,
      isChecksumOffloaded: isChecksumOffloaded)
  }
}

extension [UInt8] {
  /// A segment of TCP with another number, and the checksum that is right then.
  fileprivate func with(_ key: String, _ number: UInt64, in header: IPv4Header) -> [UInt8] {
    guard let layer = Protocols.all.transport(6), var segment = Segment(layer, parsing: self),
      let field = layer.messageFields.first(where: { $0.key == key }), let checksum = segment.checksumField
    else { return self }
    segment.set(field, to: number)
    segment.set(checksum, to: segment.rightValue(of: checksum, in: .v4(header)))
    return segment.bytes
  }

  fileprivate func flipped(at bit: Int) -> [UInt8] {
    var bytes = self
    bytes[bit / 8] ^= 0x80 >> (bit % 8)
    return bytes
  }
}
