// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Wire

@Suite("Conversations")
struct ConversationTests {
  private func captured(_ packet: IPv4Packet) throws -> CapturedIPPacket {
    let bytes = packet.bytes
    let whole = CaptureFile.Packet(bytes, linkType: LinkType.ipv4.rawValue)
    return try #require(CapturedIPPacket(whole))
  }

  private func packet(
    _ source: UInt8, _ destination: UInt8, protocol number: UInt8 = 17, identification: UInt16 = 0,
    moreFragments: Bool = false, offset: UInt16 = 0, _ payload: [UInt8]
  ) -> IPv4Packet {
    let header = IPv4Header(
      source: IPv4Address(10, 0, 0, source), destination: IPv4Address(10, 0, 0, destination),
      protocol: number,
      identification: identification, moreFragments: moreFragments, fragmentOffset: offset)
    return IPv4Packet.build(header: header, payload: payload)
  }

  private static let question: [UInt8] = [0x13, 0x88, 0, 7, 0, 9, 0, 0, 1]
  private static let answer: [UInt8] = [0, 7, 0x13, 0x88, 0, 9, 0, 0, 2]

  @Test(
    "both directions are one conversation, other ports another, and an error is of the packet that it quotes")
  func directions() throws {
    var conversations = Conversations()
    let asked = packet(1, 2, Self.question)
    var other = Self.question
    other[1] = 0x89
    let error = packet(2, 1, protocol: 1, [3, 3, 0, 0, 0, 0, 0, 0] + asked.bytes.prefix(28))
    let places = try [
      asked, packet(2, 1, Self.answer), packet(1, 2, other), error, packet(2, 1, protocol: 1, [0, 0]),
    ]
    .map { conversations.add(try captured($0)) }
    #expect(places == [0, 0, 1, 0, 2])
    #expect(conversations.list.map(\.packets) == [3, 1, 1])
    #expect(conversations.list[0].conversation.description == "UDP, 10.0.0.1:5000 to 10.0.0.2:7")
  }

  @Test("pieces are of the conversation of their first, and one without it is of none")
  func pieces() throws {
    var conversations = Conversations()
    let places = try [
      packet(1, 2, identification: 8, offset: 8, [1]),
      packet(1, 2, identification: 7, moreFragments: true, Self.question),
      packet(1, 2, identification: 7, offset: 16, [1]),
      packet(1, 2, identification: 8, offset: 16, [1]),
    ].map { conversations.add(try captured($0)) }
    #expect(places == [nil, 0, 0, nil])
  }

  @Test("a SYN with another number is a connection of its own, one that is sent again is not")
  func connections() throws {
    func segment(_ flags: UInt8, _ number: UInt8) -> [UInt8] {
      [0x13, 0x88, 0, 7, 0, 0, 0, number, 0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0]
    }
    var conversations = Conversations()
    let places = try [segment(2, 1), segment(2, 1), segment(0x10, 2), segment(2, 9), segment(0x10, 10)]
      .map { conversations.add(try captured(packet(1, 2, protocol: 6, $0))) }
    #expect(places == [0, 0, 0, 1, 1])
  }

  @Test("of a packet that the capture cut, and of one whose length was left to a card, that is known")
  func lengths() throws {
    let whole = packet(1, 2, Self.question)
    let cut = CaptureFile.Packet(
      Array(whole.bytes.dropLast()), linkType: LinkType.ipv4.rawValue, originalLength: whole.bytes.count)
    #expect(CapturedIPPacket(cut)?.isCut == true)
    var left = whole
    left.header.totalLength = 0
    #expect(try captured(left).packet.payload == whole.payload)
    #expect(try captured(left).packet.header.totalLength == whole.header.totalLength)
  }

  @Test(
    "options of TCP are read as they are written",
    arguments: [
      [.maximumSegmentSize(1460), .sackPermitted, .noOperation, .windowScale(7)],
      [.timestamps(value: 1, echo: 0xFFFF_FFFF), .noOperation, .end],
      [.sack([.init(left: 1, right: 2), .init(left: 7, right: 9)])], [.raw([0x22, 4, 1, 2])], [.raw([2, 9])],
      [],
    ] as [[TCPOption]])
  func options(list: [TCPOption]) {
    let bytes = TCPOption.paddedBytes(of: list)
    #expect(TCPOption.paddedBytes(of: TCPOption.parse(bytes)) == bytes)
    let isPlain = !list.contains { if case .raw(let bytes) = $0 { bytes[0] == 2 } else { false } }
    if isPlain, list.last != .end { #expect(TCPOption.parse(bytes) == list) }
  }
}
