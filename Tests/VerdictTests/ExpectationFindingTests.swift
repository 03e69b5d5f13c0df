// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What a file can expect beside fields and payload: found where it is missing or wrong, and only there.
@Suite struct ExpectationFindingTests {
  // MARK: - The frame

  static let frames: [(field: FrameField, right: String, wrong: String)] = [
    (.length, "35", "36"), (.padding, "0", "1"), (.source, "'f0:1f:af:28:8d:92'", "'00:00:00:00:00:01'"),
    (.destination, "{ not: '00:00:00:00:00:01' }", "'ff:ff:ff:ff:ff:ff'"), (.etherType, "0x0800", "0x0806"),
  ]

  @Test("a field of the frame is found wrong on the wire alone", arguments: frames)
  func frame(_ row: (field: FrameField, right: String, wrong: String)) throws {
    func played(_ value: String) throws -> PlayedCase {
      let frame = "{ \(row.field.rawValue): \(value) }"
      return try PlayedCase("{ exchange: [{ payload: 'a', expect: { frame: \(frame) } }] }")
    }
    #expect(try played(row.right).kinds == [])
    let wrong = try played(row.wrong)
    #expect(wrong.kinds == [Finding.Kind.frame(row.field)])
    #expect(wrong.verdict.allFindings.first?.places == [.sent, .arrived])
    let last = try #require(wrong.verdict.messages[0].rows.last)
    #expect(last.isWrong && Set(last.seen.keys) == [.sent, .arrived])
  }

  @Test("padding is counted behind the packet")
  func padding() throws {
    var played = try PlayedCase(
      "{ exchange: [{ payload: 'a', expect: { arrived: { frame: { padding: 25, length: 60 } } } }] }")
    #expect(played.kinds == [.frame(.length), .frame(.padding)])
    played.change(at: [.arrived]) { $0.padding = [UInt8](repeating: 0, count: 25) }
    #expect(played.kinds == [])
  }

  // MARK: - Options

  @Test("options must be as sent wherever the file says nothing else", arguments: Place.allCases)
  func options(_ place: Place) throws {
    var played = try PlayedCase(
      "{ exchange: [{ payload: 'a', header: { options: [{ recordRoute: 1 }] } }] }")
    #expect(played.kinds == [])
    played.change(at: [place]) { packet in
      packet.header.options[2] = 8
      packet = packet.withRightChecksum
    }
    #expect(played.kinds == [.field(.options)])
    let finding = played.verdict.allFindings[0]
    #expect(finding.places == [place])
    #expect(finding.text == "options: wanted 0707040000000000, \(place.rawValue) with 0707080000000000")
    #expect(played.verdict.messages[0].rows.contains { $0.title == "options" && $0.isWrong })
    #expect(played.verdict.messages[0].evidence?.marks == [22])
  }

  @Test("options that a file says of one place hold there, and any do where it says so")
  func optionsMatcher() throws {
    for (said, kinds) in [
      ("[{ raw: '07070801010101' }]", []), ("'any'", []), ("[]", [Finding.Kind.field(.options)]),
    ] {
      var played = try PlayedCase(
        """
        { exchange: [{
          payload: 'a', header: { options: [{ recordRoute: 1 }] },
          expect: { delivered: { header: { options: \(said) } } },
        }] }
        """)
      played.change(at: [.delivered]) { packet in
        packet.header.options.replaceSubrange(2..<7, with: [8, 1, 1, 1, 1])
        packet = packet.withRightChecksum
      }
      #expect(played.kinds == kinds, "\(said)")
    }
  }

  // MARK: - Headers that say what is not so

  @Test(
    "a header that misstates itself passes as it was asked for, and its payload is where the sender put it",
    arguments: [
      "headerLength: 16", "headerLength: 24", "headerLength: 60", "version: 5", "totalLength: 10",
      "totalLength: 22", "totalLength: 999", "headerLength: 24, options: ['nop', 'nop', 'nop', 'nop', 'nop']",
    ])
  func misstated(_ header: String) throws {
    var played = try PlayedCase(
      "{ exchange: [{ payload: 'abcd', header: { \(header) }, via: 'frame', expect: { delivered: false } }] }"
    )
    played.lose(at: [.delivered])
    #expect(played.kinds == [])
    played.change(at: [.arrived]) { $0.payload[3] ^= 1 }
    #expect(played.kinds == [.payload])
  }

  @Test(
    "a checksum must be as it was asked for",
    arguments: [("'bad'", 0, 1), ("'zero'", nil, 5), ("0x1234", nil, 0)] as [(String, UInt16?, UInt16)])
  func checksum(_ said: String, _ flip: UInt16?, _ other: UInt16) throws {
    var played = try PlayedCase(
      "{ exchange: [{ payload: 'a', header: { checksum: \(said) }, via: 'frame', expect: { delivered: false } }] }"
    )
    played.lose(at: [.delivered])
    #expect(played.kinds == [])
    played.change(at: [.arrived]) { packet in
      if flip == nil { packet.header.checksum = other } else { packet = packet.withRightChecksum }
    }
    #expect(played.kinds == [.field(.checksum)])
  }

