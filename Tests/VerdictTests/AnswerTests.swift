// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// An answer of a built-in role over UDP goes to where its question came from.
@Suite struct AnswerTests {
  private static let port: UInt16 = 50_123

  /// A program's question from a port of its kernel's, and the answer to a port.
  private static func played(to port: UInt16, question: UInt16 = port) throws -> PlayedCase {
    var played = try PlayedCase(
      "{ sender: { run: ['mine'] }, udp: { destinationPort: 7777 },"
        + " exchange: ['ping', { from: 'receiver', payload: 'pong' }] }")
    played.programs[.sender] = .right
    let scenario = played.scenario
    let answer = scenario.exchange[1].answering(.v4(IPv4Address(1, 1, 1, 100)), port: port, in: scenario)
    let packets = [
      datagram("ping", from: question, to: 7777, .sender, in: scenario), answer.ipv4(in: scenario),
    ]
    for (index, packet) in packets.enumerated() {
      played.messages[index] = [.sent: [packet], .arrived: [packet], .delivered: [packet]]
    }
    return played
  }

  private static func datagram(
    _ text: String, from source: UInt16, to destination: UInt16, _ host: HostName, in scenario: Scenario
  ) -> IPv4Packet {
    guard let udp = Protocols.all.transport(17) else { preconditionFailure("UDP is a transport") }
    let header = IPv4Header(
      source: scenario.network.ipv4(of: host), destination: scenario.network.ipv4(of: host.other),
      protocol: 17)
    let values = ["sourcePort": UInt64(source), "destinationPort": UInt64(destination)]
    let segment = Segment(udp, values, payload: Array(text.utf8), in: .v4(header))
    return IPv4Packet.build(header: header, payload: segment.bytes, fillingIn: .all)
  }

  @Test("an answer to the port that the question came from is right, and one to another is not")
  func port() throws {
    #expect(try Self.played(to: Self.port).kinds == [])
    let kinds = try Self.played(to: Self.port + 1, question: Self.port).kinds
    #expect(!kinds.isEmpty)
  }

  @Test("what is sent goes to the last of the questions to its port, and nowhere before there is one")
  func message() throws {
    let played = try Self.played(to: Self.port)
    let scenario = played.scenario
    let answer = scenario.plays[1]
    #expect(answer.message.answersQuestion)
    let sent = try #require(Self.sent(answer, after: played.record, in: scenario))
    #expect(sent.transport?.destinationPort == Self.port)
    #expect(DatagramPorts(.v4(sent.ipv4(in: scenario))).destination == Self.port)

    var again = played.record
    let later = Self.datagram("ping", from: Self.port + 7, to: 7777, .sender, in: scenario)
    let stray = Self.datagram("ping", from: Self.port + 8, to: 53, .sender, in: scenario)
    again.messages[0].frames += [
      .ipv4(later, at: .sender, isOutgoing: true), .ipv4(stray, at: .sender, isOutgoing: true),
    ]
    let other = try #require(Self.sent(answer, after: again, in: scenario))
    #expect(other.transport?.destinationPort == Self.port + 7)

    var unasked = played.record
    unasked.messages[0].frames = []
    #expect(Self.sent(answer, after: unasked, in: scenario)?.transport == nil)
  }

  /// A play's message as it is sent after a record.
  private static func sent(_ play: Play, after record: CaseRecord, in scenario: Scenario) -> Message? {
    var messages = SentMessages(scenario)
    return messages.message(of: play, after: record)
  }

  @Test("an answer to a question that never came was not sent, and that is said")
  func unasked() throws {
    var played = try Self.played(to: Self.port)
    played.lose(at: Place.allCases, message: 0)
    played.lose(at: Place.allCases, message: 1)
    var record = played.record
    record.messages[1].hasTaker = false
    let texts = Judge.judge(played.scenario, record).allFindings.map(\.text)
    #expect(!texts.contains { $0.contains("did not read") }, "\(texts)")
    #expect(texts.contains("never sent: no question had arrived for it to answer"), "\(texts)")
  }
}
