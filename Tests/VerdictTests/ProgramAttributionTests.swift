// SPDX-License-Identifier: Apache-2.0

import Testing
import Verdict
import Wire

@testable import Scenario

/// Whose the packets are that a program sends when it likes.
@Suite struct ProgramAttributionTests {
  private static func scenario(_ exchange: String, _ rest: String = "") throws -> Scenario {
    try Scenario(text: "{ sender: { run: ['./mine'] }, exchange: [\(exchange)], \(rest) }")
  }

  /// What is found where a program sent this, in pieces of so many bytes, and all of it came through.
  private static func kinds(
    _ scenario: Scenario, _ sent: [IPv4Packet], pieces: Int = .max
  ) -> [Finding.Kind] {
    verdict(scenario, sent, pieces: pieces).allFindings.map(\.kind)
  }

  private static func verdict(_ scenario: Scenario, _ sent: [IPv4Packet], pieces: Int = .max) -> CaseVerdict {
    let packets = sent.map { (packet: $0, from: HostName.sender) }
    return Judge.judge(scenario, CaseRecord(scenario, crossing: packets, pieces: pieces))
  }

  @Test("equal messages have a packet each", arguments: [2, 3, 17])
  func equal(count: Int) throws {
    let scenario = try Self.scenario("{ payload: 'Hi', repeat: \(count) }")
    let packets = scenario.packetsOfKernel
    #expect(Self.kinds(scenario, packets) == [])
    #expect(Self.kinds(scenario, packets.reversed()) == [])
    #expect(Self.kinds(scenario, packets + packets.prefix(1)).first == .copies(.sent))
    #expect(Self.kinds(scenario, packets.dropLast()) == [.notSeen(.sent)])
  }

  @Test("messages that are equal and apart in the file have a packet each, among others")
  func apart() throws {
    let exchange = "'Hi', 'How are you ?', 'Hi', { payload: 'Quit', repeat: 2 }, 'Hi'"
    for pacing in Pacing.allCases {
      let scenario = try Self.scenario(exchange, "pacing: '\(pacing.rawValue)'")
      let packets = scenario.packetsOfKernel
      #expect(Self.kinds(scenario, packets) == [])
      #expect(Self.kinds(scenario, packets.reversed()) == (pacing == .lockstep ? [.outOfTurn] : []))
    }
  }

  @Test(
    "a packet of nobody's that goes the way of a message is nobody's at every place, before it and behind it")
  func strays() throws {
    let scenario = try Self.scenario("'one'")
    let packet = scenario.packetsOfKernel[0]
    let stray = IPv4Packet.build(header: packet.header, payload: Array("hello?".utf8)).withRightChecksum
    for sent in [[stray, packet], [packet, stray]] {
      let verdict = Self.verdict(scenario, sent)
      #expect(verdict.allFindings.map(\.kind) == [.stray], "\(verdict.allFindings.map(\.text))")
      #expect(verdict.counts == [.sent: 1, .arrived: 1, .delivered: 1])
    }
  }

