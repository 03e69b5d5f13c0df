// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("IP fields")
struct IPFieldTests {
  @Test(
    "the fields follow one another without a gap, and end where options or extensions begin",
    arguments: [(IPVersion.v4, 160), (.v6, 320)])
  func contiguous(_ version: IPVersion, _ length: Int) {
    var end = 0
    for field in IPField.all(of: version) {
      #expect(field.bits(of: version).lowerBound == end, "\(field)")
      end = field.bits(of: version).upperBound
    }
    #expect(end == length)
  }

  @Test("a field's value is what stands in its bits", arguments: IPVersion.allCases)
  func valueIsItsBits(_ version: IPVersion) throws {
    var random = SplitMix64(seed: 160)
    for _ in 0..<200 {
      let bytes = random.bytes(60...60)
      let header = try IPHeader(parsing: bytes[...], as: version)
      for field in IPField.numeric(of: version) {
        var value: UInt128 = 0
        for bit in field.bits(of: version) {
          value = value << 1 | UInt128(bytes[bit / 8] >> UInt8(7 - bit % 8) & 1)
        }
        let isAddress = field == .source || field == .destination
        let seen = try #require(field.value(in: header))
        #expect(
          (isAddress && version == .v4 ? seen & 0xFFFF_FFFF : seen) == value * UInt128(field.multiple),
          "\(field)")
      }
    }
  }

  @Test("setting a field to its largest value sets all its bits and no others", arguments: IPVersion.allCases)
  func setsItsBits(_ version: IPVersion) {
    for field in IPField.numeric(of: version) {
      var header: IPHeader =
        version == .v4
        ? .v4(IPv4Header(source: .any, destination: .any, protocol: 0, version: 0, headerLength: 0, ttl: 0))
        : .v6(IPv6Header(source: .any, destination: .any, nextHeader: 0, version: 0, hopLimit: 0))
      let isAddress = field == .source || field == .destination
      field.set(isAddress ? .max : UInt128(field.range.upperBound), in: &header)
      let bytes = header.bytes
      for bit in 0..<bytes.count * 8 {
        let isSet = bytes[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1
        #expect(isSet == field.bits(of: version).contains(bit), "\(field), bit \(bit)")
      }
    }
  }

  @Test("a header has no value of a field that only the other version has")
  func ofOneVersion() {
    let headers = [
      IPHeader(source: .any(.v4), destination: .any(.v4), protocol: 0),
      IPHeader(source: .any(.v6), destination: .any(.v6), protocol: 0),
    ]
    for header in headers {
      for field in IPField.allCases {
        #expect((field.value(in: header) == nil) == !field.has(header.version), "\(field)")
      }
    }
    #expect(IPField.ttl.counterpart == .hopLimit)
    #expect(IPField.ttl.onlyVersion == .v4)
    #expect(IPField.flowLabel.onlyVersion == .v6)
    #expect(IPField.dscp.onlyVersion == nil)
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
    #expect(IPField.flowLabel.range == 0...0xF_FFFF)
    #expect(IPField.hopLimit.range == 0...255)
    #expect(IPField.options.range == 0...0)
  }

  @Test("the options reach as far as they are there")
  func optionBits() {
    var header = IPv4Header(source: .any, destination: .any, protocol: 253)
    #expect(IPField.options.bits(in: .v4(header)) == 160..<160)
    header.options = [1, 1, 1, 0]
    #expect(IPField.options.bits(in: .v4(header)) == 160..<192)
    #expect(IPField.ttl.bits(in: .v4(header)) == 64..<72)
  }

  @Test("values are written as people write them")
  func formats() {
    #expect(IPField.checksum.format(0xFB) == "0x00fb")
    #expect(IPField.source.format(0xFFFF_0101_0164) == "1.1.1.100")
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
