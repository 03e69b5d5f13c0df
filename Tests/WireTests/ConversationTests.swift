// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Wire

@Suite("Conversations")
struct ConversationTests {
  private func captured(_ packet: IPPacket) throws -> CapturedIPPacket {
    let type = packet.version == .v4 ? LinkType.ipv4 : .ipv6
    let whole = CaptureFile.Packet(packet.bytes, linkType: type.rawValue)
    return try #require(CapturedIPPacket(whole))
  }

  private func captured(_ packet: IPv4Packet) throws -> CapturedIPPacket { try captured(.v4(packet)) }

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
    #expect(try captured(left).packet.header.ipv4?.totalLength == whole.header.totalLength)
  }

  // MARK: - IPv6

  private func packet6(
    _ source: UInt128, _ destination: UInt128, protocol number: UInt8 = 17,
    behind extensions: [IPv6ExtensionHeader] = [], _ payload: [UInt8]
  ) -> IPPacket {
    let base = UInt128(0xFD00) << 112
    let header = IPv6Header(
      source: IPv6Address(base | source), destination: IPv6Address(base | destination),
      nextHeader: extensions.first?.number ?? number, extensions: extensions)
    return .build(header: .v6(header), payload: payload)
  }

  @Test("over IPv6 the protocol is what stands behind extension headers, and an error is of what it quotes")
  func directions6() throws {
    var conversations = Conversations()
    let options = IPv6ExtensionHeader(number: 60, bytes: [17, 0, 1, 4, 0, 0, 0, 0])
    let asked = packet6(1, 2, behind: [options], Self.question)
    let error = packet6(2, 1, protocol: 58, [1, 4, 0, 0, 0, 0, 0, 0] + asked.bytes)
    let places = try [
      asked, packet6(2, 1, Self.answer), packet6(1, 3, Self.question), error,
      packet6(2, 1, protocol: 58, [129, 0, 0, 0, 0, 0, 0, 0]),
    ].map { conversations.add(try captured($0)) }
    #expect(places == [0, 0, 1, 0, 2])
    #expect(conversations.list[0].conversation.description == "UDP, [fd00::1]:5000 to [fd00::2]:7")
  }

  @Test("pieces over IPv6 have addresses and a number in common, whatever they say that follows")
  func pieces6() throws {
    func piece(_ number: UInt32, _ offset: UInt16, next: UInt8 = 17, _ payload: [UInt8]) -> IPPacket {
      let fragment = IPv6ExtensionHeader.fragment(
        nextHeader: next, offset: offset, moreFragments: true, identification: number)
      return packet6(1, 2, behind: [fragment], payload)
    }
    var conversations = Conversations()
    let late = piece(7, 16, next: 59, [1])
    let error = packet6(2, 1, protocol: 58, [3, 1, 0, 0, 0, 0, 0, 0] + late.bytes)
    let behindOptions = piece(9, 0, next: 60, [17, 0, 1, 4, 0, 0, 0, 0] + Self.question)
    let places = try [
      late, piece(7, 0, Self.question), late, piece(0x1_0007, 16, [1]), error, behindOptions,
    ].map { conversations.add(try captured($0)) }
    #expect(places == [nil, 0, 0, nil, 0, 0])
  }

  @Test("a payload length of 0 is one that was left to a card where a transport header stands behind it")
  func lengths6() throws {
    let whole = packet6(1, 2, Self.question)
    var left = whole
    IPField.payloadLength.set(0, in: &left.header)
    #expect(try captured(left).packet == whole)
    let empty = packet6(1, 2, protocol: 59, [])
    let padded = IPPacket(header: empty.header, payload: [], padding: [UInt8](repeating: 0, count: 6))
    #expect(try captured(padded).packet == empty)
    let cut = CaptureFile.Packet(
      Array(whole.bytes.dropLast()), linkType: LinkType.ipv6.rawValue, originalLength: whole.bytes.count)
    #expect(CapturedIPPacket(cut)?.isCut == true)
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