  @Test("a packet that is like one message is not taken for another that is missing")
  func missing() throws {
    let scenario = try Self.scenario("'Hello World !', 'Quit'")
    let packets = scenario.packetsOfKernel
    #expect(
      Self.kinds(scenario, [packets[0], packets[0]])
        == [.copies(.sent), .notSeen(.sent)])
  }

  @Test("equal messages that leave in pieces have their own pieces each")
  func pieces() throws {
    let scenario = try Self.scenario(
      "{ payload: { size: 100 }, repeat: 3, expect: { sent: { fragments: 3 }, arrived: { fragments: 3 } } }",
      "network: { mtu: 68 }")
    #expect(Self.kinds(scenario, scenario.packetsOfKernel, pieces: 48) == [])
  }

  @Test("pieces that a program sends the last one first, or each twice, are of their datagram")
  func turnedPieces() throws {
    let counted = { (copies: Int) in
      let sent = "fragments: 3, copies: \(copies)"
      return "expect: { sent: { \(sent) }, arrived: { \(sent) }, delivered: { copies: \(copies) } }"
    }
    for (copies, order) in [
      (1, [2, 1, 0]), (1, [1, 2, 0]), (2, [0, 0, 1, 1, 2, 2]), (2, [2, 1, 0, 0, 1, 2]),
    ] {
      let scenario = try Self.scenario(
        "{ payload: { size: 100 }, \(counted(copies)), repeat: 2 }", "network: { mtu: 68 }")
      let packets = scenario.packetsOfKernel
      let pieces = packets.map { $0.fragments(every: 48) }
      var record = CaseRecord(
        scenario,
        crossing: pieces.flatMap { pieces in order.map { (packet: pieces[$0], from: HostName.sender) } })
      record.burst?.deliveries = packets.flatMap { packet in
        let delivery = Delivery(
          bytes: packet.bytes, originalLength: packet.bytes.count, at: .receiver, timestamp: 0)
        return Array(repeating: delivery, count: copies)
      }
      #expect(Judge.judge(scenario, record).allFindings.map(\.kind) == [], "\(order)")
    }
  }

  // MARK: - Bursts

  /// Messages that differ in their time to live alone, each of which must be the one that it was asked to be.
  private static let ttls = Array(stride(from: UInt8(3), through: 251, by: 8))

  private static func burst(_ rest: String = "") throws -> Scenario {
    let messages = ttls.map { "{ payload: 'Hi', header: { ttl: \($0) } }" }
    return try scenario(messages.joined(separator: ", "), "pacing: 'burst', \(rest)")
  }

  @Test("packets that differ in their time to live alone pass in any order")
  func shuffled() throws {
    let scenario = try Self.burst()
    let packets = scenario.packetsOfKernel
    #expect(packets.count == 32)
    var random = SplitMix64(state: 32)
    for round in 0..<100 {
      // The kernel chooses the identification as it sends, and with it the checksum.
      let sent = packets.shuffled(using: &random).map { packet in
        var packet = packet
        packet.header.identification = UInt16.random(in: 0...UInt16.max, using: &random)
        return packet.withRightChecksum
      }
      #expect(Self.kinds(scenario, sent) == [], "round \(round): \(sent.map(\.header.ttl))")
    }
  }

  @Test("of packets that differ in one field, the one that is wrong is that of the message that is left")
  func oneWrong() throws {
    let scenario = try Self.burst()
    var random = SplitMix64(state: 33)
    for wrong in Self.ttls.indices {
      var sent = scenario.packetsOfKernel
      sent[wrong].header.ttl += 1
      sent[wrong] = sent[wrong].withRightChecksum
      let verdict = Self.verdict(scenario, sent.shuffled(using: &random))
      #expect(verdict.allFindings.map(\.kind) == [.field(.ttl)])
      #expect(verdict.messages[wrong].findings.count == 1, "\(wrong)")
    }
  }

  @Test(
    "a packet that is wrong in one field is that of the message that is left, though it is as another asks")
  func asAnother() throws {
    var random = SplitMix64(state: 35)
    for pacing in Pacing.allCases {
      let messages = Self.ttls.map { "{ payload: 'Hi', header: { ttl: \($0) } }" }
      let scenario = try Self.scenario(messages.joined(separator: ", "), "pacing: '\(pacing.rawValue)'")
      for (wrong, other) in [(0, 1), (1, 0), (5, 20), (20, 5)] {
        var sent = scenario.packetsOfKernel
        sent[wrong].header.ttl = Self.ttls[other]
        sent[wrong] = sent[wrong].withRightChecksum
        let order = pacing == .burst ? sent.shuffled(using: &random) : sent
        let verdict = Self.verdict(scenario, order)
        #expect(verdict.allFindings.map(\.kind) == [.field(.ttl)], "\(pacing) \(wrong) \(other)")
        #expect(verdict.messages[wrong].findings.count == 1)
      }
    }
  }

  @Test("a packet that is as another message and wrong in two fields for the one that is left is a copy")
  func copyOfAnother() throws {
    let scenario = try Self.scenario(
      "{ payload: 'Hi', header: { ttl: 9, dscp: 1 } }, { payload: 'Hi', header: { ttl: 8, dscp: 2 } }",
      "pacing: 'burst'")
    let packet = scenario.packetsOfKernel[0]
    #expect(Self.kinds(scenario, [packet, packet]) == [.copies(.sent), .notSeen(.sent)])
  }

  @Test("a field that the file asks for weighs more than one that the kernel chose")
  func askedFields() throws {
    let scenario = try Self.scenario(
      "{ payload: 'Hi', header: { identification: 7, ttl: 9 } }, { payload: 'Hi', header: { ttl: 8 } }",
      "pacing: 'burst'")
    var sent = scenario.plays.map { $0.message.ipv4(in: scenario) }
    // What the second message does not ask for is as the first has it.
    (sent[0].header.identification, sent[1].header.identification) = (3, 7)
    sent = sent.map(\.withRightChecksum)
    for order in [sent, sent.reversed()] {
      let verdict = Self.verdict(scenario, order)
      #expect(verdict.allFindings.map(\.kind) == [.field(.identification)])
      #expect(verdict.messages[0].findings.count == 1)
    }
  }

  @Test("a packet goes to the message that asks more of it, and what is left to the one that takes any")
  func askedMost() throws {
    let scenario = try Self.scenario(
      "'Hi', { payload: 'Hi', header: { ttl: 9 } }, { header: { protocol: 253 } }",
      "pacing: 'burst'")
    let sent = [(9, "Hi"), (7, "Hi"), (9, "Ho")].map { ttl, text in
      var packet = scenario.plays[0].message.ipv4(in: scenario)
      (packet.header.ttl, packet.payload) = (UInt8(ttl), Array(text.utf8))
      return packet.withRightChecksum
    }
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      #expect(Self.kinds(scenario, order.map { sent[$0] }) == [], "\(order)")
    }
  }

  @Test("messages that ask for ranges of a field have a packet each that is in theirs")
  func ranges() throws {
    let messages = (0..<8).map {
      "{ payload: 'Hi', expect: { header: { ttl: { min: \(10 * $0 + 1), max: \(10 * $0 + 10) } } } }"
    }
    let scenario = try Self.scenario(messages.joined(separator: ", "), "pacing: 'burst'")
    var random = SplitMix64(state: 34)
    for _ in 0..<50 {
      let sent = (0..<8).map { index in
        var packet = scenario.plays[index].message.ipv4(in: scenario)
        packet.header.ttl = UInt8.random(in: UInt8(10 * index + 1)...UInt8(10 * index + 10), using: &random)
        return packet.withRightChecksum
      }
      let order = sent.shuffled(using: &random)
      #expect(Self.kinds(scenario, order) == [], "\(order.map(\.header.ttl))")
    }
  }

  @Test("a message that must not be sent leaves its packet to an equal one that must")
  func unwanted() throws {
    for exchange in [
      "{ payload: 'Hi', expect: { sent: false } }, 'Hi'", "'Hi', { payload: 'Hi', expect: { sent: false } }",
    ] {
      let scenario = try Self.scenario(exchange, "pacing: 'burst'")
      let packets = scenario.packetsOfKernel
      #expect(Self.kinds(scenario, [packets[0]]) == [], "\(exchange)")
      #expect(Self.kinds(scenario, packets) == [.seen(.sent)], "\(exchange)")
    }
  }

  @Test("copies that are all wrong in the same way are their message's")
  func wrongCopies() throws {
    let twice = "expect: { sent: { copies: 2 }, arrived: { copies: 2 }, delivered: { copies: 2 } }"
    let scenario = try Self.scenario(
      "{ payload: 'Hi', header: { ttl: 9 }, \(twice) }, 'Ho'", "pacing: 'burst'")
    var sent = scenario.packetsOfKernel
    sent.insert(sent[0], at: 1)
    for index in 0..<2 {
      sent[index].header.ttl = 8
      sent[index] = sent[index].withRightChecksum
    }
    #expect(Self.kinds(scenario, sent) == [.field(.ttl)])
  }

  @Test("of two equal messages one copy too many is found once, at all places", arguments: 0...2)
  func oneTooMany(_ place: Int) throws {
    for repetitions in ["'Hi', 'Hi'", "{ payload: 'Hi', repeat: 2 }"] {
      let scenario = try Self.scenario(repetitions, "pacing: 'burst'")
      var third = scenario.packetsOfKernel[0]
      third.header.identification = 0x4321
      var sent = scenario.packetsOfKernel
      sent.insert(third.withRightChecksum, at: place)
      let verdict = Self.verdict(scenario, sent)
      #expect(verdict.allFindings.map(\.kind) == [.copies(.sent)])
      #expect(verdict.allFindings.map(\.places) == [Place.allCases])
      #expect(verdict.allFindings.map(\.text) == ["sent, arrived and delivered 2 times, wanted once"])
      #expect(verdict.counts == [.sent: 3, .arrived: 3, .delivered: 3])
    }
  }

  @Test("copies that are asked for are shared out, and one too many of them is found")
  func copiesOfEquals() throws {
    let twice = "expect: { sent: { copies: 2 }, arrived: { copies: 2 }, delivered: { copies: 2 } }"
    let scenario = try Self.scenario("{ payload: 'Hi', \(twice), repeat: 2 }", "pacing: 'burst'")
    let sent = scenario.packetsOfKernel.flatMap { [$0, $0] }
    #expect(Self.kinds(scenario, sent) == [])
    #expect(Self.kinds(scenario, sent + sent.prefix(1)).first == .copies(.sent))
    #expect(Self.kinds(scenario, sent.dropLast()).first == .copies(.sent))
  }

  @Test("a sender that is a line ahead of its typing sends what comes next, whenever it was seen")
  func ahead() throws {
    let text = "{ sender: { run: ['./mine'], stdin: 'exchange' }, exchange: ['one', 'two', 'three'] }"
    let played = try PlayedCase(text)
    var record = played.record
    let windows = record.messages
    // The first window has two messages, the second one, and the third none.
    record.messages[0].frames += windows[1].frames
    record.messages[0].deliveries += windows[1].deliveries
    record.messages[1] = windows[2]
    record.messages[2] = MessageRecord()
    #expect(Judge.judge(played.scenario, record).allFindings.map(\.kind) == [])
  }

  // MARK: - Many

  // Compared with each other one by one, so many would take minutes.

  @Test("thousands of equal messages are told apart")
  func many() throws {
    let scenario = try Self.scenario("{ payload: 'Hi', repeat: 3000 }")
    #expect(Self.kinds(scenario, scenario.packetsOfKernel) == [])
  }

  @Test("thousands of equal messages that are all wrong in one way are each wrong so")
  func manyWrong() throws {
    let scenario = try Self.scenario(
      "{ payload: 'Hi', repeat: 3000, header: { ttl: 9 } }", "pacing: 'burst'")
    let sent = scenario.packetsOfKernel.map { packet in
      var packet = packet
      packet.header.ttl = 64
      return packet.withRightChecksum
    }
    #expect(Self.kinds(scenario, sent) == Array(repeating: .field(.ttl), count: 3000))
  }
}
