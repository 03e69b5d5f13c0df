// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("IPv4 fields")
struct IPv4FieldTests {
  @Test("the fields follow one another without a gap, and end where the options begin")
  func contiguous() {
    var end = 0
    for field in IPv4Field.allCases {
      #expect(field.bits.lowerBound == end, "\(field)")
      end = field.bits.upperBound
    }
    #expect(end == 160)
  }

  @Test("a field's value is what stands in its bits")
  func valueIsItsBits() throws {
    var random = SplitMix64(seed: 160)
    for _ in 0..<200 {
      let bytes = random.bytes(60...60)
      let header = try IPv4Header(parsing: bytes)
      for field in IPv4Field.numeric {
        let bits = field.bits.map { UInt32(bytes[$0 / 8] >> UInt8(7 - $0 % 8) & 1) }
        let value = bits.reduce(0) { $0 << 1 | $1 } * field.multiple
        #expect(field.value(in: header) == value, "\(field)")
      }
    }
  }

  @Test("setting a field to its largest value sets all its bits and no others", arguments: IPv4Field.numeric)
  func setsItsBits(_ field: IPv4Field) {
    var header = IPv4Header(source: .any, destination: .any, protocol: 0, version: 0, headerLength: 0, ttl: 0)
    field.set(field.range.upperBound, in: &header)
    #expect(field.value(in: header) == field.range.upperBound)
    let bytes = header.bytes
    for bit in 0..<160 {
      let isSet = bytes[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1
      #expect(isSet == field.bits.contains(bit), "bit \(bit)")
    }
  }

  @Test("the ranges are those of the language")
  func ranges() {
    #expect(IPv4Field.version.range == 0...15)
    #expect(IPv4Field.headerLength.range == 0...60)
    #expect(IPv4Field.dscp.range == 0...63)
    #expect(IPv4Field.ecn.range == 0...3)
    #expect(IPv4Field.totalLength.range == 0...65535)
    #expect(IPv4Field.reserved.range == 0...1)
    #expect(IPv4Field.fragmentOffset.range == 0...65528)
    #expect(IPv4Field.ttl.range == 0...255)
    #expect(IPv4Field.source.range == 0...UInt32.max)
    #expect(IPv4Field.options.range == 0...0)
  }

  @Test("the options reach as far as they are there")
  func optionBits() {
    var header = IPv4Header(source: .any, destination: .any, protocol: 253)
    #expect(IPv4Field.options.bits(in: header) == 160..<160)
    header.options = [1, 1, 1, 0]
    #expect(IPv4Field.options.bits(in: header) == 160..<192)
    #expect(IPv4Field.ttl.bits(in: header) == 64..<72)
  }

  @Test("values are written as people write them")
  func formats() {
    #expect(IPv4Field.checksum.format(0xFB) == "0x00fb")
    #expect(IPv4Field.source.format(0x0101_0164) == "1.1.1.100")
    #expect(IPv4Field.dontFragment.format(1) == "set")
    #expect(IPv4Field.dontFragment.format(0) == "not set")
    #expect(IPv4Field.identification.format(7238) == "7238")
  }

  @Test("names are Wireshark's")
  func names() {
    #expect(IPv4Field.headerLength.title == "header length")
    #expect(IPv4Field.headerLength.unit == "bytes")
    #expect(IPv4Field.ttl.title == "time to live")
    #expect(IPv4Field.dscp.title == "DSCP")
    #expect(IPv4Field.checksum.title == "checksum")
    #expect(IPv4Field.ttl.unit == nil)
    #expect(IPv4Field.dontFragment.title == "don't fragment")
    #expect(IPv4Field.checksum.wiresharkName == "Header Checksum")
  }
}
