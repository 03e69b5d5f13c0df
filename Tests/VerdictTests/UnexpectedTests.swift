// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// Which packets that no message accounts for fail a case.
@Suite struct UnexpectedTests {
  /// How many findings there are where these frames were seen beside a message that is all right.
  private static func strays(_ ignored: String, _ frames: [FrameRecord]) throws -> Int {
    var played = try PlayedCase("{ exchange: ['a'], expect: { unexpected: { ignore: [\(ignored)] } } }")
    played.others = frames
    let kinds = played.kinds
    #expect(kinds.allSatisfy { $0 == .stray })
    #expect(played.verdict.unexpected.map(\.count).reduce(0, +) == kinds.count)
    return kinds.count
  }

  private static let answer = ReturnedFindingTests.unreachable(code: 2)

  /// The answer as both ends of the cable see it.
  private static let frames: [FrameRecord] = [
    .ipv4(answer, at: .receiver, isOutgoing: true), .ipv4(answer, at: .sender, isOutgoing: false),
  ]

  @Test(
    "a packet that looks as one that is passed over is no finding, and another is",
    arguments: [
      ("{ from: 'receiver' }", 0), ("{ from: 'sender' }", 1),
      ("{ header: { protocol: 1 } }", 0), ("{ header: { protocol: 2 } }", 1),
      ("{ from: 'receiver', header: { protocol: 1 } }", 0),
      ("{ from: 'sender', header: { protocol: 1 } }", 1),
      ("{ icmp: { type: 3, code: 2 } }", 0), ("{ icmp: { type: 3, code: 3 } }", 1),
      ("{ icmp: { type: 8 } }", 1), ("{ payload: { prefix: { hex: '0302' } } }", 0),
      ("{ payload: { prefix: { hex: '0303' } } }", 1), ("{ frame: { etherType: 0x0800 } }", 0),
      ("{ frame: { etherType: 0x0801 } }", 1),
      // Any of several will do.
      ("{ from: 'sender' }, { header: { protocol: 1 } }", 0), ("'arp', 'ipv6'", 1),
    ])
  func matching(_ ignored: String, _ count: Int) throws {
    #expect(try Self.strays(ignored, Self.frames) == count)
    // What was seen at one end alone comes from the same host.
    for frame in Self.frames { #expect(try Self.strays(ignored, [frame]) == count) }
  }

  @Test("an ICMP message whose checksum is wrong does not look as one of its type")
  func wrongICMP() throws {
    var wrong = Self.answer
    wrong.payload[2] ^= 1
    #expect(
      try Self.strays("{ icmp: { type: 3, code: 2 } }", [.ipv4(wrong, at: .receiver, isOutgoing: true)]) == 1)
  }

  @Test("one packet that is passed over does not hide another")
  func others() throws {
    var other = Self.answer
    other.header.protocol = 2
    let frames = Self.frames + [.ipv4(other.withRightChecksum, at: .receiver, isOutgoing: true)]
    #expect(try Self.strays("{ icmp: { type: 3 } }", frames) == 1)
  }

  @Test(
    "a frame that is none of IPv4 is known by its Ethernet header alone",
    arguments: [
      ("{ frame: { etherType: 0x88cc } }", 0), ("{ frame: { etherType: 0x88cd } }", 1),
      ("{ frame: { length: 17 } }", 0), ("{ frame: { length: 18 } }", 1),
      ("{ frame: { source: 'f0:1f:af:28:8d:92' } }", 0), ("{ frame: { source: '02:00:00:00:00:01' } }", 1),
      ("{ frame: { destination: '00:00:91:06:41:e1' } }", 0), ("{ from: 'sender' }", 0),
      ("{ from: 'receiver' }", 1), ("{ frame: { padding: 0 } }", 1),
      ("{ frame: { etherType: 0x88cc }, header: { ttl: 'any' } }", 1),
      ("{ frame: { etherType: 0x88cc }, payload: { length: 3 } }", 1),
    ])
  func otherFrames(_ ignored: String, _ count: Int) throws {
    let frame = FrameRecord.frame(
      [1, 2, 3], etherType: EtherType(rawValue: 0x88cc), at: .sender, isOutgoing: true)
    #expect(try Self.strays(ignored, [frame]) == count)
  }

  @Test("what a message accounts for is not passed over: its absence is missed all the same")
  func messages() throws {
    var played = try PlayedCase(
      "{ exchange: ['a'], expect: { unexpected: { ignore: [{ header: { protocol: 253 } }] } } }")
    #expect(played.kinds == [])
    played.lose(at: Place.allCases)
    #expect(played.kinds == [.notSeen(.sent)])
  }

  @Test("strays of one kind are one finding that counts them, and says where they came from")
  func gathered() throws {
    var played = try PlayedCase("{ exchange: ['a'] }")
    played.others = Self.frames + Self.frames
    #expect(
      played.verdict.findings.map(\.text) == [
        "2 unexpected packets from the receiver: ICMP destination unreachable (protocol unreachable), 1.1.1.1 to 1.1.1.100"
      ])
    played.others = [.ipv4(Self.answer, at: .sender, isOutgoing: false)]
    #expect(
      played.verdict.findings.map(\.text) == [
        "unexpected packet that arrived at the sender: ICMP destination unreachable (protocol unreachable),"
          + " 1.1.1.1 to 1.1.1.100"
      ])
  }
}
