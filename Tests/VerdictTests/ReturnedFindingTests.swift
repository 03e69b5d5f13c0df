// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What comes back on account of a message, and what should have.
@Suite struct ReturnedFindingTests {
  static func unreachable(code: UInt8, data: [UInt8] = []) -> IPv4Packet {
    let header = IPv4Header(
      source: IPv4Address(1, 1, 1, 1), destination: IPv4Address(1, 1, 1, 100), protocol: 1)
    var message = ICMPMessage(type: 3, code: code, checksum: 0, restOfHeader: 0, data: data)
    message.checksum = message.rightChecksum()
    return IPv4Packet.build(header: header, payload: message.bytes)
  }

  private func returning(_ packets: [IPv4Packet], _ returned: String) throws -> PlayedCase {
    var played = try PlayedCase("{ exchange: [{ payload: 'x', expect: { returned: \(returned) } }] }")
    played.others = packets.map { .ipv4($0, at: .sender, isOutgoing: false) }
    played.others += packets.map { .ipv4($0, at: .receiver, isOutgoing: true) }
    return played
  }

  @Test(
    "what comes back as wanted is no stray",
    arguments: [
      "{}", "{ icmp: { type: 3, code: 2 } }", "{ header: { protocol: 1, checksum: 'valid' } }",
      "{ payload: { length: 8 } }", "{ frame: { length: 42, padding: 0 } }",
    ])
  func returned(_ seen: String) throws {
    #expect(try returning([Self.unreachable(code: 2)], "[\(seen)]").kinds == [])
  }

  @Test(
    "what comes back otherwise than wanted is found",
    arguments: [
      ("{ icmp: { type: 11 } }", "ICMP type: wanted 11, came back with 3"),
      ("{ icmp: { type: 3, code: 3 } }", "ICMP code: wanted 3, came back with 2"),
      ("{ header: { ttl: 1 } }", "wanted 1, came back with 64"),
      ("{ header: { options: ['nop'] } }", "options: wanted 01000000, came back with none"),
      ("{ payload: 'x' }", "payload: wanted 1 byte, came back with 8 bytes"),
      ("{ frame: { length: 60 } }", "frame length: wanted 60, came back with 42"),
    ])
  func returnedOtherwise(_ seen: String, _ text: String) throws {
    let played = try returning([Self.unreachable(code: 2)], "[\(seen)]")
    #expect(played.kinds == [.returned(1)])
    #expect(played.verdict.allFindings[0].text == text)
    let shown = try #require(played.verdict.messages[0].evidence)
    #expect(shown.returned == 1 && shown.bytes == Self.unreachable(code: 2).bytes)
  }

  @Test("what does not come back is found, and what comes back beyond it is a stray")
  func returnedCount() throws {
    let two = "[{ icmp: { code: 2 } }, { icmp: { code: 3 } }]"
    #expect(try returning([], two).kinds == [.returned(1), .returned(2)])
    #expect(try returning([Self.unreachable(code: 2)], two).kinds == [.returned(2)])
    let both = [Self.unreachable(code: 2), Self.unreachable(code: 3)]
    #expect(try returning(both, two).kinds == [])
    #expect(try returning(both.reversed(), two).kinds == [.returned(1), .returned(2)])
    #expect(try returning(both, "[{}]").kinds == [.stray])
  }

