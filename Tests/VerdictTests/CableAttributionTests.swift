// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What arrives under a number of the cable's is the packet that was sent under it.
@Suite struct CableAttributionTests {
  /// A burst of two packets that are the same; of one the file says how often it arrives.
  private func burst(_ first: String, _ second: String, _ cable: String) throws -> PlayedCase {
    let messages = [first, second].map { "{ payload: 'same', via: 'frame', expect: { \($0) } }" }
    return try PlayedCase(
      "{ network: { cable: { \(cable) } }, pacing: 'burst', exchange: [\(messages.joined(separator: ", "))] }"
    )
  }

  @Test("where the cable lost a message, it is said how a file says that it must")
  func expectedLoss() throws {
    var played = try burst("", "", "drop: [1]")
    played.lose(at: [.arrived, .delivered])
    (played.emitted, played.deeds) = ([2], [CableDeed(1, .dropped)])
    #expect(played.verdict.messages[0].hints.contains { $0.contains("expect: { arrived: false }") })
    #expect(played.verdict.messages[1].hints.isEmpty)
  }

  @Test("of two alike it is the one that was dropped that is missed")
  func dropped() throws {
    for (first, second, kinds) in [
      ("arrived: false", "", []), ("", "arrived: false", [.notSeen(.arrived), .seen(.arrived)]),
    ] as [(String, String, [Finding.Kind])] {
      var played = try burst(first, second, "drop: [1]")
      played.lose(at: [.arrived, .delivered])
      (played.emitted, played.deeds) = ([2], [CableDeed(1, .dropped)])
      #expect(played.kinds == kinds, "\(first) \(second)")
    }
  }

  @Test("one that came twice does not stand for one alike that never came")
  func doubledAndDropped() throws {
    var played = try burst("", "", "duplicate: [1], drop: [2]")
    played.emitted = [1, 1]
    #expect(played.kinds == [.copies(.arrived), .notSeen(.arrived)])
    let twice = "arrived: { copies: 2 }, delivered: { copies: 2 }"
    played = try burst(twice, "arrived: false", "duplicate: [1], drop: [2]")
    played.emitted = [1, 1]
    #expect(played.kinds == [])
  }

  @Test("those that are alike are delivered in the order in which they arrived")
  func order() throws {
    let text = "pacing: 'burst', exchange: ['x', 'x'], expect: { order: [2, 1] }"
    var played = try PlayedCase("{ network: { cable: { swap: [[1, 2]] } }, \(text) }")
    played.emitted = [2, 1]
    #expect(played.kinds == [])
    played.emitted = [1, 2]
    #expect(played.kinds == [.order])
    // What the reader's buffer cuts can be told by its order alone.
    played.bufferSize = 20
    played.emitted = [2, 1]
    #expect(!played.kinds.contains(.order))
  }

  @Test("what two processors sent at once is known by its bytes, in whatever order the capture has it")
  func processors() throws {
    var played = try PlayedCase(
      "{ network: { cable: { drop: [1] } }, pacing: 'burst', exchange: [{ payload: 'a', expect: { arrived: false } }, 'b'] }"
    )
    played.lose(at: [.arrived, .delivered])
    played.emitted = [2]
    var record = played.record
    record.messages.swapAt(0, 1)
    record.burst?.frames += record.messages.flatMap(\.frames)
    for index in 0..<2 { record.messages[index].frames = [] }
    #expect(Judge.judge(played.scenario, record).allFindings.map(\.kind) == [])
  }

