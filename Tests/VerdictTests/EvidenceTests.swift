// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What is shown of a message that failed: the table, the marked bytes, who changed what.
@Suite struct EvidenceTests {
  private static let agreement = "All three agree: the packet was not changed on its way."

  private func spoilt(
    _ text: String = "{ exchange: ['abc'] }", at places: [Place], _ change: (inout IPv4Packet) -> Void
  ) throws -> MessageVerdict {
    var played = try PlayedCase(text)
    played.change(at: places) { packet in
      change(&packet)
      packet = packet.withRightChecksum
    }
    return played.verdict.messages[0]
  }

  @Test("a message that passes shows nothing")
  func passed() throws {
    let message = try PlayedCase("{ exchange: ['abc'] }").verdict.messages[0]
    #expect(message.rows.isEmpty && message.changes.isEmpty && message.evidence == nil)
  }

  @Test("the wrong row is marked, and has a cell for each place")
  func rows() throws {
    let message = try spoilt(at: [.arrived]) { $0.header.ttl = 63 }
    #expect(
      message.rows.map(\.title) == ["header length", "total length", "time to live", "checksum", "payload"])
    #expect(message.rows.map(\.isWrong) == [false, false, true, false, false])
    #expect(message.rows[2].wanted == "64")
    #expect(message.rows[2].seen == [.sent: "64", .arrived: "63", .delivered: "64"])
    #expect(message.rows[3].wanted == "valid" && message.rows[3].remark == "valid")
    #expect(message.rows[4].seen == [.sent: "same", .arrived: "same", .delivered: "same"])
  }

  @Test("a place where the message was not seen has no cell")
  func missingCells() throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    played.lose(at: [.delivered])
    let rows = played.verdict.messages[0].rows
    #expect(rows.allSatisfy { Set($0.seen.keys) == [.sent, .arrived] && !$0.isWrong })
    #expect(rows.count == 4)
  }

  @Test("the cell of a payload says where it differs, or how long it is")
  func payloadCells() throws {
    var message = try spoilt(at: [.delivered]) { $0.payload[1] = 0 }
    #expect(message.rows.last?.seen == [.sent: "same", .arrived: "same", .delivered: "differs at 1"])
    #expect(message.rows.last?.isWrong == true)
    #expect(
      message.findings[0].text
        == "payload: wanted 3 bytes, delivered with the same number, differing at 1")
    message = try spoilt(
      "{ exchange: [{ payload: 'abc', expect: { sent: { payload: { length: 4 } } } }] }", at: []
    ) {
      _ in
    }
    #expect(message.rows.last?.seen == [.sent: "3 bytes", .arrived: "same", .delivered: "same"])
  }

  @Test("a packet that was cut short shows how many bytes there are")
  func bytesRow() throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    played.bufferSize = 22
    let row = try #require(played.verdict.messages[0].rows.first { $0.title == "bytes there" })
    #expect(row.wanted == "23" && row.seen == [.sent: "23", .arrived: "23", .delivered: "22"] && row.isWrong)
  }

  @Test(
    "who changed a field is named by where it changed",
    arguments: [
      ([Place.sent, .arrived, .delivered], "The sending kernel changed the time to live: asked 9, sent 7."),
      (
        [.arrived, .delivered],
        "Between the two ends of the cable the time to live changed: sent 9, arrived 7."
      ),
      ([.delivered], "The receiving kernel changed the time to live: arrived 9, delivered 7."),
    ])
  func changes(_ places: [Place], _ sentence: String) throws {
    let text = "{ exchange: [{ payload: 'abc', header: { ttl: 9 } }] }"
    #expect(try spoilt(text, at: places) { $0.header.ttl = 7 }.changes == [sentence])
  }

  @Test("who changed the payload is named")
  func payloadChanges() throws {
    let text = "{ exchange: [{ payload: 'abc' }] }"
    #expect(
      try spoilt(text, at: [.arrived, .delivered]) { $0.payload[0] = 0 }.changes == [
        "Between the two ends of the cable the payload changed."
      ])
  }

  @Test("all three agree only when they do, byte for byte")
  func agreement() throws {
    let text = "{ exchange: [{ payload: 'abc', expect: { header: { ttl: 9, identification: 'any' } } }] }"
    #expect(try spoilt(text, at: []) { _ in }.changes == [Self.agreement])
    // What nobody finds wrong is changed all the same.
    #expect(try spoilt(text, at: [.arrived]) { $0.header.identification = 5 }.changes == [])
    let payload = "{ exchange: [{ payload: 'abc', expect: { payload: 'x' } }] }"
    #expect(try spoilt(payload, at: []) { _ in }.changes == [Self.agreement])
  }

  @Test("of what the cable padded nobody says that it was not changed, of what it held back anybody may")
  func touchedByTheCable() throws {
    let rows: [(CableDeed.Kind, [String])] = [
      (.padded(25), ["The cable padded packet 1 with 25 bytes: IP protocol 253, 1.1.1.100 to 1.1.1.1."]),
      (
        .delayed(.milliseconds(20)),
        [Self.agreement, "The cable delayed packet 1 by 20 ms: IP protocol 253, 1.1.1.100 to 1.1.1.1."]
      ),
    ]
    for (kind, changes) in rows {
      var played = try PlayedCase(
        "{ network: { cable: {} }, exchange: [{ payload: 'a', expect: { header: { ttl: 9 } } }] }")
      (played.emitted, played.deeds) = ([1], [CableDeed(1, kind)])
      #expect(played.verdict.messages[0].changes == changes)
    }
  }

  @Test("a cable that changed a field is named, and what it did; the numbers say which packet it was")
  func changedByTheCable() throws {
    var played = try PlayedCase(
      "{ network: { cable: { corrupt: [{ packet: 1, bit: 64 }] } }, exchange: [{ payload: 'a', header: { ttl: 9 } }] }"
    )
    played.change(at: [.arrived, .delivered]) { $0.header.ttl = 137 }
    (played.emitted, played.deeds) = ([1], [CableDeed(1, .bitFlipped(64))])
    let changes = played.verdict.messages[0].changes
    #expect(changes.first == "The cable changed the time to live: sent 9, arrived 137.")
    #expect(changes.last == "The cable flipped bit 64 of packet 1: IP protocol 253, 1.1.1.100 to 1.1.1.1.")
    // Without a number nobody can say who it was.
    played.emitted = nil
    #expect(
      played.verdict.messages[0].changes.first
        == "Between the two ends of the cable the time to live changed: sent 9, arrived 137.")
  }

  @Test("a cable that changed the payload or the options is named")
  func payloadChangedByTheCable() throws {
    var played = try PlayedCase(
      "{ network: { cable: { corrupt: [{ packet: 1, bit: 192 }] } }, exchange: [{ payload: 'a', header: { options: ['nop', 'nop', 'nop', 'nop'] } }] }"
    )
    played.change(at: [.arrived, .delivered]) { $0.payload[0] = 0xe1 }
    (played.emitted, played.deeds) = ([1], [CableDeed(1, .bitFlipped(192))])
    #expect(
      played.verdict.messages[0].changes == [
        "The cable changed the payload.",
        "The cable flipped bit 192 of packet 1: IP protocol 253, 1.1.1.100 to 1.1.1.1.",
      ])
    played.change(at: [.arrived, .delivered]) { packet in
      packet.payload[0] = 0x61
      packet.header.options[0] = 0x81
    }
    #expect(played.verdict.messages[0].changes.first == "The cable changed the options.")
  }

  @Test("what a program put on the wire is its own: no kernel is said to have changed what was asked of it")
  func programAsSender() throws {
    let text =
      "{ sender: { run: ['./mine'] }, exchange: [{ payload: 'abc', header: { ttl: 9, options: ['nop', 'nop', 'nop', 'nop'] } }] }"
    let changes: [(inout IPv4Packet) -> Void] = [
      { $0.header.ttl = 7 }, { $0.header.options[0] = 0 }, { $0.payload[0] = 0 },
    ]
    for change in changes {
      #expect(try spoilt(text, at: Place.allCases, change).changes == [Self.agreement])
    }
    // What changes behind it is known to have changed.
    #expect(
      try spoilt(text, at: [.delivered]) { $0.header.ttl = 7 }.changes == [
        "The receiving kernel changed the time to live: arrived 9, delivered 7."
      ])
  }

  @Test("of what was delivered in another number than arrived, nobody says that the kernel changed it")
  func changedBetweenArrivalAndSocket() throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'abc', header: { ttl: 9 } }] }")
    played.change(at: [.delivered]) { packet in
      packet.header.ttl = 7
      packet = packet.withRightChecksum
    }
    played.messages[0][.arrived] = (played.messages[0][.arrived] ?? []) + (played.messages[0][.arrived] ?? [])
    #expect(
      played.verdict.messages[0].changes == [
        "Between its arrival and the socket the time to live changed: arrived 9, delivered 7."
      ])
  }

  @Test("both agree where only two places are looked at")
  func bothAgree() throws {
    var played = try PlayedCase(
      "{ exchange: [{ payload: 'a', expect: { header: { ttl: 9 }, delivered: false } }] }")
    played.lose(at: [.delivered])
    #expect(played.verdict.messages[0].changes == ["Both agree: the packet was not changed on its way."])
  }

  @Test("one that is put together again from fragments was not changed by that")
  func reassembled() throws {
    var played = try PlayedCase(
      "{ exchange: [{ payload: { size: 56 }, expect: { header: { totalLength: 9 } } }] }")
    played.fragment(every: 24)
    #expect(played.verdict.messages[0].changes == [])
  }

  @Test("exactly the wrong bytes are marked, in the first packet that has any")
  func marks() throws {
    var evidence = try #require(try spoilt(at: [.arrived]) { $0.header.ttl = 63 }.evidence)
    #expect(evidence.place == .arrived && evidence.marks == [8])
    evidence = try #require(
      try spoilt(at: [.delivered]) { $0.header.source = IPv4Address(9, 1, 1, 100) }.evidence)
    #expect(evidence.place == .delivered && evidence.marks == [12, 13, 14, 15])
    evidence = try #require(try spoilt(at: [.sent]) { $0.payload[2] ^= 1 }.evidence)
    #expect(evidence.place == .sent && evidence.marks == [22])
    let flags = "{ exchange: [{ expect: { header: { dontFragment: true } } }] }"
    #expect(try spoilt(flags, at: []) { _ in }.evidence?.marks == [6])
  }

  @Test("of several pieces the first that is wrong is the evidence")
  func wrongPiece() throws {
    var played = try PlayedCase("{ exchange: [{ payload: { size: 56 } }] }")
    played.fragment(every: 24)
    played.messages[0][.arrived]?[1].header.checksum ^= 1
    let evidence = try #require(played.verdict.messages[0].evidence)
    #expect(evidence.bytes == played.messages[0][.arrived]?[1].bytes)
    #expect(evidence.place == .arrived && evidence.marks == [10, 11])
  }

  @Test("of several copies that are wrong the first is the evidence, and one that is right is none")
  func wrongCopies() throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'abc', expect: { sent: { copies: 3 } } }] }")
    let right = try #require(played.messages[0][.sent]?.first)
    let wrong = [9, 8].map { (ttl: UInt8) in
      var packet = right
      packet.header.ttl = ttl
      return packet.withRightChecksum
    }
    played.messages[0][.sent] = [right, wrong[0], wrong[1]]
    let message = played.verdict.messages[0]
    #expect(message.evidence?.bytes == wrong[0].bytes)
    #expect(message.rows.first { $0.title == "time to live" }?.seen[.sent] == "9")
    #expect(
      message.findings.first { $0.kind == .field(.ttl) }?.text == "time to live: wanted 64, sent with 9")
  }

  @Test("what was seen where it must not be is the evidence, without marks")
  func unwanted() throws {
    let message = try spoilt("{ exchange: [{ expect: { delivered: false } }] }", at: []) { _ in }
    #expect(message.evidence?.place == .delivered && message.evidence?.marks == [])
  }
}
