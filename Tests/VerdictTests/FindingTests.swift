// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// For each kind of finding, a case in which the judge finds that, there, and nothing else.
@Suite struct FindingTests {
  /// Every field, said by the message, by the expectation or by nobody, and a value that is wrong for it.
  static let fields: [(field: IPField, message: String, wrong: UInt32)] = [
    (.version, "", 5), (.headerLength, "", 16), (.totalLength, "", 23),
    (.ttl, "", 63), (.protocol, "", 17), (.source, "", 0x0101_0163), (.destination, "", 0x0101_0102),
    (.dscp, "header: { dscp: 46 }", 0), (.ecn, "header: { ecn: 1 }", 3),
    (.identification, "header: { identification: 7 }", 8),
    (.dontFragment, "header: { dontFragment: true }", 0),
    (.ttl, "header: { ttl: 9 }", 8), (.source, "header: { source: '9.9.9.9' }", 0x0101_0164),
    (.reserved, "expect: { header: { reserved: false } }", 1),
    (.dscp, "expect: { header: { dscp: 0 } }", 1),
    (.ecn, "expect: { header: { ecn: { oneOf: [0, 1] } } }", 2),
    (.identification, "expect: { header: { identification: { max: 9 } } }", 10),
    (.identification, "expect: { header: { identification: { not: 7 } } }", 7),
    (.ttl, "expect: { header: { ttl: { min: 60, max: 64 } } }", 65),
    (.destination, "expect: { header: { destination: '1.1.1.1' } }", 0x0101_0102),
  ]