  @Test("a packet of which nothing is as it was is still its message's", arguments: [true, false])
  func changedBeyondRecognition(_ isBurst: Bool) throws {
    let pacing = isBurst ? "pacing: 'burst', " : ""
    var played = try PlayedCase(
      """
      { network: { cable: { corrupt: [{ packet: 1, bit: 127 }, { packet: 1, bit: 160 }] } }, \(pacing)exchange: [{
        payload: 'a', expect: { delivered: false,
          arrived: { header: { source: '1.1.1.101', checksum: 'invalid' }, payload: { hex: 'e1' } } },
      }] }
      """)
    played.lose(at: [.delivered])
    played.change(at: [.arrived]) { packet in
      packet.header.source = IPv4Address(1, 1, 1, 101)
      packet.payload = [0xe1]
    }
    #expect(played.kinds == [.notSeen(.arrived), .stray], "without a number it is nobody's")
    played.emitted = [1]
    #expect(played.kinds == [])
    // Where its checksum is right after all, a socket is handed it.
    var delivered = played
    delivered.messages[0][.delivered] = played.messages[0][.arrived]
    #expect(delivered.kinds == [.seen(.delivered)])
  }

  @Test("a packet that was nobody's when it was sent is nobody's when it arrives, and once")
  func strayOfTheCable() throws {
    var played = try PlayedCase(
      "{ network: { cable: { corrupt: [{ packet: 2, bit: 78 }] } }, exchange: ['a', 'b'] }")
    played.emitted = [1, 2]
    played.change(at: [.sent], message: 1) { packet in
      (packet.header.protocol, packet.payload) = (255, [1])
      packet = packet.withRightChecksum
    }
    #expect(played.kinds == [.notSeen(.sent), .stray])
  }

  // MARK: - The reverse direction

  /// Two packets of the same payload, one from each host, and a cable that does something to either.
  private func bothWays(
    _ there: String, _ back: String, _ cable: String, pacing: String = "lockstep"
  ) throws -> PlayedCase {
    try PlayedCase(
      """
      { network: { cable: { \(cable) } }, pacing: '\(pacing)', exchange: [
        { payload: 'same', expect: { \(there) } },
        { payload: 'same', from: 'receiver', expect: { \(back) } } ] }
      """)
  }

  @Test("what the cable drops on the way back is missed there, and said with its direction")
  func droppedOnTheWayBack() throws {
    for (back, kinds) in [("arrived: false", []), ("", [.notSeen(.arrived)])] as [(String, [Finding.Kind])] {
      var played = try bothWays("", back, "reverse: { drop: [1] }")
      played.lose(at: [.arrived, .delivered], message: 1)
      (played.emitted, played.deeds) = ([1], [CableDeed(CablePacket(1, from: .receiver), .dropped)])
      #expect(played.kinds == kinds)
      let changes = played.verdict.messages.map(\.changes)
      let told = "The cable dropped reverse packet 1: IP protocol 253, 1.1.1.1 to 1.1.1.100."
      #expect(changes == [[], kinds.isEmpty ? [] : [told]])
      let comments = CaptureComments(played.scenario, played.record, played.verdict).texts
      #expect(comments.map { $0?.hasSuffix(told) } == [false, false, true])
    }
  }

  @Test("packets of one number are told apart by their direction", arguments: ["lockstep", "burst"])
  func numbersOfEither(_ pacing: String) throws {
    let twice = "arrived: { copies: 2 }, delivered: { copies: 2 }"
    let cable = "drop: [1], reverse: { duplicate: [1] }"
    for (there, back, kinds) in [
      ("arrived: false", twice, []),
      (twice, "arrived: false", [.notSeen(.arrived), .seen(.arrived)]),
    ] as [(String, String, [Finding.Kind])] {
      var played = try bothWays(there, back, cable, pacing: pacing)
      played.lose(at: [.arrived, .delivered])
      for place in [Place.arrived, .delivered] {
        played.messages[1][place] = played.messages[1][place].map { $0 + $0 }
      }
      (played.emitted, played.emittedBack) = ([], [1, 1])
      #expect(played.kinds == kinds, "\(there), \(back)")
    }
  }

