// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// Which packets of programs are waited for, and when they are too many.
@Suite struct AwaitedPacketsTests {
  private static func scenario(_ exchange: String, _ rest: String = "") throws -> Scenario {
    try Scenario(text: "{ sender: { run: ['./mine'] }, exchange: [\(exchange)], \(rest) }")
  }

  private static func frame(_ play: Play, _ scenario: Scenario) -> FrameRecord {
    .ipv4(play.message.ipv4(in: scenario), at: .sender, isOutgoing: true)
  }

  @Test("a message that is repeated is seen as often as packets of it were")
  func repeated() throws {
    let scenario = try Self.scenario("{ payload: 'Hi', repeat: 3 }")
    let plays = scenario.plays
    var awaited = AwaitedPackets(of: scenario)
    for (index, play) in plays.enumerated() {
      #expect(plays.map(awaited.hasSeen) == plays.indices.map { $0 < index })
      awaited.note(Self.frame(play, scenario))
    }
    #expect(plays.allSatisfy(awaited.hasSeen))
  }

  @Test("a message that is to be sent in copies is seen when all of them were")
  func copies() throws {
    let scenario = try Self.scenario("{ payload: 'Hi', repeat: 2, expect: { sent: { copies: 2 } } }")
    let plays = scenario.plays
    var awaited = AwaitedPackets(of: scenario)
    for seen in [[false, false], [false, false], [true, false], [true, false]] {
      #expect(plays.map(awaited.hasSeen) == seen)
      awaited.note(Self.frame(plays[0], scenario))
    }
    #expect(plays.allSatisfy(awaited.hasSeen))
  }

  @Test(
    "as many copies are awaited as must come at least, and always one",
    arguments: [
      ("'any'", 1), ("{ min: 3 }", 3), ("{ max: 3 }", 1), ("{ min: 2, max: 3 }", 2), ("{ not: 1 }", 2),
      ("{ not: 2 }", 1), ("{ oneOf: [4, 2, 3] }", 2), ("3", 3),
    ])
  func matchedCopies(matcher: String, least: Int) throws {
    let scenario = try Self.scenario("{ payload: 'Hi', expect: { sent: { copies: \(matcher) } } }")
    let play = scenario.plays[0]
    var awaited = AwaitedPackets(of: scenario)
    for _ in 0..<least {
      #expect(!awaited.hasSeen(play))
      awaited.note(Self.frame(play, scenario))
    }
    #expect(awaited.hasSeen(play))
  }

  @Test("the packet that is lacking is told by its number among those of its message")
  func lacking() throws {
    let scenario = try Self.scenario("{ payload: 'Hi', expect: { sent: { copies: 2 } } }")
    let play = scenario.plays[0]
    var awaited = AwaitedPackets(of: scenario)
    #expect(awaited.lacking(of: play) == "a packet of message 1")
    awaited.note(Self.frame(play, scenario))
    #expect(awaited.lacking(of: play) == "packet 2 of message 1")
    awaited.note(Self.frame(play, scenario))
    #expect(awaited.lacking(of: play) == nil)
  }

  @Test("messages under several protocols are awaited one after the other, whichever comes first")
  func protocols() throws {
    let scenario = try Self.scenario("'Hi', { payload: 'Ho', header: { protocol: 252 } }")
    let plays = scenario.plays
    var awaited = AwaitedPackets(of: scenario)
    // Which of them it is is sorted out later: until then they are counted.
    awaited.note(Self.frame(plays[1], scenario))
    #expect(plays.map(awaited.hasSeen) == [true, false])
    awaited.note(Self.frame(plays[0], scenario))
    #expect(plays.map(awaited.hasSeen) == [true, true])
  }

  @Test("a packet that comes in, is nobody's, or is the second piece of another, is none that is awaited")
  func others() throws {
    let scenario = try Self.scenario("{ payload: { size: 80 } }, 'Ho'", "network: { mtu: 68 }")
    let plays = scenario.plays
    var awaited = AwaitedPackets(of: scenario)
    let packet = plays[0].message.ipv4(in: scenario)
    awaited.note(.ipv4(packet, at: .receiver, isOutgoing: false))
    awaited.note(.ipv4(packet, at: .receiver, isOutgoing: true))
    awaited.note(.frame([1, 2, 3], etherType: .arp, at: .sender, isOutgoing: true))
    #expect(plays.map(awaited.hasSeen) == [false, false])
    for piece in packet.fragments(every: 48) { awaited.note(.ipv4(piece, at: .sender, isOutgoing: true)) }
    #expect(plays.map(awaited.hasSeen) == [true, false])
  }