  // MARK: - Pieces and copies

  @Test("another number of packets than wanted is found")
  func fragments() throws {
    func text(_ count: Int) -> String {
      "{ exchange: [{ payload: { size: 56 }, expect: { sent: { fragments: \(count) } } }] }"
    }
    var played = try PlayedCase(text(3))
    played.fragment(every: 24)
    #expect(played.kinds == [])
    played = try PlayedCase(text(3))
    #expect(played.kinds == [.fragments])
    #expect(played.verdict.allFindings[0].text == "wanted 3 packets, sent in 1 packet")
    played = try PlayedCase(text(2))
    played.fragment(every: 24)
    #expect(played.kinds == [.fragments])
    #expect(played.verdict.messages[0].rows.contains { $0.title == "packets" && $0.seen[.sent] == "3" })
  }

  @Test("a piece that is made by hand is whole as it is, and two of them are delivered as one")
  func pieceByHand() throws {
    let text = """
      { exchange: [
        { payload: { size: 24 }, header: { moreFragments: true, identification: 7 }, expect: { delivered: false } },
        { payload: { size: 8 }, header: { fragmentOffset: 24, identification: 7 }, expect: {
          delivered: { header: { fragmentOffset: 0, totalLength: 52 }, payload: { length: 32 } } } },
      ] }
      """
    var played = try PlayedCase(text)
    let first = try #require(played.messages[0][.sent]?.first)
    played.lose(at: [.delivered])
    played.change(at: [.delivered], message: 1) { packet in
      packet.header.fragmentOffset = 0
      packet = IPv4Packet.build(header: packet.header, payload: first.payload + packet.payload)
    }
    #expect(played.kinds == [])
    played.change(at: [.arrived]) { $0.payload[0] ^= 1 }
    #expect(played.kinds == [.payload])
  }

  @Test("as many copies as wanted pass, and one more or fewer is found", arguments: Place.allCases)
  func copies(_ place: Place) throws {
    var played = try PlayedCase(
      "{ exchange: [{ payload: 'x', expect: { \(place.rawValue): { copies: 2 } } }] }")
    #expect(played.kinds == [.copies(place)])
    #expect(played.verdict.allFindings[0].text == "\(place.rawValue) once, wanted 2 times")
    let once = played.messages[0][place] ?? []
    played.messages[0][place] = once + once
    #expect(played.kinds == [])
    played.messages[0][place] = once + once + once
    #expect(played.kinds == [.copies(place)])
  }

  // MARK: - Errors

  private func failing(_ failure: SendFailure?) throws -> PlayedCase {
    var played = try PlayedCase("{ exchange: [{ payload: 'x', expect: { error: 'EMSGSIZE' } }] }")
    played.sendFailures[0] = failure
    return played
  }

  @Test("a send call that must fail passes with just that error, and with nothing seen")
  func error() throws {
    let right = SendFailure(errno: "EMSGSIZE", description: "sendto: EMSGSIZE (Message too long)")
    var played = try failing(right)
    #expect(played.kinds == [.seen(.sent)])
    played.lose(at: Place.allCases)
    #expect(played.kinds == [])
    played = try failing(SendFailure(errno: "EPERM", description: "sendto: EPERM"))
    played.lose(at: Place.allCases)
    #expect(played.kinds == [.sendFailed])
    played = try failing(nil)
    #expect(played.kinds == [.notFailed])
  }

  // MARK: - What comes back

  private static func unreachable(code: UInt8, data: [UInt8] = []) -> IPv4Packet {
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
        "what came back is in pieces that do not fit: the last fragment is missing",
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
      let text = "did not come back: it was sent, and the cable did not bring it to the sender"
      #expect(played.verdict.allFindings.map(\.text) == [text])
      #expect(played.verdict.messages[0].changes == ["The cable dropped reverse packet 1."])
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
        "came back once, wanted 0", "nothing was sent back", "ICMP code: wanted 2, came back with 3",
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
      #expect(played.verdict.messages[0].changes == ["The cable doubled reverse packet 1."])
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
  }

  @Test("strays are no findings where the file passes over them")
  func unexpected() throws {
    var played = try PlayedCase("{ exchange: ['x'], expect: { unexpected: 'ignore' } }")
    played.others = [.ipv4(Self.unreachable(code: 2), at: .receiver, isOutgoing: true)]
    #expect(played.kinds == [] && played.verdict.strays.isEmpty)
  }

  // MARK: - Counters