  @Test(
    "a packet of which nothing is as it was is still the receiver's message",
    arguments: ["lockstep", "burst"])
  func changedBeyondRecognitionOnTheWayBack(_ pacing: String) throws {
    let arrived = "header: { source: '1.1.1.2', checksum: 'invalid' }, payload: { hex: 'e1' }"
    var played = try bothWays(
      "", "arrived: { \(arrived) }, delivered: false", "reverse: { truncate: [{ packet: 1, to: 21 }] }",
      pacing: pacing)
    played.lose(at: [.delivered], message: 1)
    played.change(at: [.arrived], message: 1) { packet in
      packet.header.source = IPv4Address(1, 1, 1, 2)
      packet.payload = [0xe1]
    }
    played.emitted = [1]
    #expect(played.kinds == [.notSeen(.arrived), .stray], "without a number it is nobody's")
    (played.emittedBack, played.deeds) = ([1], [CableDeed(CablePacket(1, from: .receiver), .truncated(21))])
    #expect(played.kinds == [])
  }

  @Test("a checksum of zero is filled in for the direction of which that is asked alone")
  func filledInOnTheWayBack() throws {
    for (cable, isFilledIn) in [
      ("checksumOffload: true, reverse: { checksumOffload: true }", [true, true]),
      ("reverse: { checksumOffload: true }", [false, true]), ("checksumOffload: true", [true, false]),
    ] {
      var played = try PlayedCase(
        """
        { network: { cable: { \(cable) } }, exchange: [
          { payload: 'a', header: { checksum: 'zero' } },
          { payload: 'b', header: { checksum: 'zero' }, from: 'receiver' } ] }
        """)
      (played.emitted, played.emittedBack) = ([1], [1])
      for message in 0...1 {
        played.change(at: [.arrived, .delivered], message: message) { $0 = $0.withRightChecksum }
      }
      let findings = played.verdict.messages.map { $0.findings.map(\.kind) }
      #expect(findings == isFilledIn.map { $0 ? [] : [.field(.checksum)] }, "\(cable)")
    }
  }