  @Test("what must not be sent, and what no program sends, is not awaited")
  func notAwaited() throws {
    let scenario = try Self.scenario(
      "{ payload: 'Hi', expect: { sent: false } }, { payload: 'Ho', from: 'receiver' }")
    let awaited = AwaitedPackets(of: scenario)
    #expect(scenario.plays.allSatisfy(awaited.hasSeen))
  }

  @Test(
    "a program that sends more than 10,000 packets beside what is asked of it floods, and nobody else does")
  func flood() throws {
    let scenario = try Self.scenario("'Hi'")
    let frame = Self.frame(scenario.plays[0], scenario)
    var record = CaseRecord()
    record.unfinished = MessageRecord(frames: Array(repeating: frame, count: 10_002))
    #expect(PacketFlood(from: .sender, scenario, record) == nil)
    record.counts[.receiver] = CaptureCounts(received: 10_003, dropped: 1)
    #expect(PacketFlood(from: .sender, scenario, record)?.packets == 10_003)
    #expect(PacketFlood(from: .receiver, scenario, record) == nil)
    record.programs[.sender] = ProgramRecord()
    let findings = Judge.judge(scenario, record).allFindings
    #expect(findings.map(\.kind) == [.program(.sender, .packetFlood)])
    #expect(findings.map(\.text) == ["the sender sent 10003 packets, and was killed"])
  }

  @Test("what came out of a cable that does nothing was sent, even if nobody saw that")
  func arrivedFlood() throws {
    let scenario = try Self.scenario("'Hi'")
    let frame = Self.frame(scenario.plays[0], scenario)
    let arrived = FrameRecord(
      host: .receiver, isOutgoing: false, timestamp: frame.timestamp, bytes: frame.bytes,
      originalLength: frame.originalLength)
    var record = CaseRecord()
    record.unfinished = MessageRecord(frames: Array(repeating: arrived, count: 10_003))
    #expect(PacketFlood(from: .sender, scenario, record)?.packets == 10_003)
    #expect(PacketFlood(from: .receiver, scenario, record) == nil)
    record.cable[.sender] = CableRecord()
    #expect(
      PacketFlood(from: .sender, scenario, record) == nil, "one that does something may have doubled them")
  }

  @Test(
    "of a program that sent more than twice what it was asked for, and a few, what found no room is a flood")
  func withoutRoom() throws {
    let scenario = try Self.scenario("'Hi'")
    let frame = Self.frame(scenario.plays[0], scenario)
    var record = CaseRecord()
    let most = 10
    record.unfinished = MessageRecord(frames: Array(repeating: frame, count: most + 1))
    #expect(PacketFlood(from: .sender, scenario, record) == nil)
    for lose in [
      { (record: inout CaseRecord) in record.counts[.receiver] = CaptureCounts(received: 20, dropped: 7) },
      { $0.overflowed[.receiver] = 7 }, { $0.cable[.sender, default: CableRecord()].overflowed = 7 },
    ] {
      var lossy = record
      lose(&lossy)
      #expect(PacketFlood(from: .sender, scenario, lossy)?.packets == most + 8)
      #expect(PacketFlood(from: .receiver, scenario, lossy) == nil)
      lossy.programs[.sender] = ProgramRecord()
      let findings = Judge.judge(scenario, lossy).allFindings
      #expect(findings.map(\.text) == ["the sender sent 18 packets, and there was no room for 7 of them"])
      lossy.unfinished = MessageRecord(frames: Array(repeating: frame, count: most))
      #expect(PacketFlood(from: .sender, scenario, lossy) == nil)
    }
  }
}

extension AwaitedPackets {
  /// Whether all the packets of a play's message were seen that are awaited until then.
  fileprivate func hasSeen(_ play: Play) -> Bool { lacking(of: play) == nil }
}