  @Test("a field that is wrong at one place is found there alone", arguments: fields, Place.allCases)
  func field(_ row: (field: IPField, message: String, wrong: UInt32), _ place: Place) throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'ab', \(row.message) }] }")
    #expect(played.kinds == [])
    played.change(at: [place]) { packet in
      packet.header.set(row.field, to: row.wrong)
      packet = packet.withRightChecksum
    }
    // A total length that says more than there is cuts the packet short as well.
    let isCutShort = row.field == .totalLength
    #expect(played.kinds == [.field(row.field)] + (isCutShort ? [.cutShort] : []))
    #expect(played.verdict.allFindings.first?.places == [place])
  }

  @Test("a checksum is found wrong when it does not fit its header", arguments: Place.allCases)
  func checksum(_ place: Place) throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    played.change(at: [place]) { $0.header.checksum ^= 1 }
    #expect(played.kinds == [.field(.checksum)])
    #expect(played.verdict.allFindings[0].places == [place])
    #expect(played.verdict.allFindings[0].text.hasPrefix("checksum: wanted valid, \(place.rawValue) with 0x"))
  }

  @Test("a right checksum is found where it must be wrong or another number", arguments: ["'invalid'", "1"])
  func unwantedChecksum(_ said: String) throws {
    let played = try PlayedCase("{ exchange: [{ expect: { header: { checksum: \(said) } } }] }")
    #expect(played.kinds == [.field(.checksum)])
  }

  @Test(
    "a flag or an offset is found where it must not be, beside the pieces that it makes of the packet",
    arguments: [(IPField.moreFragments, "false"), (.fragmentOffset, "0")])
  func unwantedFragment(_ field: IPField, _ said: String) throws {
    var played = try PlayedCase("{ exchange: [{ expect: { header: { \(field.rawValue): \(said) } } }] }")
    played.change(at: [.arrived]) { packet in
      packet.header.set(field, to: 8)
      packet = packet.withRightChecksum
    }
    #expect(played.kinds == [.field(field), .reassembly])
  }

  @Test("a payload that was changed, cut or lengthened is found", arguments: Place.allCases)
  func payload(_ place: Place) throws {
    for payload in ["abd", "ab", "abcd"] {
      var played = try PlayedCase(
        "{ exchange: [{ payload: 'abc', expect: { header: { totalLength: 'any' } } }] }")
      played.change(at: [place]) { $0 = IPv4Packet.build(header: $0.header, payload: Array(payload.utf8)) }
      #expect(played.kinds == [.payload])
      #expect(played.verdict.allFindings[0].places == [place])
    }
  }

  @Test(
    "a payload that no matcher fits is found",
    arguments: ["{ contains: 'x' }", "{ prefix: 'b' }", "{ length: 4 }", "{ minLength: 4 }", "'abd'", "''"])
  func payloadMatchers(_ payload: String) throws {
    let played = try PlayedCase("{ exchange: [{ payload: 'abc', expect: { payload: \(payload) } }] }")
    #expect(played.kinds == [.payload])
    #expect(played.verdict.allFindings[0].places == Place.allCases)
  }

  @Test(
    "a packet that is shorter than its total length says is cut short, although its payload was not asked for"
  )
  func cutShort() throws {
    var played = try PlayedCase(
      "{ exchange: [{ payload: 'abcdef', expect: { payload: { prefix: 'abc' } } }] }")
    played.change(at: [.arrived]) { $0.payload.removeLast() }
    #expect(played.kinds == [.cutShort])
    #expect(played.verdict.allFindings[0].places == [.arrived])
    #expect(played.verdict.allFindings[0].text == "arrived with 25 bytes of a packet of 26")
  }

  @Test("a receiver that reads less than a header cuts the packet short, and does not pass as dropped")
  func stub() throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    played.bufferSize = 19
    #expect(played.kinds == [.cutShort])
    #expect(played.verdict.counts[.delivered] == 1)
    played = try PlayedCase("{ exchange: [{ payload: 'abc', expect: { delivered: false } }] }")
    played.bufferSize = 19
    #expect(played.kinds == [.seen(.delivered)])
  }

  @Test(
    "fragments with a hole or an overlap are found at the place that has them",
    arguments: [Place.sent, .arrived])
  func fragments(_ place: Place) throws {
    var whole = try PlayedCase("{ exchange: [{ payload: { size: 56 } }] }")
    whole.fragment(every: 24)
    var played = whole
    played.messages[0][place]?.remove(at: 1)
    #expect(played.kinds == [.reassembly])
    #expect(played.verdict.allFindings[0].places == [place])
    #expect(played.verdict.allFindings[0].text.hasSuffix("no fragment holds byte 24"))
    played = whole
    played.messages[0][place]?.swapAt(0, 2)
    if let copy = whole.messages[0][place]?[1] { played.messages[0][place]?.append(copy) }
    #expect(played.kinds == [.reassembly])
    #expect(played.verdict.allFindings[0].text.hasSuffix("two fragments hold byte 24"))
  }

  @Test("a field that is wrong in one fragment is found, with that fragment's value")
  func fieldOfFragment() throws {
    var played = try PlayedCase("{ exchange: [{ payload: { size: 56 } }] }")
    played.fragment(every: 24)
    played.messages[0][.arrived]?[1].header.checksum = 0
    played.messages[0][.arrived]?[0].header.ttl = 1
    if let first = played.messages[0][.arrived]?[0] {
      played.messages[0][.arrived]?[0] = first.withRightChecksum
    }
    #expect(played.kinds == [.field(.ttl), .field(.checksum)])
    #expect(played.verdict.allFindings[0].text == "time to live: wanted 64, arrived with 1")
    #expect(played.verdict.allFindings[1].text.contains("arrived with 0x0000, should be"))
  }

  @Test("a message is missed once, where its way ended")
  func notSeen() throws {
    let ways: [(lost: [Place], text: String)] = [
      ([.sent, .arrived, .delivered], "not sent: no packet of it left the sender"),
      ([.arrived, .delivered], "not arrived: it was sent, but never came out of the cable at the receiver"),
      ([.delivered], "not delivered: it arrived, but the receiver's kernel delivered it to no socket"),
    ]
    for way in ways {
      var played = try PlayedCase("{ exchange: ['first', 'second'] }")
      played.lose(at: way.lost, message: 1)
      let finding = try #require(played.verdict.messages[1].findings.first)
      #expect(played.kinds == [.notSeen(way.lost[0])])
      #expect(finding.places == [way.lost[0]])
      #expect(finding.text.hasPrefix(way.text))
    }
  }

  @Test("a message that nobody sent does not pass as dropped", arguments: ["arrived", "delivered"])
  func neverSent(_ place: String) throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'x', expect: { \(place): false } }] }")
    played.lose(at: Place.allCases)
    #expect(played.kinds == [.notSeen(.sent)])
  }

  @Test("a message that did not arrive does not pass as not delivered")
  func neverArrived() throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'x', expect: { delivered: false } }] }")
    played.lose(at: [.arrived, .delivered])
    #expect(played.kinds == [.notSeen(.arrived)])
  }

  @Test(
    "a message that is seen where it must not be is found once, with all places", arguments: Place.allCases)
  func seen(_ place: Place) throws {
    let played = try PlayedCase("{ exchange: [{ payload: 'x', expect: { \(place.rawValue): false } }] }")
    #expect(played.kinds == [.seen(place)])
    let finding = played.verdict.allFindings[0]
    #expect(finding.places == Array(Place.allCases.drop { $0 != place }))
    #expect(finding.span.file.bytes[finding.span.range].elementsEqual("false".utf8))
  }

  @Test("a message that is seen twice is found", arguments: Place.allCases)
  func copies(_ place: Place) throws {
    var played = try PlayedCase("{ exchange: ['x'] }")
    let once = played.messages[0][place] ?? []
    played.messages[0][place] = once + once
    #expect(played.kinds == [.copies(place)])
    #expect(played.verdict.allFindings[0].text == "\(place.rawValue) 2 times, wanted once")
  }

  @Test("a send call that failed is found, and what could not be seen then is not")
  func sendFailed() throws {
    var played = try PlayedCase("{ exchange: ['x'] }")
    played.lose(at: Place.allCases)
    played.sendFailures[0] = SendFailure(
      errno: "EPERM", description: "sendto: EPERM (Operation not permitted)")
    #expect(played.kinds == [.sendFailed])
    #expect(played.verdict.allFindings[0].text == "not sent: sendto: EPERM (Operation not permitted)")
  }

  @Test("each message that was not played is found")
  func notPlayed() throws {
    var played = try PlayedCase("{ exchange: ['1', '2', '3'] }")
    played.messages.removeLast(2)
    #expect(played.kinds == [.notPlayed, .notPlayed])
    #expect(played.verdict.messages.map(\.title) == (1...3).map { "message \($0)" })
  }

  @Test("a role that must end and did not is found", arguments: HostName.allCases)
  func notEnded(_ host: HostName) throws {
    let roles = "sender: { send: { until: 'q' } }, receiver: { receive: { until: 'q' } }"
    let expect = "expect: { sender: { ended: 'until' }, receiver: { ended: 'until' } }"
    var played = try PlayedCase("{ \(roles), exchange: ['q'], \(expect) }")
    #expect(played.kinds == [])
    played.ended.remove(host)
    #expect(played.kinds == [.notEnded(host)])
  }

  @Test("a case whose time ran out fails at the message that was awaited, with what was wrong before")
  func timedOut() throws {
    var played = try PlayedCase("{ exchange: ['1', '2', '3'] }")
    played.messages.removeLast(2)
    var verdict = Judge.timedOut(played.scenario, played.record, awaiting: "a packet")
    #expect(verdict.allFindings.map(\.kind) == [.timedOut])
    #expect(verdict.allFindings[0].text == "the case timed out while waiting for a packet")
    #expect(verdict.allFindings[0].span.range == played.scenario.exchange[1].span.range)
    #expect(verdict.counts[.sent] == 1)
    #expect(!verdict.isPassed)
    played.lose(at: [.delivered])
    verdict = Judge.timedOut(played.scenario, played.record, awaiting: "the barrier")
    #expect(verdict.allFindings.map(\.kind) == [.notSeen(.delivered), .timedOut])
    verdict = Judge.timedOut(played.scenario, CaseRecord(), awaiting: "the link")
    #expect(verdict.allFindings.map(\.kind) == [.timedOut])
  }
}