  @Test("pieces that come back are one answer where the file counts them, whole or not")
  func returnedPieces() throws {
    let answer = Self.unreachable(code: 2, data: [UInt8](repeating: 7, count: 20))
    let pieces = answer.fragments(every: 16).map(\.withRightChecksum)
    let two = "[{ fragments: 2, icmp: { code: 2 }, payload: { length: 28 } }]"
    #expect(try returning(pieces, two).kinds == [])
    #expect(try returning(pieces.reversed(), two).kinds == [])
    let texts = try [
      returning(pieces, "[{ fragments: 3 }]"), returning([answer], "[{ fragments: 2 }]"),
      returning([pieces[0], pieces[0]], "[{ fragments: 2 }]"),
    ].map { played in
      #expect(played.kinds == [.returned(1)])
      return played.verdict.allFindings[0].text
    }
    #expect(
      texts == [
        "came back in 2 packets, wanted 3", "came back in 1 packet, wanted 2",
        "what came back is in fragments that do not fit together: the last fragment is missing",
      ])
    // A file that counts nothing lists them.
    #expect(try returning(pieces, "[{}]").kinds == [.stray])
    #expect(try returning(pieces, "[{}, {}]").kinds == [])
  }

  /// What comes back over a cable that brings the packets of these numbers, in this order.
  private func returning(
    _ packets: [IPv4Packet], through emitted: [Int], _ returned: String, _ deeds: [CableDeed.Kind] = []
  ) throws -> PlayedCase {
    var played = try PlayedCase(
      """
      { network: { cable: { reverse: { drop: [] } } },
        exchange: [{ payload: 'x', expect: { returned: \(returned) } }] }
      """)
    played.others = emitted.map { .ipv4(packets[$0 - 1], at: .sender, isOutgoing: false) }
    played.others += packets.map { .ipv4($0, at: .receiver, isOutgoing: true) }
    (played.emitted, played.emittedBack) = ([1], emitted)
    played.deeds = deeds.map { CableDeed(CablePacket(1, from: .receiver), $0) }
    return played
  }

  @Test("what is lost on its way back was sent and did not come back, which the file may want")
  func returnedNever() throws {
    let answer = Self.unreachable(code: 2)
    for returned in ["[{}]", "[{ copies: 1 }]", "[{ copies: 2 }]", "[{ icmp: { code: 2 } }]"] {
      let played = try returning([answer], through: [], returned, [.dropped])
      #expect(played.kinds == [.returned(1)], "\(returned)")
      let text = "did not come back: it was sent, but never came out of the cable at the sender"
      #expect(played.verdict.allFindings.map(\.text) == [text])
      #expect(
        played.verdict.messages[0].changes == [
          "The cable dropped reverse packet 1: ICMP destination unreachable (protocol unreachable), 1.1.1.1 to 1.1.1.100."
        ])
    }
    let lost = "[{ copies: 0, icmp: { type: 3, code: 2 } }]"
    #expect(try returning([answer], through: [], lost).kinds == [])
    #expect(try returning([answer], through: [], "[]").kinds == [.stray])
    let texts = try [
      returning([answer], through: [1], lost), returning([], through: [], lost),
      returning([Self.unreachable(code: 3)], through: [], lost),
    ].map { played in
      #expect(played.kinds == [.returned(1)])
      return played.verdict.allFindings[0].text
    }
    #expect(
      texts == [
        "came back once, wanted 0 times", "nothing was sent back", "ICMP code: wanted 2, came back with 3",
      ])
  }

  @Test(
    "of several answers the lost one is missed in its place, and the others are in the order of their arrival"
  )
  func returnedInOrder() throws {
    let answers = (1...3).map { Self.unreachable(code: UInt8($0)) }
    func entry(_ code: Int, _ copies: Int = 1) -> String { "{ icmp: { code: \(code) }, copies: \(copies) }" }
    let rows: [([Int], [String])] = [
      ([1, 3], [entry(1), entry(2, 0), entry(3)]), ([2, 3], [entry(1, 0), entry(2), entry(3)]),
      ([2, 1, 3], [entry(2), entry(1), entry(3)]), ([3, 1], [entry(3), entry(2, 0), entry(1)]),
      ([1, 2, 2, 3], [entry(1), entry(2, 2), entry(3)]),
    ]
    for (emitted, wanted) in rows {
      let returned = "[\(wanted.joined(separator: ", "))]"
      #expect(try returning(answers, through: emitted, returned).kinds == [], "\(emitted)")
    }
    #expect(try !returning(answers, through: [2, 1, 3], "[\(rows[0].1[0]), {}, {}]").kinds.isEmpty)
  }

  @Test("an answer that the cable doubles came back twice, whether the file speaks of copies or not")
  func returnedTwice() throws {
    let answer = Self.unreachable(code: 2)
    #expect(try returning([answer], through: [1, 1], "[{ copies: 2 }]", [.duplicated]).kinds == [])
    for wanted in ["{}", "{ copies: 1 }", "{ copies: 0 }", "{ payload: 'x' }", "{ fragments: 1 }"] {
      let played = try returning([answer], through: [1, 1], "[\(wanted)]", [.duplicated])
      #expect(played.kinds == [.returned(1)], "\(wanted)")
      #expect(played.verdict.allFindings.allSatisfy { $0.text.hasPrefix("came back") }, "\(wanted)")
      #expect(
        played.verdict.messages[0].changes == [
          "The cable duplicated reverse packet 1: ICMP destination unreachable (protocol unreachable),"
            + " 1.1.1.1 to 1.1.1.100."
        ])
    }
    #expect(try returning([answer], through: [1, 1], "[]").kinds == [.stray, .stray])
  }

  @Test("what comes back changed beyond recognition is what was sent, by its number")
  func returnedChanged() throws {
    let answer = Self.unreachable(code: 2)
    var changed = answer
    changed.header.source = IPv4Address(1, 1, 1, 9)
    changed.payload = [9]
    for (emitted, kinds) in [([1], []), ([], [.returned(1), .stray])] as [([Int], [Finding.Kind])] {
      var played = try returning([answer], through: emitted, "[{ payload: { hex: '09' } }]")
      played.others.removeAll { !$0.isOutgoing }
      played.others.append(.ipv4(changed, at: .sender, isOutgoing: false))
      #expect(played.kinds == kinds)
    }
  }

  @Test(
    "of pieces that come back those that the cable has lost need not fit where the file counts the others")
  func returnedPiecesLost() throws {
    let answer = Self.unreachable(code: 2, data: [UInt8](repeating: 7, count: 28))
    let pieces = answer.fragments(every: 16).map(\.withRightChecksum)
    let rows: [(String, [CableDeed.Kind], [Finding.Kind])] = [
      ("[{ fragments: 2 }]", [.dropped], []), ("[{ fragments: 3 }]", [.dropped], [.returned(1)]),
      ("[{ fragments: 2, icmp: { type: 3 } }]", [.dropped], [.returned(1)]),
      ("[{ fragments: 2 }]", [], [.returned(1)]),
      ("[{ fragments: 2, frame: { padding: 0 } }]", [.dropped], []),
      ("[{ fragments: 2, frame: { padding: 1 } }]", [.dropped], [.returned(1)]),
      ("[{ fragments: 2, header: { ttl: 9 } }]", [.dropped], [.returned(1)]),
    ]
    for (returned, deeds, kinds) in rows {
      #expect(try returning(pieces, through: [2, 3], returned, deeds).kinds == kinds, "\(returned) \(deeds)")
    }
  }

  @Test("copies that come back are counted, each with an identification of its own")
  func returnedCopies() throws {
    let answer = Self.unreachable(code: 2)
    var second = answer
    second.header.identification = 77
    second = second.withRightChecksum
    #expect(try returning([answer, second], "[{ copies: 2 }]").kinds == [])
    #expect(try returning([answer, second], "[{ copies: 3 }]").kinds == [.returned(1)])
    #expect(try returning([answer], "[{ copies: 2 }]").kinds == [.returned(1)])
    let other = Self.unreachable(code: 3)
    #expect(try returning([answer, other, second], "[{ copies: 2 }, { icmp: { code: 3 } }]").kinds == [])
    #expect(try returning([answer, other], "[{ copies: 1 }]").kinds == [.stray])
    // A second copy is one too many of it, where the file counts them, and else a stray.
    #expect(try returning([answer, second], "[{ copies: 1 }]").kinds == [.returned(1)])
    #expect(try returning([answer, second], "[{}]").kinds == [.stray])
  }

  @Test("copies that come back may be matched, and one that may be lost must have been sent")
  func returnedMatched() throws {
    let answer = Self.unreachable(code: 2)
    let wrong: [Finding.Kind] = [.returned(1)]
    let rows: [(matcher: String, arrived: Int, kinds: [Finding.Kind])] = [
      ("'any'", 0, []), ("'any'", 1, []), ("'any'", 3, []), ("{ max: 2 }", 0, []), ("{ max: 2 }", 2, []),
      ("{ max: 2 }", 3, wrong), ("{ min: 2 }", 1, wrong), ("{ min: 2 }", 3, []),
      ("{ not: 1 }", 0, []), ("{ not: 1 }", 1, wrong), ("{ not: 1 }", 2, []),
      ("{ oneOf: [0, 2] }", 0, []), ("{ oneOf: [0, 2] }", 1, wrong), ("{ oneOf: [1, 2] }", 0, wrong),
    ]
    for row in rows {
      let returned = "[{ copies: \(row.matcher) }]"
      let played = try returning([answer], through: Array(repeating: 1, count: row.arrived), returned)
      #expect(played.kinds == row.kinds, "\(row)")
      // Each of them sent by itself, as kernels do.
      guard row.arrived > 0 else { continue }
      let all = try returning(Array(repeating: answer, count: row.arrived), returned)
      #expect(all.kinds == row.kinds, "\(row)")
    }
    for matcher in ["'any'", "{ max: 2 }", "{ not: 1 }"] {
      let never = try returning([], through: [], "[{ copies: \(matcher) }]")
      #expect(never.verdict.allFindings.map(\.text) == ["nothing was sent back"])
    }
    let texts = try ["{ max: 1 }", "{ not: 2 }"].map { matcher in
      try returning([answer, answer], "[{ copies: \(matcher) }]").verdict.allFindings.map(\.text)
    }
    #expect(
      texts == [
        ["came back 2 times, wanted at most once"],
        ["came back 2 times, wanted any number of times except 2 times"],
      ])
  }

  @Test("strays are no findings where the file passes over them")
  func unexpected() throws {
    var played = try PlayedCase("{ exchange: ['x'], expect: { unexpected: 'ignore' } }")
    played.others = [.ipv4(Self.unreachable(code: 2), at: .receiver, isOutgoing: true)]
    #expect(played.kinds == [] && played.verdict.unexpected.isEmpty)
  }
}
