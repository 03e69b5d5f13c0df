// SPDX-License-Identifier: Apache-2.0

import Testing
import Verdict
import Wire

@testable import Scenario

/// Cases of many packets are judged in time that grows as they do: what grows with their square takes minutes here.
@Suite(.timeLimit(.minutes(1))) struct ManyPacketsTests {
  private static let many = 5000

  private static func packet(_ number: Int, protocol: UInt8) -> IPv4Packet {
    let header = IPv4Header(
      source: IPv4Address(1, 1, 1, 100), destination: IPv4Address(1, 1, 1, 1), protocol: `protocol`)
    return IPv4Packet.build(header: header, payload: Array("wrong \(number)".utf8))
  }

  private static func record(_ scenario: Scenario, sent: [IPv4Packet]) -> CaseRecord {
    CaseRecord(scenario, crossing: sent.map { (packet: $0, from: HostName.sender) })
  }

  @Test("each of many messages has its own answer, and the answer beyond them is a stray")
  func answers() throws {
    let scenario = try Scenario(
      text: """
        { pacing: 'burst', exchange: [{ payload: 'x', repeat: \(Self.many), expect: { returned: [{}] } }] }
        """)
    var record = Self.record(scenario, sent: scenario.packetsOfKernel)
    let answers = (0...Self.many).map { number in
      var answer = Self.packet(number, protocol: 1)
      (answer.header.source, answer.header.destination) = (answer.header.destination, answer.header.source)
      return answer.withRightChecksum
    }
    record.burst?.frames += answers.map { .ipv4($0, at: .sender, isOutgoing: false) }
    #expect(Judge.judge(scenario, record).allFindings.map(\.kind) == [.stray])
  }

  @Test("many packets that are like no message are strays, and the messages were not sent")
  func unlike() throws {
    let exchange = (0..<Self.many).map { "'\($0)'" }.joined(separator: ",")
    let scenario = try Scenario(
      text: "{ sender: { run: ['./mine'] }, pacing: 'burst', exchange: [\(exchange)] }")
    let sent = (0..<Self.many).map { number in
      var packet = Self.packet(number, protocol: 252)
      // Each is a kind of its own.
      packet.header.destination = IPv4Address(1, 1, UInt8(number >> 8), UInt8(number & 0xff))
      return packet.withRightChecksum
    }
    let found = Judge.judge(scenario, Self.record(scenario, sent: sent)).allFindings.map(\.kind)
    #expect(found.count { $0 == .notSeen(.sent) } == Self.many)
    #expect(found.count { $0 == .stray } > 4000)
  }

  @Test("many wrong packets of one message that is to be sent as often are its copies")
  func wrongCopies() throws {
    let scenario = try Scenario(
      text: """
        { sender: { run: ['./mine'] }, pacing: 'burst',
          exchange: [{ payload: 'right', expect: { sent: { copies: 4000 } } }] }
        """)
    let sent = (0..<4000).map { Self.packet($0, protocol: 253) }
    let found = Judge.judge(scenario, Self.record(scenario, sent: sent)).messages[0].findings.map(\.kind)
    #expect(found.contains(.payload))
    #expect(!found.contains(.copies(.sent)))
  }

  @Test("of many messages each packet is held against what every packet must be")
  func every() throws {
    let exchange = (0..<2000).map { "'\($0)'" }.joined(separator: ",")
    let scenario = try Scenario(
      text: "{ pacing: 'burst', expect: { every: { header: { ttl: 64 } } }, exchange: [\(exchange)] }")
    let record = Self.record(scenario, sent: scenario.packetsOfKernel)
    #expect(Judge.judge(scenario, record).allFindings.map(\.kind) == [])
  }

  @Test("beside many messages many packets that kernels send by themselves are passed over")
  func housekeeping() throws {
    let exchange = (0..<2000).map { "'\($0)'" }.joined(separator: ",")
    let scenario = try Scenario(text: "{ pacing: 'burst', exchange: [\(exchange)] }")
    var record = Self.record(scenario, sent: scenario.packetsOfKernel)
    // A router solicitation (RFC 4861 §4.1).
    let header: [UInt8] =
      [0x60, 0, 0, 0, 0, 8, 58, 255] + Array(repeating: 0, count: 15) + [1, 0xff, 2]
      + Array(repeating: 0, count: 13) + [2]
    let frame = FrameRecord.frame(
      header + [133, 0, 0, 0, 0, 0, 0, 0], etherType: .ipv6, at: .sender, isOutgoing: true)
    record.burst?.frames += Array(repeating: frame, count: 10_000)
    #expect(Judge.judge(scenario, record).allFindings.map(\.kind) == [])
  }
}
