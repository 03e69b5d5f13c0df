// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What must hold of every packet that is seen, whoever sent it.
@Suite struct EveryPacketTests {
  private static func played(_ exchange: String, every: String) throws -> PlayedCase {
    try PlayedCase("{ exchange: [\(exchange)], expect: { unexpected: 'ignore', every: \(every) } }")
  }

  private static let stray = IPv4Packet.build(
    header: IPv4Header(
      source: IPv4Address(1, 1, 1, 1), destination: IPv4Address(1, 1, 1, 100), protocol: 252, ttl: 9),
    payload: [7])

  @Test(
    "a packet that is not as all must be is found by its header, its payload and its frame",
    arguments: [
      ("{ header: { ttl: 64 } }", "wanted 64, sent with 9"),
      ("{ header: { ttl: { not: 9 } } }", "wanted not 9, sent with 9"),
      ("{ payload: { length: 1 } }", "payload: wanted any 1 byte, sent with 3 bytes"),
      ("{ frame: { length: { max: 36 } } }", "frame length: wanted at most 36, sent with 37"),
    ])
  func wrong(_ every: String, _ text: String) throws {
    let wrong = "{ payload: 'abc', header: { ttl: 9 } }"
    let verdict = try Self.played("'a', \(wrong), 'c'", every: every).verdict
    #expect(verdict.allFindings.map(\.kind) == [.every])
    #expect(verdict.allFindings.map(\.text) == ["\(text): IP protocol 253, 1.1.1.100 to 1.1.1.1"])
    #expect(try Self.played("'a', 'c'", every: every).kinds == [])
  }

  @Test("the finding stands where the file says what all must be")
  func span() throws {
    let finding = try Self.played("{ header: { ttl: 9 } }", every: "{ header: { ttl: 64 } }").verdict
      .allFindings[0]
    #expect(finding.span.position.column == 95)
  }

