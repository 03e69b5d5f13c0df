// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// Whose the packets are that a program sends when it likes.
@Suite struct ProgramAttributionTests {
  private static func scenario(_ exchange: String, _ rest: String = "") throws -> Scenario {
    try Scenario(text: "{ sender: { run: ['./mine'] }, exchange: [\(exchange)], \(rest) }")
  }

  /// The packets of plays, each with an identification of its own, as a kernel sends them.
  private static func packets(_ scenario: Scenario) -> [IPv4Packet] {
    scenario.plays.enumerated().map { index, play in
      var packet = play.message.packet(in: scenario)
      packet.header.identification = UInt16(truncatingIfNeeded: 0x1234 &+ index &* 259)
      return packet.withRightChecksum
    }
  }

  /// What is found where a program sent this, in pieces of so many bytes, and all of it came through.
  private static func kinds(
    _ scenario: Scenario, _ sent: [IPv4Packet], pieces: Int = .max
  ) -> [Finding.Kind] {
    let frames = sent.flatMap { $0.payload.count > pieces ? $0.fragments(every: pieces) : [$0] }
    var record = CaseRecord()
    record.messages = scenario.plays.map { _ in MessageRecord() }
    record.burst = MessageRecord(
      frames: frames.flatMap { packet in
        [
          .ipv4(packet, at: .sender, isOutgoing: true), .ipv4(packet, at: .receiver, isOutgoing: false),
        ]
      },
      deliveries: sent.map {
        Delivery(bytes: $0.bytes, originalLength: $0.bytes.count, at: .receiver, timestamp: 0)
      })
    return Judge.judge(scenario, record).allFindings.map(\.kind)
  }

  @Test("equal messages have a packet each", arguments: [2, 3, 17])
  func equal(count: Int) throws {
    let scenario = try Self.scenario("{ payload: 'Hi', repeat: \(count) }")
    let packets = Self.packets(scenario)
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
      let packets = Self.packets(scenario)
      #expect(Self.kinds(scenario, packets) == [])
      #expect(Self.kinds(scenario, packets.reversed()) == (pacing == .lockstep ? [.outOfTurn] : []))
    }
  }

  @Test("a packet that is like one message is not taken for another that is missing")
  func missing() throws {
    let scenario = try Self.scenario("'Hello World !', 'Quit'")
    let packets = Self.packets(scenario)
    #expect(
      Self.kinds(scenario, [packets[0], packets[0]])
        == [.copies(.sent), .copies(.arrived), .copies(.delivered), .notSeen(.sent)])
  }

  @Test("equal messages that leave in pieces have their own pieces each")
  func pieces() throws {
    let scenario = try Self.scenario(
      "{ payload: { size: 100 }, repeat: 3, expect: { sent: { fragments: 3 }, arrived: { fragments: 3 } } }",
      "network: { mtu: 68 }")
    #expect(Self.kinds(scenario, Self.packets(scenario), pieces: 48) == [])
  }

  @Test("thousands of equal messages are told apart in no time", .timeLimit(.minutes(1)))
  func many() throws {
    let scenario = try Self.scenario("{ payload: 'Hi', repeat: 5000 }")
    #expect(Self.kinds(scenario, Self.packets(scenario)) == [])
  }
}
