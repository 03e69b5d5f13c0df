// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("IPv4 header")
struct IPv4HeaderTests {
  @Test("a documented header reads as documented")
  func documentedHeader() throws {
    let header = try IPv4Header(parsing: KnownBytes.documented[0])
    let expected = IPv4Header(
      source: IPv4Address(1, 1, 1, 100), destination: IPv4Address(1, 1, 1, 1), protocol: 253,
      totalLength: 33, identification: 0x36C8, ttl: 128, checksum: 0xFEB1)
    #expect(header == expected)
    #expect(expected.bytes == Array(KnownBytes.documented[0].prefix(20)))
  }

  @Test("the checksum of each documented header is right", arguments: KnownBytes.documented)
  func documentedChecksum(_ bytes: [UInt8]) throws {
    let header = try IPv4Header(parsing: bytes)
    #expect(header.isChecksumRight)
    #expect(header.rightChecksum() == header.checksum)
  }

  @Test("a documented header with any one bit flipped has a wrong checksum", arguments: KnownBytes.documented)
  func bitFlips(_ bytes: [UInt8]) throws {
    for bit in 0..<160 {
      #expect(try !IPv4Header(parsing: bytes.flipping(bit: bit)).isChecksumRight, "bit \(bit)")
    }
  }

  // The captures at the documented sender and receiver: identification and right checksum.
  @Test("the right checksum is the documented one", arguments: [(0x02AA, 0x32D1), (0x0A76, 0x2B05)])
  func rightChecksum(_ identification: UInt16, _ checksum: UInt16) {
    var header = IPv4Header(
      source: IPv4Address(1, 1, 1, 100), destination: IPv4Address(1, 1, 1, 1), protocol: 253,
      totalLength: 32, identification: identification, ttl: 128)
    #expect(header.rightChecksum() == checksum)
    #expect(!header.isChecksumRight)
    header.checksum = checksum
    #expect(header.isChecksumRight)
  }

  @Test("a checksum of 0xffff is as right as 0x0000, as it is to every receiver (RFC 1624 §3)")
  func otherZero() throws {
    // The other nine words sum up to 0xffff.
    let bytes = KnownBytes.bytes("4500001400000000 40fd 0000 00000000 000079ee")
    var header = try IPv4Header(parsing: bytes)
    #expect(header.rightChecksum() == 0x0000)
    #expect(header.isChecksumRight)
    header.checksum = 0xFFFF
    #expect(header.isChecksumRight)
  }

  @Test("any bytes from 20 on are a header that builds those it took again")
  func anyBytes() throws {
    var random = SplitMix64(seed: 791)
    for _ in 0..<1000 {
      let bytes = random.bytes(20...70)
      let header = try IPv4Header(parsing: bytes)
      let length = max(20, min(Int(header.headerLength), bytes.count))
      #expect(header.bytes == Array(bytes.prefix(length)))
    }
  }

  @Test("a header shorter than it says has the options that are there")
  func optionsCutOff() throws {
    let bytes = KnownBytes.bytes("4f000018000000004001000001010164010101010101")
    let header = try IPv4Header(parsing: bytes)
    #expect(header.headerLength == 60)
    #expect(header.options == [1, 1])
  }

  @Test("a header length below 20 leaves no options")
  func headerLengthBelowMinimum() throws {
    var bytes = KnownBytes.documented[0]
    bytes[0] = 0x44
    let header = try IPv4Header(parsing: bytes)
    #expect(header.headerLength == 16)
    #expect(header.options.isEmpty)
  }

  @Test("a value too large for its field changes no other field")
  func masked() throws {
    var header = IPv4Header(source: .any, destination: .any, protocol: 0, version: 0, headerLength: 0, ttl: 0)
    header.version = 0xF0
    header.headerLength = 0x40
    header.dscp = 0xC0
    header.ecn = 0xFC
    #expect(header.bytes == [UInt8](repeating: 0, count: 20))
    header.version = 0xFF
    header.dscp = 0xFF
    header.fragmentOffset = 0xFFFF
    #expect(header.bytes == KnownBytes.bytes("f0fc000000001fff") + [UInt8](repeating: 0, count: 12))
  }

  @Test("a header length that is no multiple of 4, and an offset that is none of 8, are rounded down")
  func multiples() {
    let header = IPv4Header(
      source: .any, destination: .any, protocol: 0, headerLength: 23, fragmentOffset: 15)
    #expect(header.bytes[0] == 0x45)
    #expect(header.bytes[6...7] == [0x00, 0x01])
  }
}
