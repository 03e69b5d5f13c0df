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

  @Test("a record route that the receiving kernel wrote into is hinted at, and other options are not")
  func optionsRewritten() throws {
    let route = "header: { options: [{ recordRoute: 1 }] }"
    #expect(
      isHinted("writes its own address", try hints(route, at: [.delivered]) { $0.header.options[2] = 8 }))
    #expect(try hints(route, at: Place.allCases) { $0.header.options[2] = 8 } == [])
    let other = "header: { options: [{ raw: '1e040000' }] }"
    #expect(try hints(other, at: [.delivered]) { $0.header.options[3] = 1 } == [])
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
    #expect(isHinted("htons()", try hints("") { $0.payload = Array("badc".utf8) }))
    #expect(isHinted("htons()", try hints("") { $0.payload = Array("dcba".utf8) }))
    #expect(try hints("") { $0.payload = Array("bacd".utf8) } == [])
  }
}
