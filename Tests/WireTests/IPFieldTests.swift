// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("IPv4 fields")
struct IPFieldTests {
  @Test("the fields follow one another without a gap, and end where the options begin")
  func contiguous() {
    var end = 0
    for field in IPField.allCases {
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
      for field in IPField.numeric {
        let bits = field.bits.map { UInt32(bytes[$0 / 8] >> UInt8(7 - $0 % 8) & 1) }
        let value = bits.reduce(0) { $0 << 1 | $1 } * field.multiple
        #expect(field.value(in: header) == value, "\(field)")
      }
    }
  }

  @Test("setting a field to its largest value sets all its bits and no others", arguments: IPField.numeric)
  func setsItsBits(_ field: IPField) {
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
    #expect(IPField.version.range == 0...15)
    #expect(IPField.headerLength.range == 0...60)
    #expect(IPField.dscp.range == 0...63)
    #expect(IPField.ecn.range == 0...3)
    #expect(IPField.totalLength.range == 0...65535)
    #expect(IPField.reserved.range == 0...1)
    #expect(IPField.fragmentOffset.range == 0...65528)
    #expect(IPField.ttl.range == 0...255)
    #expect(IPField.source.range == 0...UInt32.max)
    #expect(IPField.options.range == 0...0)
  }

  @Test("the options reach as far as they are there")
  func optionBits() {
    var header = IPv4Header(source: .any, destination: .any, protocol: 253)
    #expect(IPField.options.bits(in: header) == 160..<160)
    header.options = [1, 1, 1, 0]
    #expect(IPField.options.bits(in: header) == 160..<192)
    #expect(IPField.ttl.bits(in: header) == 64..<72)
  }

  @Test("values are written as people write them")
  func formats() {
    #expect(IPField.checksum.format(0xFB) == "0x00fb")
    #expect(IPField.source.format(0x0101_0164) == "1.1.1.100")
    #expect(IPField.dontFragment.format(1) == "set")
    #expect(IPField.dontFragment.format(0) == "not set")
    #expect(IPField.identification.format(7238) == "7238")
  }

  @Test("names are Wireshark's")
  func names() {
    #expect(IPField.headerLength.title == "header length")
    #expect(IPField.headerLength.unit == "bytes")
    #expect(IPField.ttl.title == "time to live")
    #expect(IPField.dscp.title == "DSCP")
    #expect(IPField.checksum.title == "checksum")
    #expect(IPField.ttl.unit == nil)
    #expect(IPField.dontFragment.title == "don't fragment")
    #expect(IPField.checksum.wiresharkName == "Header Checksum")
  }
}
