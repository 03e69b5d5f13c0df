// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@testable import Scenario
@testable import Verdict

/// Whose a packet is that was seen behind the place where it was sent.
@Suite struct OnwardAssignmentTests {
  /// The plays of an exchange, of which these packets were seen at the sender's end, in this order.
  private static func passages(
    _ exchange: String, sent: [(play: Int, packet: IPv4Packet)] = []
  ) throws -> [Passage] {
    let scenario = try Scenario(text: "{ pacing: 'burst', exchange: [\(exchange)] }")
    var passages = scenario.plays.map { Passage($0, asked: .v4($0.message.ipv4(in: scenario))) }
    for (position, one) in sent.enumerated() {
      let frame = FrameRecord.ipv4(one.packet, at: .sender, isOutgoing: true)
      let captured = try #require(CapturedPacket(frame, position: position, types: FrameTypes()))
      passages[one.play].add(try #require(passages[one.play].sighting(of: captured)))
    }
    return passages
  }

  private static func takers(
    _ passages: [Passage], _ packets: [IPv4Packet], to place: Place = .arrived, cutTo length: Int? = nil,
    besides others: Set<[UInt8]> = []
  ) -> [Int?] {
    var assignment = OnwardAssignment(passages, from: .sender, to: place)
    let seen = packets.map { packet in
      OnwardPacket(bytes: Array(packet.bytes.prefix(length ?? .max)), isCut: length != nil)
    }
    return assignment.takers(of: seen, besides: Set(others.map(ByteKey.init)))
  }

  private static func packet(_ text: String, identification: UInt16 = 7, ttl: UInt8 = 64) -> IPv4Packet {
    let header = IPv4Header(
      source: IPv4Address(1, 1, 1, 100), destination: IPv4Address(1, 1, 1, 1), protocol: 253,
      identification: identification, ttl: ttl)
    return IPv4Packet.build(header: header, payload: Array(text.utf8))
  }

  @Test("equal packets go to their plays in order, and one too many to the last")
  func equal() throws {
    let packet = Self.packet("a")
    let passages = try Self.passages(
      "'a', 'b', 'a'", sent: [(0, packet), (1, Self.packet("b")), (2, packet)])
    #expect(Self.takers(passages, [packet, packet]) == [0, 2])
    #expect(Self.takers(passages, [packet, packet, packet]) == [0, 2, 2])
  }

  @Test(
    "what a UDP socket was handed is no packet for its lack of an identification, which such a socket is not told"
  )
  func withoutIdentification() throws {
    // The identifications wrap: of three that are the same, the second has that of 0 which is filled in.
    let sent = [65_535, 0, 1].enumerated().map {
      (play: $0, packet: Self.packet("a", identification: UInt16($1)))
    }
    var assignment = OnwardAssignment(
      try Self.passages("'a', 'a', 'a'", sent: sent), from: .sender, to: .arrived)
    let handed = OnwardPacket(bytes: sent[1].packet.bytes, isCut: false, isOfUDPSocket: true)
    #expect(assignment.takers(of: [handed, handed, handed]) == [0, 1, 2])
  }

  @Test("a changed packet does not take the play of one that came as it was sent, whichever came first")
  func exactFirst() throws {
    let (right, other) = (Self.packet("a", identification: 1), Self.packet("a", identification: 2))
    let passages = try Self.passages("'a', 'a'", sent: [(0, right), (1, other)])
    // It is the first in all but its identification, and the first is there.
    let changed = Self.packet("a", identification: 3)
    #expect(Self.takers(passages, [changed, right]) == [1, 0])
    #expect(Self.takers(passages, [right, changed]) == [0, 1])
  }

  @Test("of those that are alike the play is taken of which least was changed")
  func nearest() throws {
    let sent = (0..<3).map { (play: $0, packet: Self.packet("abc", identification: 9, ttl: 10 + UInt8($0))) }
    let passages = try Self.passages("'abc', 'abc', 'abc'", sent: sent)
    var changed = sent[1].packet
    changed.header.dscp = 1
    #expect(Self.takers(passages, [changed]) == [1])
  }

  @Test(
    "a changed packet is known by what is left of it",
    arguments: [
      ("its identification", packet("xx", identification: 1), 0),
      ("its payload", packet("b", identification: 3), 1),
      ("its identification rather than its payload", packet("b", identification: 1), 0),
      ("its way alone, as the first that is missed", packet("xx", identification: 3), 0),
    ])
  func likeness(_ what: String, _ packet: IPv4Packet, _ play: Int) throws {
    let passages = try Self.passages(
      "'a', 'b'",
      sent: [(0, Self.packet("a", identification: 1)), (1, Self.packet("b", identification: 2))])
    #expect(Self.takers(passages, [packet]) == [play])
  }

  @Test("what is still missing has a changed packet before what has come, though that is more like it")
  func missing() throws {
    let (first, second) = (
      Self.packet("abc", identification: 9), Self.packet("abc", identification: 9, ttl: 7)
    )
    let passages = try Self.passages("'abc', 'abc'", sent: [(0, first), (1, second)])
    var changed = first
    changed.header.dscp = 1
    #expect(Self.takers(passages, [first, changed]) == [0, 1])
    #expect(Self.takers(passages, [changed, first]) == [1, 0])
    #expect(Self.takers(passages, [changed, second]) == [0, 1])
    // So it is where the one that is missing stands before the other.
    let turned = try Self.passages("'abc', 'abc'", sent: [(0, second), (1, first)])
    #expect(Self.takers(turned, [first, changed]) == [1, 0])
  }

  @Test("a packet from elsewhere is known by its payload, and one with nothing in common is nobody's")
  func elsewhere() throws {
    let passages = try Self.passages("'a'", sent: [(0, Self.packet("a"))])
    var packet = Self.packet("a")
    packet.header.source = IPv4Address(9, 9, 9, 9)
    #expect(Self.takers(passages, [packet]) == [0])
    packet.payload = [1]
    #expect(Self.takers(passages, [packet]) == [nil])
    // Without a payload packets have none in common.
    packet.payload = []
    #expect(Self.takers(try Self.passages("''", sent: [(0, Self.packet(""))]), [packet]) == [nil])
  }

  @Test("what was seen before with the same bytes and is nobody's is nobody's here, whatever it is like")
  func besides() throws {
    let passages = try Self.passages("'a', 'b'", sent: [(0, Self.packet("a"))])
    let stray = Self.packet("b", identification: 3)
    #expect(Self.takers(passages, [stray]) == [1])
    #expect(Self.takers(passages, [stray], besides: [stray.bytes]) == [nil])
    // What was seen of a play with those bytes is still its own.
    #expect(Self.takers(passages, [Self.packet("a")], besides: [Self.packet("a").bytes]) == [0])
  }

  @Test("padding behind a packet does not make it another")
  func padding() throws {
    let passages = try Self.passages(
      "'a', 'a'", sent: [(0, Self.packet("a", ttl: 1)), (1, Self.packet("a"))])
    var padded = Self.packet("a")
    padded.padding = [UInt8](repeating: 0, count: 25)
    #expect(Self.takers(passages, [padded]) == [1])
    // A changed one does not take its play away.
    var changed = Self.packet("a")
    changed.header.dscp = 1
    #expect(Self.takers(passages, [changed, padded]) == [0, 1])
  }

  @Test("what a reader's buffer has cut is known by its beginning, and else goes to what is missed next")
  func cut() throws {
    let sent = ["abcd", "abxy", "pqrs"].enumerated().map { index, text in
      (play: index, packet: Self.packet(text, identification: UInt16(index)))
    }
    let passages = try Self.passages("'abcd', 'abxy', 'pqrs'", sent: sent)
    // Another identification leaves the payload alone to tell.
    let packets = [2, 1, 0].map { index in
      var packet = sent[index].packet
      packet.header.identification += 100
      return packet.withRightChecksum
    }
    #expect(Self.takers(passages, packets, cutTo: 23) == [2, 1, 0])
    #expect(Self.takers(passages, packets, cutTo: 20) == [0, 1, 2])
  }

  @Test("a play of which nothing was seen before is known by what it was to be")
  func neverSent() throws {
    let passages = try Self.passages("'a', 'b'")
    #expect(Self.takers(passages, [Self.packet("b"), Self.packet("a")]) == [1, 0])
    #expect(Self.takers(passages, [Self.packet("b"), Self.packet("a")], to: .delivered) == [1, 0])
  }

  @Test("only what was sent from a host goes to its plays")
  func otherHost() throws {
    let passages = try Self.passages("{ payload: 'a', from: 'receiver' }")
    #expect(Self.takers(passages, [Self.packet("a")]) == [nil])
  }

  // Compared with each other one by one, so many would take minutes.
  @Test("ten thousand packets that were all changed on their way go to their plays in order")
  func many() throws {
    let sent = (0..<10000).map { (play: $0, packet: Self.packet("Hi", identification: UInt16($0))) }
    let passages = try Self.passages("{ payload: 'Hi', repeat: 10000 }", sent: sent)
    let changed = sent.map { one in
      var packet = one.packet
      packet.header.identification += 20000
      return packet
    }
    #expect(Self.takers(passages, changed) == Array(0..<10000))
  }
}