  @Test("a packet that was sent and arrived as one is told once, and each kind of fault for itself")
  func once() throws {
    var played = try Self.played("'a', 'b', 'c'", every: "{ header: { ttl: 64 }, payload: { length: 1 } }")
    let changeTTL = { (packet: inout IPv4Packet) in
      packet.header.ttl = 9
      packet = packet.withRightChecksum
    }
    played.change(at: [.sent, .arrived, .delivered], message: 0, changeTTL)
    let every = { (played: PlayedCase) in
      played.verdict.findings.filter { $0.kind == .every }.map(\.text)
    }
    let ttl = "wanted 64, sent with 9: IP protocol 253, 1.1.1.100 to 1.1.1.1"
    #expect(every(played) == [ttl])
    played.change(at: [.sent, .arrived, .delivered], message: 1, changeTTL)
    #expect(every(played) == ["\(ttl), and 1 more packet"])
    played.change(at: [.sent], message: 2, changeTTL)
    #expect(every(played) == ["\(ttl), and 2 more packets"])
    played.change(at: [.arrived], message: 2) { packet in
      packet = IPv4Packet.build(header: packet.header, payload: [1, 2])
    }
    #expect(
      every(played) == [
        "\(ttl), and 2 more packets",
        "payload: wanted any 1 byte, arrived with 2 bytes: IP protocol 253, 1.1.1.100 to 1.1.1.1",
      ])
  }

  @Test("a packet that became wrong on its way is found where it arrived, beside those that were sent wrong")
  func onTheWay() throws {
    var played = try Self.played("'a'", every: "{ header: { ttl: 64 } }")
    played.change(at: [.arrived, .delivered]) { packet in
      packet.header.ttl = 9
      packet = packet.withRightChecksum
    }
    let texts = played.verdict.findings.filter { $0.kind == .every }.map(\.text)
    #expect(texts == ["wanted 64, arrived with 9: IP protocol 253, 1.1.1.100 to 1.1.1.1"])
  }

  @Test(
    "what nobody accounts for must be so too, although the file passes over it, and other frames need not")
  func strays() throws {
    var played = try Self.played("'a'", every: "{ header: { ttl: 64 } }")
    played.others = [
      .frame([1, 2, 3], etherType: .arp, at: .sender, isOutgoing: true),
      .frame([0x45], etherType: EtherType(rawValue: 0x88cc), at: .sender, isOutgoing: true),
    ]
    #expect(played.kinds == [])
    played.others.append(.ipv4(Self.stray, at: .receiver, isOutgoing: true))
    #expect(played.verdict.findings.map(\.kind) == [.every])
    #expect(
      played.verdict.findings.map(\.text)
        == ["wanted 64, sent with 9: IP protocol 252, 1.1.1.1 to 1.1.1.100"])
  }

  @Test("a packet of less than a header is not as any must be")
  func stub() throws {
    var played = try Self.played("'a'", every: "{ payload: { length: 1 } }")
    played.others = [.frame([0x45], etherType: .ipv4, at: .sender, isOutgoing: true)]
    #expect(played.verdict.findings.map(\.kind) == [.every])
    #expect(played.verdict.findings[0].text.hasPrefix("too short for IPv4: "))
  }

  // MARK: - A case without an exchange

  /// What is found where programs send what they like, and these frames were seen.
  private static func texts(_ frames: [FrameRecord], expect: String = "{}") throws -> [String] {
    let scenario = try Scenario(
      text: "{ sender: { run: ['./mine'] }, receiver: { run: ['./yours'] }, expect: \(expect) }")
    var record = CaseRecord()
    record.burst = MessageRecord(frames: frames)
    let verdict = Judge.judge(scenario, record)
    #expect(verdict.counts[.sent, default: 0] == frames.filter(\.isOutgoing).count)
    return verdict.allFindings.map { "\($0.kind.name): \($0.text)" }
  }

  private static func both(_ packet: IPv4Packet, from host: HostName = .sender) -> [FrameRecord] {
    [.ipv4(packet, at: host, isOutgoing: true), .ipv4(packet, at: host.other, isOutgoing: false)]
  }

  @Test("without an exchange whatever goes between the hosts passes, and nothing else")
  func betweenTheHosts() throws {
    #expect(try Self.texts([]) == [])
    var back = Self.stray
    swap(&back.header.source, &back.header.destination)
    #expect(try Self.texts(Self.both(back) + Self.both(Self.stray, from: .receiver)) == [])
    var elsewhere = Self.stray
    elsewhere.header.destination = IPv4Address(8, 8, 8, 8)
    let texts = try Self.texts(Self.both(elsewhere.withRightChecksum, from: .receiver))
    #expect(
      texts == ["stray: unexpected packet from the receiver: IP protocol 252, 1.1.1.1 to 8.8.8.8"])
  }

  @Test("without an exchange each packet must be right in itself: its checksum, and its length")
  func rightInItself() throws {
    var packet = Self.stray
    // 0xac87 is the sum that Python computes of this header.
    #expect(packet.header.checksum == 0xac87)
    packet.header.checksum = 1
    #expect(
      try Self.texts(Self.both(packet)) == [
        "every: header checksum: sent with 0x0001, should be 0xac87: IP protocol 252, 1.1.1.1 to 1.1.1.100"
      ])
    packet = Self.stray
    packet.payload = []
    #expect(
      try Self.texts(Self.both(packet)) == [
        "every: sent with 20 bytes of a packet of 21: IP protocol 252, 1.1.1.1 to 1.1.1.100"
      ])
    // Padding is more than the length says, and is no fault.
    packet = Self.stray
    packet.padding = [UInt8](repeating: 0, count: 25)
    #expect(try Self.texts(Self.both(packet)) == [])
  }

  @Test("without an exchange what the file says of every packet holds too, and comes first")
  func everyWithoutExchange() throws {
    var packet = Self.stray
    packet.header.checksum = 1
    let texts = try Self.texts(Self.both(packet), expect: "{ every: { header: { ttl: 64 } } }")
    #expect(
      texts == ["every: wanted 64, sent with 9: IP protocol 252, 1.1.1.1 to 1.1.1.100"])
  }

  @Test("with an exchange a packet that is no message's need not be right in itself")
  func strayWithExchange() throws {
    var played = try PlayedCase("{ exchange: ['a'], expect: { unexpected: 'ignore' } }")
    var packet = Self.stray
    packet.header.checksum = 1
    played.others = [.ipv4(packet, at: .receiver, isOutgoing: true)]
    #expect(played.kinds == [])
  }
}