  @Test("a counter that did not rise by as much as wanted while the message passed is found")
  func counters() throws {
    var played = try PlayedCase(
      "{ exchange: [{ payload: 'x', expect: { counters: { 'Ip.InHdrErrors': 1, 'Ip.InDelivers': 0 } } }] }")
    #expect(played.kinds == [.counter("Ip.InHdrErrors"), .counter("Ip.InDelivers")], "no such counters")
    played.risesOfMessage = ["Ip.InHdrErrors": 0, "Ip.InDelivers": 0]
    #expect(played.kinds == [.counter("Ip.InHdrErrors")])
    #expect(
      played.verdict.allFindings[0].text
        == "Ip.InHdrErrors of the receiver: wanted to rise by 1, rose by 0")
    played.risesOfMessage = ["Ip.InHdrErrors": 1, "Ip.InDelivers": 0]
    #expect(played.kinds == [])
    played.risesOfMessage = ["Ip.InHdrErrors": 1, "Ip.InDelivers": 1]
    #expect(played.kinds == [.counter("Ip.InDelivers")])
  }

  @Test("a counter over the exchange is judged for its host, and one that this kernel lacks is found")
  func exchangeCounters() throws {
    var played = try PlayedCase(
      "{ exchange: ['x'], expect: { counters: { sender: { 'Ip.OutRequests': 1 } } } }")
    #expect(played.kinds == [.counter("Ip.OutRequests")])
    #expect(played.verdict.allFindings[0].text == "this kernel has no counter Ip.OutRequests")
    played.rises = [.receiver: ["Ip.OutRequests": 1], .sender: ["Ip.OutRequests": 0]]
    #expect(played.kinds == [.counter("Ip.OutRequests")])
    played.rises[.sender]?["Ip.OutRequests"] = 1
    #expect(played.kinds == [])
  }

  @Test("a message that was not delivered is told with the counters that say why")
  func whyNotDelivered() throws {
    var played = try PlayedCase("{ exchange: ['x'] }")
    played.lose(at: [.delivered])
    #expect(played.verdict.allFindings[0].text.hasSuffix("open for it"))
    played.rises = [.receiver: ["Ip.InHdrErrors": 1, "Ip.InReceives": 1], .sender: ["Ip.OutDiscards": 1]]
    #expect(
      played.verdict.allFindings[0].text.hasSuffix(
        "open for it; over the whole exchange Ip.InHdrErrors rose by 1"))
    played.risesOfMessage = ["IpExt.InCsumErrors": 2]
    #expect(played.verdict.allFindings[0].text.hasSuffix("open for it; IpExt.InCsumErrors rose by 2"))
  }

  @Test("of a message of which nothing was seen, the nearest packet is shown")
  func nearest() throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    let asked = try #require(played.messages[0][.sent]?.first)
    var near = asked
    near.header.protocol = 17
    near.payload = [0x61, 0x62, 0x64]
    played.others = [
      .ipv4(Self.unreachable(code: 2), at: .receiver, isOutgoing: true),
      .ipv4(near, at: .sender, isOutgoing: true),
    ]
    played.lose(at: Place.allCases)
    let evidence = try #require(played.verdict.messages[0].evidence)
    #expect(evidence.place == nil && evidence.bytes == near.bytes && evidence.marks == [9, 22])
  }

  // MARK: - Known failures

  @Test("a failure that is known is accepted, and a case that passes although it is known to fail is found")
  func knownFailure() throws {
    var played = try PlayedCase("{ knownFailure: 'bug 7', exchange: ['x'] }")
    #expect(played.kinds == [.knownFailurePassed])
    #expect(!played.verdict.isAccepted && played.verdict.knownFailure == nil)
    let span = played.verdict.allFindings[0].span
    #expect(span.file.bytes[span.range].elementsEqual("'bug 7'".utf8))
    played.lose(at: [.delivered])
    #expect(played.kinds == [.notSeen(.delivered)])
    #expect(played.verdict.isAccepted && !played.verdict.isPassed && played.verdict.knownFailure == "bug 7")
    let timedOut = Judge.timedOut(played.scenario, played.record, awaiting: "the barrier")
    #expect(timedOut.isAccepted)
  }

  // MARK: - Names

  @Test("a kind of finding has a name that says its place or subject")
  func names() {
    let names: [(Finding.Kind, String)] = [
      (.field(.ttl), "field ttl"), (.field(.options), "field options"), (.frame(.padding), "frame padding"),
      (.payload, "payload"), (.icmp, "icmp"),
      (.cutShort, "cutShort"), (.fragments, "fragments"), (.reassembly, "reassembly"),
      (.notSeen(.delivered), "notSeen delivered"), (.seen(.arrived), "seen arrived"),
      (.copies(.sent), "copies sent"), (.returned(2), "returned 2"),
      (.counter("Ip.InHdrErrors"), "counter Ip.InHdrErrors"), (.sendFailed, "sendFailed"),
      (.notFailed, "notFailed"), (.notPlayed, "notPlayed"), (.stray, "stray"), (.order, "order"),
      (.notEnded(.sender), "notEnded sender"), (.timedOut, "timedOut"),
      (.knownFailurePassed, "knownFailurePassed"),
    ]
    for (kind, name) in names { #expect(kind.name == name) }
  }
}
