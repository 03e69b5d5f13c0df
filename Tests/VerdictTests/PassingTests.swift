// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What is right passes, with everything that a file can say of it.
@Suite struct PassingTests {
  @Test("a message that is everywhere as asked passes, and its packets are counted")
  func plain() throws {
    let verdict = try PlayedCase(#"{ exchange: ["one", "two", ""] }"#).verdict
    #expect(verdict.isPassed)
    #expect(verdict.messages.map(\.title) == (1...3).map { "message \($0)" })
    #expect(verdict.counts == [.sent: 3, .arrived: 3, .delivered: 3])
  }

  @Test("the four documented packets pass, byte for byte")
  func documented() throws {
    // As the receiver of the documented exchange printed them.
    let packets = try [
      "4500002136c8000080fdfeb1010101640101010148656c6c6f20576f726c642021",
      "4500001636dd000080fdfea701010164010101014869",
      "450000213716000080fdfe630101016401010101486f772061726520796f75203f",
      "450000183760000080fdfe22010101640101010151756974",
    ].map { try IPv4Packet(parsing: HexDump.bytes(fromHex: $0)) }
    var played = try PlayedCase(
      """
      { exchange: [
        { payload: "Hello World !", header: { ttl: 128, identification: 0x36c8, dontFragment: false } },
        { payload: "Hi", header: { ttl: 128 }, expect: { header: { checksum: 0xfea7 } } },
        { payload: "How are you ?", header: { ttl: 128 }, expect: { header: { totalLength: 33 } } },
        { payload: "Quit", header: { ttl: 128 }, expect: { header: { protocol: 253 } } },
      ] }
      """)
    for (index, packet) in packets.enumerated() { played.change(message: index) { $0 = packet } }
    #expect(played.kinds == [])
  }

  @Test("a message passes in three pieces at both ends and whole when delivered")
  func fragments() throws {
    var played = try PlayedCase("{ exchange: [{ payload: { size: 56 } }] }")
    played.fragment(every: 24)
    #expect(played.kinds == [])
    #expect(played.verdict.counts == [.sent: 3, .arrived: 3, .delivered: 1])
    played.messages[0][.arrived]?.reverse()
    #expect(played.kinds == [])
  }

  @Test("padding behind a packet is not part of it")
  func padding() throws {
    var played = try PlayedCase(#"{ exchange: ["Hi"] }"#)
    played.change(at: [.arrived]) { $0.padding = [UInt8](repeating: 0, count: 24) }
    #expect(played.kinds == [])
  }

  @Test("a message that must not be delivered passes when it arrives and goes no further")
  func notDelivered() throws {
    var played = try PlayedCase(#"{ exchange: [{ payload: "x", expect: { delivered: false } }] }"#)
    played.lose(at: [.delivered])
    #expect(played.kinds == [])
  }

  @Test("a message that must not arrive passes when it is sent and goes no further")
  func notArrived() throws {
    var played = try PlayedCase(#"{ exchange: [{ payload: "x", expect: { arrived: false } }] }"#)
    played.lose(at: [.arrived, .delivered])
    #expect(played.kinds == [])
  }

  @Test(
    "a header field passes by each kind of matcher",
    arguments: [
      "ttl: 64", "ttl: 'any'", "ttl: { oneOf: [63, 64] }", "ttl: { not: 63 }", "ttl: { min: 64, max: 64 }",
      "ttl: { min: 60 }", "ttl: { max: 64 }", "checksum: 'valid'", "checksum: 'any'",
      "source: '1.1.1.100'", "dontFragment: false", "moreFragments: false, fragmentOffset: 0",
      "version: 4, headerLength: 20, totalLength: 23, dscp: 0, ecn: 0, reserved: false",
    ])
  func matchers(_ header: String) throws {
    let played = try PlayedCase("{ exchange: [{ payload: 'abc', expect: { header: { \(header) } } }] }")
    #expect(played.kinds == [])
  }

  @Test(
    "a payload passes by each kind of matcher",
    arguments: [
      "'abcdef'", "{ hex: '616263646566' }", "{ contains: 'cd' }", "{ prefix: 'abc' }",
      "{ length: 6 }", "{ minLength: 6 }", "{ minLength: 1 }",
    ])
  func payloadMatchers(_ payload: String) throws {
    let played = try PlayedCase("{ exchange: [{ payload: 'abcdef', expect: { payload: \(payload) } }] }")
    #expect(played.kinds == [])
  }

  @Test("what is said of a place holds there and overrides what is said of all")
  func places() throws {
    let expect = "{ header: { ttl: 9 }, delivered: { header: { ttl: 7 }, payload: 'xyz' } }"
    var played = try PlayedCase("{ exchange: [{ payload: 'abc', expect: \(expect) }] }")
    played.change(at: [.sent, .arrived]) { packet in
      packet.header.ttl = 9
      packet = packet.withRightChecksum
    }
    played.change(at: [.delivered]) { packet in
      packet.header.ttl = 7
      packet.payload = Array("xyz".utf8)
      packet = packet.withRightChecksum
    }
    #expect(played.kinds == [])
  }

  @Test("a wrong checksum passes where it is said to be wrong, or to be that number")
  func wrongChecksum() throws {
    for said in ["'invalid'", "0", "{ oneOf: [1, 0] }"] {
      var played = try PlayedCase(
        "{ exchange: [{ payload: 'a', expect: { header: { checksum: \(said) } } }] }")
      played.change { $0.header.checksum = 0 }
      #expect(played.kinds == [])
    }
  }

  @Test("a receiver may read less than the packet where the file says what it must read")
  func shortBuffer() throws {
    let text = "{ exchange: [{ payload: 'abcdef', expect: { delivered: { payload: 'abcd' } } }] }"
    var played = try PlayedCase(text)
    played.bufferSize = 24
    #expect(played.kinds == [])
  }
}
