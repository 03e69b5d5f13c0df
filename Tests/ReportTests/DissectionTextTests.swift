// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Report
import Testing
import Wire

@Suite("A packet taken apart, as text and as JSON")
struct DissectionTextTests {
  private let text = DissectionText(palette: Palette(isColoured: false))
  private let hi: [UInt8] = [
    0x45, 0, 0, 22, 0x36, 0xdd, 0, 0, 0x80, 0xfd, 0xfe, 0xa7, 1, 1, 1, 100, 1, 1, 1, 1, 0x48, 0x69,
  ]

  /// A packet of a capture, as a reader gives it.
  private func packet(
    time: UInt64 = 0, kept: Int? = nil, direction: CaptureFile.Direction? = nil, comment: String? = nil,
    interface: String = "eth0"
  ) throws -> CaptureFile.Packet {
    var writer = PcapngWriter(application: "tests")
    writer.addInterface(name: interface, linkType: 228)
    writer.addPacket(
      Array(hi.prefix(kept ?? hi.count)), interface: 0, timestamp: time, originalLength: UInt32(hi.count),
      direction: direction, comment: comment)
    return try #require(try CaptureFile.parse(writer.bytes).packets.first)
  }

  @Test(
    "times are those of the calendar",
    arguments: [
      (0, "1970-01-01 00:00:00.000000"), (1_704_164_645_678_901_000, "2024-01-02 03:04:05.678901"),
      (1_704_164_645_678_901_002, "2024-01-02 03:04:05.678901002"),
      (951_782_400_000_000_000, "2000-02-29 00:00:00.000000"),
      (951_868_800_000_000_000, "2000-03-01 00:00:00.000000"),
      (4_107_542_399_999_999_000, "2100-02-28 23:59:59.999999"),
      (4_107_542_400_000_000_000, "2100-03-01 00:00:00.000000"),
      (1_735_689_599_000_000_000, "2024-12-31 23:59:59.000000"),
    ] as [(UInt64, String)])
  func times(_ nanoseconds: UInt64, _ date: String) throws {
    #expect(text.title(try packet(time: nanoseconds), number: 1) == "packet 1, eth0, 22 bytes, \(date) UTC\n")
  }

  @Test("a title has what the capture says, and no control character")
  func titles() throws {
    let cut = try packet(kept: 20, direction: .outbound, comment: "dropped\nhere", interface: "a\u{1b}b")
    #expect(
      text.title(cut, number: 3, file: "x.pcap")
        == "packet 3 of x.pcap, a\\u{1b}b, 20 of 22 bytes, outbound, 1970-01-01 00:00:00.000000 UTC\n"
        + "comment: dropped\\nhere\n")
    #expect(text.title(CaptureFile.Packet([1], linkType: 1), number: 1) == "packet 1, 1 byte\n")
  }

  @Test("what is correct, incorrect and not judged is said beside a field")
  func remarks() throws {
    var bytes = hi
    bytes[10] = 0
    let lines = text.text(Dissection(packet: bytes, as: .v4), bytes: bytes).split(separator: "\n")
    #expect(lines.contains { $0.contains("Total Length") && $0.hasSuffix("  correct") })
    #expect(lines.contains { $0.contains("Header Checksum") && $0.hasSuffix("incorrect: should be 0xfea7") })
    let cut = try packet(kept: 21)
    #expect(!text.text(Dissection(cut), bytes: cut.bytes).contains("not judged"))
    let short = try packet(kept: 19)
    let cutLines = text.text(Dissection(short), bytes: short.bytes).split(separator: "\n")
    #expect(
      cutLines.contains {
        $0.hasPrefix("  Header Checksum ") && $0.hasSuffix(" not judged: not all of it was captured")
      })
  }

  private struct Line: Decodable {
    struct Layer: Decodable {
      let title: String
      let filter: String
      let fields: [Field]
    }

    struct Field: Decodable {
      let title: String
      let filter: String
      let value: String
      let number: UInt64?
      let range: [Int]
      let bits: [Int]?
      let remark: String?
      let reason: String?
    }

    let number: Int
    let file: String?
    let time: String?
    let interface: String?
    let direction: String?
    let comment: String?
    let capturedLength: Int
    let originalLength: Int
    let linkType: Int
    let bytes: String
    let layers: [Layer]
  }

  private func decoded(_ packet: CaptureFile.Packet, file: String? = nil) throws -> Line {
    let line = DissectionJSON.line(packet, Dissection(packet), number: 7, file: file)
    #expect(line.hasSuffix("}\n") && line.count { $0.isNewline } == 1)
    return try JSONDecoder().decode(Line.self, from: Data(line.utf8))
  }

  @Test("a line of JSON has all that is known of a packet")
  func json() throws {
    let comment = "a \"b\" \\ \n \u{202e} \u{1f600} é"
    let line = try decoded(
      try packet(time: 1, kept: 19, direction: .inbound, comment: comment), file: "x.pcap")
    #expect(line.number == 7 && line.file == "x.pcap" && line.interface == "eth0" && line.direction == "in")
    #expect(line.time == "1970-01-01T00:00:00.000000001Z")
    #expect(line.comment == comment)
    #expect(line.capturedLength == 19 && line.originalLength == 22 && line.linkType == 228)
    #expect(line.bytes == "4500001636dd000080fdfea701010164010101")
    let layer = try #require(line.layers.first)
    #expect(layer.title == "Internet Protocol Version 4" && layer.filter == "ip")
    let length = try #require(layer.fields.first { $0.filter == "ip.hdr_len" })
    #expect(length.value == "20 bytes" && length.number == 20 && length.range == [0, 1])
    #expect(length.bits == [4, 8] && length.remark == "right" && length.reason == nil)
    let checksum = try #require(layer.fields.first { $0.filter == "ip.checksum" })
    #expect(checksum.number == 0xfea7 && checksum.bits == nil)
    #expect(checksum.remark == "not judged" && checksum.reason == "not all of it was captured")
    let source = try #require(layer.fields.first { $0.filter == "ip.src" })
    #expect(source.number == nil && source.value == "1.1.1.100" && source.title == "Source Address")
  }

  @Test("what is not known is left out")
  func jsonWithout() throws {
    var bytes = hi
    bytes[10] = 0
    let line = try decoded(CaptureFile.Packet(bytes, linkType: 228))
    #expect(line.file == nil && line.time == nil && line.interface == nil && line.direction == nil)
    #expect(line.comment == nil)
    let checksum = try #require(line.layers.first?.fields.first { $0.filter == "ip.checksum" })
    #expect(checksum.remark == "wrong" && checksum.reason == "should be 0xfea7")
    let identification = try #require(line.layers.first?.fields.first { $0.filter == "ip.id" })
    #expect(identification.remark == nil)
  }
}
