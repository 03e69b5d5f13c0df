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

  @Test("where none must be there any option is found, and a packet without passes")
  func noOptions() throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'a', expect: { header: { options: 'none' } } }] }")
    #expect(played.kinds == [])
    played.change { packet in
      packet.header.options = [1, 0, 0, 0]
      packet = IPv4Packet.build(header: packet.header, payload: packet.payload)
    }
    let finding = try #require(played.verdict.allFindings.first { $0.kind == .field(.options) })
    #expect(finding.text == "options: wanted none, sent with 01000000")
  }

  @Test("options that a file says of one place hold there, and any do where it says so")
  func optionsMatcher() throws {
    for (said, kinds) in [
      ("[{ raw: '07070801010101' }]", []), ("'any'", []), ("[]", [Finding.Kind.field(.options)]),
      ("'none'", [Finding.Kind.field(.options)]),
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

  @Test("copies are matched as fields are, but always one must be seen", arguments: Place.allCases)
  func matchedCopies(_ place: Place) throws {
    let rows: [(matcher: String, right: [Int], text: String?)] = [
      ("'any'", [1, 2, 3], nil), ("{ min: 2 }", [2, 3], "once, wanted at least 2 times"),
      ("{ max: 2 }", [1, 2], "3 times, wanted at most 2 times"),
      ("{ max: 1 }", [1], "2 times, wanted at most once"),
      ("{ min: 2, max: 2 }", [2], "once, wanted 2…2 times"),
      ("{ oneOf: [1, 3] }", [1, 3], "2 times, wanted 1 or 3 times"),
      ("{ not: 1 }", [2, 3], "once, wanted any number of times except once"),
    ]
    for row in rows {
      var played = try PlayedCase(
        "{ exchange: [{ payload: 'x', expect: { \(place.rawValue): { copies: \(row.matcher) } } }] }")
      let once = played.messages[0][place] ?? []
      var texts: [String] = []
      for count in 1...3 {
        played.messages[0][place] = Array(repeating: once, count: count).flatMap(\.self)
        #expect(played.kinds == (row.right.contains(count) ? [] : [.copies(place)]), "\(row) \(count)")
        texts += played.verdict.allFindings.map(\.text)
      }
      #expect(texts.first == row.text.map { "\(place.rawValue) \($0)" })
      played.lose(at: Place.allCases.drop { $0 != place }.map(\.self))
      #expect(played.kinds == [.notSeen(place)], "\(row)")
    }
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
        == "Ip.InHdrErrors of the receiver: wanted a rise of 1, rose by 0")
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
    #expect(played.verdict.allFindings[0].text.hasSuffix("delivered it to no socket"))
    played.rises = [.receiver: ["Ip.InHdrErrors": 1, "Ip.InReceives": 1], .sender: ["Ip.OutDiscards": 1]]
    #expect(
      played.verdict.allFindings[0].text.hasSuffix(
        "delivered it to no socket; over the whole exchange Ip.InHdrErrors rose by 1"))
    played.risesOfMessage = ["IpExt.InCsumErrors": 2]
    #expect(
      played.verdict.allFindings[0].text.hasSuffix("delivered it to no socket; IpExt.InCsumErrors rose by 2"))
  }

  @Test("of a message of which nothing was seen, the nearest packet is shown")
  func nearest() throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    let asked = try #require(played.messages[0][.sent]?.first)
    var near = asked
    near.header.protocol = 17
    near.payload = [0x61, 0x62, 0x64]
    played.others = [
      .ipv4(ReturnedFindingTests.unreachable(code: 2), at: .receiver, isOutgoing: true),
      .ipv4(near, at: .sender, isOutgoing: true),
    ]
    played.lose(at: Place.allCases)
    let evidence = try #require(played.verdict.messages[0].evidence)
    #expect(evidence.place == nil && evidence.bytes == near.bytes && evidence.marks == [9, 22])
    // Of several from the same host it is the nearest, wherever it stands among them.
    var far = near
    (far.header.ttl, far.payload) = (9, [0, 0, 0])
    let strays = [far, near, far].map { FrameRecord.ipv4($0, at: .sender, isOutgoing: true) }
    for others in [strays[...], strays.dropFirst(), strays.dropLast()].map(Array.init) {
      played.others = others
      #expect(played.verdict.messages[0].evidence?.bytes == near.bytes)
    }
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
    let timedOut = Judge.timedOut(played.scenario, played.record, awaiting: "a packet")
    #expect(timedOut.isAccepted)
  }

  // MARK: - Names

  @Test("a kind of finding has a name that says its place or subject")
  func names() {
    let names: [(Finding.Kind, String)] = [
      (.field(.ttl), "field ttl"), (.field(.options), "field options"), (.frame(.padding), "frame padding"),
      (.payload, "payload"), (.transport("udp", field: "sourcePort"), "udp sourcePort"),
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
