// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// Each hint is said where its rule matches, and not where it nearly does.
@Suite struct HintTests {
  private func hints(
    _ message: String, of sender: String = "", at places: [Place] = Place.allCases,
    _ change: (inout IPv4Packet) -> Void = { _ in }
  ) throws -> [String] {
    var played = try PlayedCase("{ \(sender) exchange: [{ payload: 'abcd', \(message) }] }")
    played.change(at: places) { packet in
      change(&packet)
      packet = packet.withRightChecksum
    }
    try #require(!played.verdict.isPassed)
    return played.verdict.messages[0].hints
  }

  private static let program = "sender: { run: ['./mine'] },"

  private func isHinted(_ words: String, _ hints: [String]) -> Bool {
    hints.count == 1 && hints[0].contains(words)
  }

  @Test("an identification of 0 is replaced only under a header of one's own")
  func identification() throws {
    let expect = "expect: { header: { identification: 0 } }"
    #expect(
      isHinted("IP_HDRINCL", try hints("\(expect), via: 'header'") { $0.header.identification = 0x1c46 }))
    #expect(try hints("\(expect), via: 'frame'") { $0.header.identification = 0x1c46 } == [])
    #expect(try hints("header: { identification: 3 }, via: 'header'") { $0.header.identification = 4 } == [])
  }

  @Test("64 where another time to live was wanted of a program is the kernel's own, and 1 to a group")
  func defaultTTL() throws {
    let nine = "header: { ttl: 9 }"
    #expect(isHinted("(IP_TTL)", try hints(nine, of: Self.program) { $0.header.ttl = 64 }))
    #expect(try hints(nine, of: Self.program) { $0.header.ttl = 63 } == [])
    // What the harness sends has the time to live that it asked for.
    #expect(try hints(nine) { $0.header.ttl = 64 } == [])
    let group = "header: { ttl: 9, destination: '239.1.1.1' }"
    #expect(isHinted("IP_MULTICAST_TTL", try hints(group, of: Self.program) { $0.header.ttl = 1 }))
    #expect(try hints(group, of: Self.program) { $0.header.ttl = 2 } == [])
    #expect(try hints(nine, of: Self.program) { $0.header.ttl = 1 } == [])
  }

  @Test("a time to live that falls on the way tells of a router, one that rises does not")
  func forwarded() throws {
    #expect(isHinted("router", try hints("", at: [.arrived, .delivered]) { $0.header.ttl = 63 }))
    #expect(try hints("", at: [.arrived, .delivered]) { $0.header.ttl = 65 } == [])
  }

  @Test("DF on a plain socket is path-MTU discovery's")
  func dontFragment() throws {
    let expect = "expect: { header: { dontFragment: false } }"
    #expect(isHinted("path-MTU", try hints(expect) { $0.header.dontFragment = true }))
    #expect(try hints("\(expect), via: 'frame'") { $0.header.dontFragment = true } == [])
    #expect(try hints("expect: { header: { dontFragment: true } }") == [])
  }

  @Test("an option that the receiving kernel wrote into is hinted at, and others are not")
  func optionsRewritten() throws {
    let route = "header: { options: [{ recordRoute: 1 }] }"
    #expect(
      isHinted("writes its own address", try hints(route, at: [.delivered]) { $0.header.options[2] = 8 }))
    #expect(try hints(route, at: Place.allCases) { $0.header.options[2] = 8 } == [])
    let time = "header: { options: [{ timestamp: { slots: 1 } }] }"
    #expect(isHinted("or the time", try hints(time, at: [.delivered]) { $0.header.options[2] = 9 }))
    #expect(try hints(time, at: [.arrived, .delivered]) { $0.header.options[2] = 9 } == [])
    let other = "header: { options: [{ raw: '1e040000' }] }"
    #expect(try hints(other, at: [.delivered]) { $0.header.options[3] = 1 } == [])
    // Of options that are more than they were, no kernel has written into one.
    #expect(
      try hints(route, at: [.delivered]) { packet in
        packet.header.options = packet.header.options + [1, 1, 1, 0]
        packet = IPv4Packet.build(header: packet.header, payload: packet.payload)
      } == [])
  }

  @Test("DF in the wrong byte order is an offset of 512 bytes, and is hinted at where the packet is alone")
  func flagsSwapped() throws {
    let swapped = { (offset: UInt16, more: Bool, dontFragment: Bool) in
      try hints("expect: { header: { fragmentOffset: 0 } }", of: Self.program) { packet in
        packet.header.fragmentOffset = offset
        packet.header.moreFragments = more
        packet.header.dontFragment = dontFragment
      }.filter { $0.contains("DF with its bytes swapped") }.count
    }
    // IP_DF is 0x4000 (RFC 791 §3.1), which is 0x0040 with its bytes swapped: 64 units of 8 bytes.
    #expect(try swapped(512, false, false) == 1)
    #expect(try swapped(504, false, false) == 0)
    #expect(try swapped(512, true, false) == 0)
    #expect(try swapped(512, false, true) == 0)
    // The second piece of a datagram stands there too, and may come first.
    var played = try PlayedCase(
      "{ \(Self.program) exchange: [{ payload: { size: 600 }, header: { ttl: 9 } }] }")
    played.change { packet in
      packet.header.ttl = 8
      packet = packet.withRightChecksum
    }
    played.fragment(every: 512)
    played.messages[0][.sent]?.reverse()
    #expect(played.kinds == [.field(.ttl)])
    #expect(played.verdict.messages[0].hints == [])
  }

  /// The hints on a packet of a program whose checksum is wrong in some way.
  private func checksumHints(
    _ message: String = "", _ checksum: (IPv4Header) -> UInt16
  ) throws -> [String] {
    var played = try PlayedCase("{ \(Self.program) exchange: [{ payload: 'abcd', \(message) }] }")
    played.change { packet in
      packet = packet.withRightChecksum
      packet.header.checksum = checksum(packet.header)
    }
    #expect(played.kinds == [.field(.checksum)])
    return played.verdict.messages[0].hints
  }

  @Test("a checksum in the wrong byte order is hinted at")
  func checksumSwapped() throws {
    #expect(isHinted("converted once too often", try checksumHints { $0.checksum.byteSwapped }))
    #expect(try checksumHints { $0.checksum ^ 1 } == [])
  }

  @Test("a checksum that leaves out the options is hinted at, where there are any")
  func checksumOfTwentyBytes() throws {
    let options = "header: { options: ['nop', 'nop', 'nop', 'nop'] }"
    // Four bytes of 0x01 add 0x0202 to the sum, which the complement lacks (RFC 1071).
    let bare = { (header: IPv4Header) in
      let sum = UInt32(~header.checksum) + 0xffff - 0x0202
      return ~UInt16(sum % 0xffff)
    }
    #expect(isHinted("first 20 bytes only", try checksumHints(options, bare)))
    #expect(try checksumHints(options) { bare($0) ^ 1 } == [])
    #expect(try checksumHints("", bare) == [])
    // One that is right, and must not be, leaves nothing out.
    #expect(try hints("expect: { header: { checksum: 'invalid' } }", of: Self.program) == [])
  }

  @Test("a payload that ends in the padding of a short frame is hinted at")
  func padding() throws {
    let padded = { (count: Int, byte: UInt8) in
      try hints("expect: { header: { totalLength: 'any' } }", at: [.delivered]) { packet in
        packet.payload += [UInt8](repeating: byte, count: count)
        packet = IPv4Packet.build(header: packet.header, payload: packet.payload)
      }
    }
    #expect(isHinted("60 bytes", try padded(22, 0)))
    #expect(try padded(21, 0) == [] && padded(22, 1) == [])
  }

  @Test("a payload that begins with the options was read behind 20 bytes")
  func optionsInPayload() throws {
    let change = { (first: UInt8) in
      try hints(
        "header: { options: ['nop', 'nop', 'nop', 'nop'] }, expect: { delivered: { header: { headerLength: 'any', options: 'any' } } }",
        at: [.delivered]
      ) { packet in
        packet.payload = [first, 1, 1, 1] + packet.payload
        packet.header.options = []
        packet = IPv4Packet.build(header: packet.header, payload: packet.payload)
      }
    }
    #expect(isHinted("begins with the options", try change(1)))
    #expect(try change(2) == [])
  }

  @Test("one zero byte more is a C string's terminator")
  func terminator() throws {
    let longer = { (bytes: [UInt8]) in
      try hints("expect: { header: { totalLength: 'any' } }") { packet in
        packet = IPv4Packet.build(header: packet.header, payload: packet.payload + bytes)
      }
    }
    #expect(isHinted("terminator", try longer([0])))
    #expect(try longer([0, 0]) == [] && longer([1]) == [])
  }

  @Test("bytes in the wrong order are hinted at, in a field of 16 bits and in a payload")
  func byteOrder() throws {
    let header = "header: { identification: 0x0102 }"
    #expect(isHinted("htons()", try hints(header) { $0.header.identification = 0x0201 }))
    #expect(try hints(header) { $0.header.identification = 0x0203 } == [])
    let length = "expect: { header: { totalLength: 24 } }"
    #expect(
      try hints(length) { $0.header.totalLength = 0x1800 }.filter { $0.contains("htons()") }.count == 1)
    #expect(try hints(length) { $0.header.totalLength = 0x1801 }.allSatisfy { !$0.contains("htons()") })
    #expect(isHinted("htons()", try hints("") { $0.payload = Array("badc".utf8) }))
    #expect(isHinted("htons()", try hints("") { $0.payload = Array("dcba".utf8) }))
    #expect(try hints("") { $0.payload = Array("bacd".utf8) } == [])
  }

  @Test("a line's end, a part, and an earlier payload's end in a payload are hinted at")
  func payloads() throws {
    let changed = { (bytes: String) in
      try hints("expect: { header: { totalLength: 'any' } }") { packet in
        packet = IPv4Packet.build(header: packet.header, payload: Array(bytes.utf8))
      }
    }
    #expect(isHinted("extra line ending", try changed("abcd\n")))
    #expect(isHinted("Only part of the payload", try changed("abc")))
    #expect(try changed("abxd") == [] && changed("bcd") == [])
    for (wrong, isStale) in [("Hillo", true), ("Hixxx", false)] {
      var played = try PlayedCase("{ exchange: ['Hello', 'Hi'] }")
      played.change(message: 1) { $0 = IPv4Packet.build(header: $0.header, payload: Array(wrong.utf8)) }
      let hints = played.verdict.messages[1].hints
      #expect(isStale ? isHinted("end of an earlier one", hints) : hints == [], "\(wrong)")
    }
  }

  @Test("what the other host sent before is no earlier payload of a sender's buffer")
  func otherBuffer() throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'Hello', from: 'receiver' }, 'Hi'] }")
    played.change(message: 1) { $0 = IPv4Packet.build(header: $0.header, payload: Array("Hillo".utf8)) }
    #expect(played.verdict.messages[1].hints == [])
  }

  @Test("a packet to a group that was not delivered tells of joining it, and one to a host does not")
  func group() throws {
    for (destination, isGroup) in [("239.1.1.1", true), ("1.1.1.1", false)] {
      var played = try PlayedCase(
        "{ exchange: [{ payload: 'a', header: { destination: '\(destination)' } }] }")
      played.lose(at: [.delivered])
      let hints = played.verdict.messages[0].hints
      #expect(isGroup ? isHinted("IP_ADD_MEMBERSHIP", hints) : hints == [])
      played.lose(at: [.arrived])
      #expect(played.verdict.messages[0].hints == [], "it did not get as far as a socket")
    }
  }

  @Test(
    "a packet with an address that can be no other host's tells of martians where it was not delivered",
    arguments: [
      ("source: '127.0.0.5'", "The source 127.0.0.5"), ("source: '0.0.0.0'", "The source 0.0.0.0"),
      ("source: '224.0.0.9'", "The source 224.0.0.9"),
      ("source: '255.255.255.255'", "The source 255.255.255.255"),
      ("source: '1.1.1.1'", "The source 1.1.1.1"), ("destination: '127.0.0.1'", "The destination 127.0.0.1"),
      ("destination: '0.0.0.0'", "The destination 0.0.0.0"), ("source: '0.1.2.3'", nil),
      ("source: '240.0.0.1'", nil),
      ("source: '1.1.1.255'", nil), ("destination: '255.255.255.255'", nil), ("ttl: 1", nil),
    ])
  func martian(_ header: String, _ text: String?) throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'a', header: { \(header) }, via: 'frame' }] }")
    played.lose(at: [.delivered])
    let hints = played.verdict.messages[0].hints
    let sentence =
      "cannot belong to another host on the cable: Linux drops such a packet as a martian, and counts it nowhere."
    #expect(hints == (text.map { ["\($0) \(sentence)"] } ?? []))
    played.lose(at: [.arrived])
    #expect(played.verdict.messages[0].hints == [], "it did not get as far as that")
  }

  @Test("a packet too long for the MTU tells of it only under a header of one's own")
  func refused() throws {
    for (via, errno, isHinted) in [
      ("header", "EMSGSIZE", true), ("header", "EPERM", false), ("socket", "EMSGSIZE", false),
    ] {
      var played = try PlayedCase("{ exchange: [{ payload: 'a', via: '\(via)' }] }")
      played.lose(at: Place.allCases)
      played.sendFailures[0] = SendFailure(errno: errno, description: "sendto: \(errno)")
      let hints = played.verdict.messages[0].hints
      #expect(
        isHinted
          ? self.isHinted("does not fragment a packet whose sender wrote its header", hints) : hints == [],
        "\(via) \(errno)")
    }
  }
}