  @Test("of a packet that the cable was asked for and that never came it is said from whom it was awaited")
  func neverCame() throws {
    var played = try bothWays("", "", "drop: [9], reverse: { drop: [8] }")
    (played.emitted, played.emittedBack) = ([1], [1])
    #expect(
      played.verdict.findings.map(\.text) == [
        "the cable should have acted on packet 9, but saw only 1 from the sender",
        "the cable should have acted on reverse packet 8, but saw only 1 from the receiver",
      ])
    #expect(played.verdict.findings.map(\.span.position.column) == [30, 52])
  }

  @Test("a match of which too few packets came is found where it stands, with how many there were")
  func matchedTooFew() throws {
    for (drop, text) in [
      (
        "{ nth: 2, payload: 'same' }", "packet 2 of those that match, but only 1 of 1 from the sender matched"
      ),
      ("{ payload: 'other' }", "packet 1 of those that match, but none of 1 from the sender matched"),
      (
        "{ nth: [1, 3, 4], payload: 'same' }",
        "packets 3 and 4 of those that match, but only 1 of 1 from the sender matched"
      ),
      (
        "{ nth: 'every', payload: 'other' }",
        "every packet of those that match, but none of 1 from the sender matched"
      ),
      (
        "{ nth: { every: 2 }, payload: 'same' }",
        "every 2nd packet of those that match, but only 1 of 1 from the sender matched"
      ),
      (
        "{ nth: { every: 13 }, payload: 'same' }",
        "every 13th packet of those that match, but only 1 of 1 from the sender matched"
      ),
    ] {
      // The packet that is nearest stands behind that.
      var played = try bothWays("", "", "drop: [\(drop)]")
      (played.emitted, played.emittedBack) = ([1], [1])
      #expect(played.kinds == [.cable])
      #expect(
        played.verdict.findings.map { $0.text.prefix { $0 != ";" } } == [
          "the cable should have acted on \(text)"
        ])
      #expect(played.verdict.findings.map(\.span.position.column) == [30])
      var back = try bothWays("", "", "reverse: { drop: [\(drop)] }")
      (back.emitted, back.emittedBack) = ([1], [1])
      let text = text.replacing("sender", with: "receiver")
      #expect(
        back.verdict.findings.map { $0.text.prefix { $0 != ";" } } == [
          "the cable should have acted on \(text)"
        ])
    }
    for drop in [
      "{ payload: 'same' }", "{ nth: 'every', payload: 'same' }",
      "{ nth: { every: 1 }, header: { ttl: 64 } }",
    ] {
      var played = try bothWays("arrived: false", "", "drop: [\(drop)]")
      played.lose(at: [.arrived, .delivered], message: 0)
      (played.emitted, played.emittedBack) = ([], [1])
      #expect(played.kinds == [], "\(drop)")
    }
  }

  @Test("what the cable did is told by what the packet was, of TCP with its flags, once a packet")
  func toldByWhatItWas() throws {
    var played = try PlayedCase(
      """
      { network: { sender: { mute: true }, receiver: { mute: true },
        cable: { reverse: { drop: [{ tcp: { flags: ['syn', 'ack'] } }] } } }, tcp: { destinationPort: 7777 }, exchange: [
        { tcp: { flags: ['syn'], sequenceNumber: 1 } }, { from: 'receiver', tcp: { flags: ['syn', 'ack'] } } ] }
      """)
    played.lose(at: [.arrived], message: 1)
    let packet = CablePacket(1, from: .receiver)
    (played.emitted, played.deeds) = ([1], [CableDeed(packet, .bitFlipped(64)), CableDeed(packet, .dropped)])
    #expect(
      played.verdict.messages[1].changes == [
        "The cable flipped bit 64 of reverse packet 1: TCP [SYN, ACK], 1.1.1.1:7777 to 1.1.1.100:40000.",
        "The cable dropped reverse packet 1.",
      ])
  }

  @Test("what could not be done to a packet is found where the file asks for it")
  func failure() throws {
    let played = try bothWays("", "", "duplicate: [{ payload: 'same' }]")
    let span = played.scenario.network.cable?.value.forward.duplicate.first?.span
    var record = played.record
    var cable = CableRecord()
    cable.matched = [0: 1]
    cable.failures = [CableFailure(CablePacket(1, from: .sender), "is in the way", at: span)]
    record.cable = [.sender: cable]
    let findings = Judge.judge(played.scenario, record).findings
    #expect(findings.map(\.text) == ["packet 1 is in the way"])
    #expect(findings.map(\.span.range) == [try #require(span).range])
  }

  // MARK: - Less than a header

  /// A packet of which the cable leaves so many bytes.
  private func cut(to length: Int, _ arrived: String) throws -> [Finding.Kind] {
    var played = try PlayedCase(
      """
      { network: { cable: { truncate: [{ packet: 1, to: \(length) }] } }, exchange: [{
        payload: 'a', header: { ttl: 9 }, expect: { arrived: \(arrived), delivered: false } }] }
      """)
    played.lose(at: [.delivered])
    (played.emitted, played.deeds) = ([1], [CableDeed(1, .truncated(length))])
    var record = played.record
    record.messages[0].frames = record.messages[0].frames.map { frame in
      guard !frame.isOutgoing else { return frame }
      return FrameRecord(
        host: frame.host, isOutgoing: false, timestamp: 0, bytes: Array(frame.bytes.prefix(14 + length)),
        originalLength: 14 + length)
    }
    return Judge.judge(played.scenario, record).allFindings.map(\.kind)
  }

  @Test(
    "of less than a header what is there is judged, and what is not there is not as the file says",
    arguments: 0..<20)
  func stub(_ length: Int) throws {
    #expect(try cut(to: length, "{ payload: '', frame: { length: \(14 + length) } }") == [])
    #expect(try cut(to: length, "true") == [.payload])
    #expect(try cut(to: length, "{ payload: '', frame: { length: 99 } }") == [.frame(.length)])
    let ttl: [Finding.Kind] = length > 8 ? [] : [.field(.ttl)]
    #expect(try cut(to: length, "{ payload: '', header: { ttl: 9 } }") == ttl)
    #expect(try cut(to: length, "{ payload: '', header: { ttl: 8 } }") == [.field(.ttl)])
    #expect(try cut(to: length, "{ payload: '', header: { ttl: 'any' } }") == [])
    #expect(try cut(to: length, "{ payload: '', header: { checksum: 'invalid' } }") == [.field(.checksum)])
    // Whether there were options nobody can say.
    for options in ["'none'", "['nop']"] {
      let kinds = try cut(to: length, "{ payload: '', header: { options: \(options) } }")
      #expect(kinds == [.field(.options)])
    }
    #expect(try cut(to: length, "{ payload: '', header: { options: 'any' } }") == [])
  }

  // MARK: - Pieces

  /// A datagram of three pieces on its way through a cable that drops the second.
  private func pieces(_ arrived: String) throws -> PlayedCase {
    var played = try PlayedCase(
      """
      { network: { mtu: 68, cable: { drop: [2] } }, exchange: [{
        payload: { size: 104 }, expect: { arrived: { fragments: 2\(arrived) }, delivered: false } }] }
      """)
    played.fragment(every: 48)
    played.messages[0][.arrived]?.remove(at: 1)
    played.lose(at: [.delivered])
    (played.emitted, played.deeds) = ([1, 3], [CableDeed(2, .dropped)])
    return played
  }

  @Test("where a piece is missing, the others still carry their parts of the payload")
  func missingPiece() throws {
    var played = try pieces("")
    #expect(played.kinds == [])
    played.messages[0][.arrived]?[1].payload[3] ^= 1
    #expect(played.kinds == [.payload])
    #expect(
      played.verdict.allFindings[0].text
        == "payload: wanted 104 bytes, arrived in fragments, which differ at 99")
    #expect(played.verdict.messages[0].evidence?.marks == [23])
    #expect(played.verdict.messages[0].rows.filter(\.isWrong).map(\.title) == ["payload"])
  }

  @Test("what is asked of a payload is asked of what is there of it")
  func partsMatched() throws {
    let rows: [(String, [Finding.Kind])] = [
      ("{ length: 56 }", []), ("{ length: 104 }", [.payload]), ("{ minLength: 56 }", []),
      ("{ minLength: 57 }", [.payload]), ("{ contains: { hex: '1617' } }", []),
      ("{ contains: { hex: '2f30' } }", [.payload]), ("{ prefix: { hex: '00010203' } }", []),
      ("{ prefix: { hex: '0002' } }", [.payload]),
    ]
    for (payload, kinds) in rows {
      #expect(try pieces(", payload: \(payload)").kinds == kinds, "\(payload)")
    }
  }

  @Test("a datagram of which each piece came twice came twice")
  func doubledPieces() throws {
    var played = try PlayedCase(
      """
      { network: { mtu: 68, cable: { duplicate: [1, 2, 3] } }, exchange: [{
        payload: { size: 104 }, expect: { arrived: { copies: 2, fragments: 3 } } }] }
      """)
    played.fragment(every: 48)
    let pieces = played.messages[0][.arrived] ?? []
    played.messages[0][.arrived] = pieces.flatMap { [$0, $0] }
    played.emitted = [1, 1, 2, 2, 3, 3]
    #expect(played.kinds == [])
    played.messages[0][.arrived]?.removeLast()
    #expect(played.kinds.contains(.copies(.arrived)))
  }

  @Test("a piece of which the cable changed the identification is still of its datagram")
  func changedPiece() throws {
    var played = try PlayedCase(
      """
      { network: { mtu: 68, cable: { corrupt: [{ packet: 2, bit: 47 }] } }, exchange: [{
        payload: { size: 104 }, expect: { arrived: { fragments: 3, header: { checksum: 'any' } },
          delivered: false } }] }
      """)
    played.fragment(every: 48)
    played.lose(at: [.delivered])
    (played.emitted, played.deeds) = ([1, 2, 3], [CableDeed(2, .bitFlipped(47))])
    played.messages[0][.arrived]?[1].header.identification = 9
    #expect(played.kinds == [])
  }
}
