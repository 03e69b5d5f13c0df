// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("Capture files")
struct CaptureFileTests {
  /// The frame in the files below: the documented packet `Hi`, inbound at 2024-01-02 03:04:05.678901 UTC.
  private let frame = KnownBytes.bytes("0000910641e1f01faf288d920800") + KnownBytes.documented[1]
  private let time: UInt64 = 1_704_164_645_678_901_000

  /// The interface and packet blocks that text2pcap 4.0.17 wrote for it, without its section header.
  static let text2pcapInterface = KnownBytes.bytes(
    "0100000028000000010000000000040002000400657468300900010009000000" + "0000000028000000")
  static let text2pcapPacket = KnownBytes.bytes(
    "060000005000000000000000b768a617086778582400000024000000"
      + "0000910641e1f01faf288d92080045000016" + "36dd000080fdfea7010101640101010148690200040001000000"
      + "0000000050000000")
  /// The packet block after `editcap -a 1:hello`.
  static let editcapPacket = KnownBytes.bytes(
    "060000005c00000000000000b768a617086778582400000024000000"
      + "0000910641e1f01faf288d92080045000016" + "36dd000080fdfea7010101640101010148690200040001000000"
      + "0100050068656c6c6f000000" + "000000005c000000")
  /// A section header without options (draft-ietf-opsawg-pcapng §4.1).
  static let section = KnownBytes.bytes("0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000")

  @Test("a packet of text2pcap and editcap is read with its time, direction and comment")
  func readsPcapng() throws {
    let file = try CaptureFile.parse(Self.section + Self.text2pcapInterface + Self.editcapPacket)
    #expect(file.interfaces.map { $0.name } == ["eth0"])
    let packet = try #require(file.packets.first)
    #expect(packet.interfaceName == "eth0")
    #expect(packet.linkType == CaptureFile.ethernet)
    #expect(packet.timestamp == time)
    #expect(packet.originalLength == 36)
    #expect(packet.bytes == frame)
    #expect(packet.direction == .inbound)
    #expect(packet.comment == "hello")
  }

  /// A block of a packet of no bytes with these options (draft-ietf-opsawg-pcapng §3.5 and §4.3).
  private func packetBlock(options: String) -> [UInt8] {
    let body = [UInt8](repeating: 0, count: 20) + KnownBytes.bytes(options)
    let length = [UInt8(body.count + 12), 0, 0, 0]
    return [6, 0, 0, 0] + length + body + length
  }

  @Test(
    "of an option that comes again the first counts, what stands behind the end of options is none, nor what is cut",
    arguments: [
      // Option 1 is a comment, 2 the flags, of which 1 is inbound and 2 outbound, and 0 the end.
      ("01000100 61000000 01000100 62000000 02000400 01000000 02000400 02000000 00000000", "a", .inbound),
      ("02000400 02000000 01000100 62000000 02000400 01000000 01000100 61000000", "b", .outbound),
      ("01000000 01000100 62000000 00000000", "", nil), ("00000000 01000100 61000000", nil, nil),
      ("01000100 61000000 00000000 02000400 01000000", "a", nil),
      // One that is as long as what is left, and one that says one byte more.
      ("02000400 01000000 01000400 61626364", "abcd", .inbound),
      ("02000400 01000000 01000500 61626364", nil, .inbound), ("", nil, nil), ("01000000", "", nil),
    ] as [(String, String?, CaptureFile.Direction?)])
  func options(_ hex: String, comment: String?, direction: CaptureFile.Direction?) throws {
    let file = try CaptureFile.parse(Self.section + Self.text2pcapInterface + packetBlock(options: hex))
    let packet = try #require(file.packets.first)
    #expect(packet.comment == comment && packet.direction == direction)
  }

  @Test("of an interface's options that come again the first count too")
  func interfaceOptions() throws {
    // Name "a" and then "b"; a resolution of 10⁻³ and then 10⁻⁹; 1 s to add and then 2 s.
    let options =
      "02000100 61000000 02000100 62000000 09000100 03000000 09000100 09000000"
      + "0e000800 0100000000000000 0e000800 0200000000000000 00000000"
    let body = KnownBytes.bytes("01000000 00000000" + options)
    let length = [UInt8(body.count + 12), 0, 0, 0]
    let packet = packetBlock(options: "").replacing(at: 16, with: [5])
    let file = try CaptureFile.parse(Self.section + [1, 0, 0, 0] + length + body + length + packet)
    #expect(file.packets.map(\.interfaceName) == ["a"] && file.packets.map(\.timestamp) == [1_005_000_000])
  }

  // The headers are those that `editcap -F pcap` and `-F nsecpcap` wrote, and the same the other way round.
  @Test(
    "classic pcap is read in both byte orders and both units of time",
    arguments: [
      "d4c3b2a1020004000000000000000000000004000100000025" + "7d9365f55b0a002400000024000000",
      "4d3cb2a1020004000000000000000000000004000100000025" + "7d9365083577282400000024000000",
      "a1b2c3d400020004000000000000000000040000000000016593" + "7d25000a5bf50000002400000024",
      "a1b23c4d00020004000000000000000000040000000000016593" + "7d25287735080000002400000024",
    ])
  func readsPcap(_ headers: String) throws {
    let file = try CaptureFile.parse(KnownBytes.bytes(headers) + frame)
    let packet = try #require(file.packets.first)
    #expect(file.packets.count == 1)
    #expect(packet.timestamp == time)
    #expect(packet.originalLength == 36)
    #expect(packet.bytes == frame)
    #expect(packet.linkType == CaptureFile.ethernet)
    #expect(packet.interfaceName == nil)
  }

  /// A big-endian section by hand (draft-ietf-opsawg-pcapng §4): time in units of 2⁻¹, and 1 s to add.
  private let bigEndian = KnownBytes.bytes(
    "0a0d0d0a0000001c1a2b3c4d00010000ffffffffffffffff0000001c"  // section header
      + "000000010000003000650000000000020009000181000000000e00080000000000000001000000000000"
      + "000000000030"  // interface: link type 101, snap length 2
      + "00000bad00000010ffffffff00000010"  // unknown block
      + "000000060000002400000000000000000000000300000001000000090a00000000000024"  // enhanced packet
      + "000000030000001400000004bbcc000000000014"  // simple packet
      + "00000002000000280000ffff000000000000000200000002000000020d0e000000000000" + "00000028")

  @Test("big-endian sections, binary time, simple and obsolete packets are read, and unknown blocks passed")
  func readsBigEndian() throws {
    let file = try CaptureFile.parse(bigEndian)
    #expect(file.interfaces.map { $0.linkType } == [101])
    #expect(file.interfaces.map { $0.name } == [nil])
    #expect(file.packets.map { $0.bytes } == [[0x0A], [0xBB, 0xCC], [0x0D, 0x0E]])
    #expect(file.packets.map { $0.timestamp } == [2_500_000_000, nil, 2_000_000_000])
    #expect(file.packets.map { $0.originalLength } == [9, 4, 2])
    #expect(file.packets.allSatisfy { $0.linkType == 101 && $0.direction == nil && $0.comment == nil })
  }

  @Test("each section has its own byte order and its own interfaces")
  func severalSections() throws {
    let little = Self.section + Self.text2pcapInterface + Self.text2pcapPacket
    let file = try CaptureFile.parse(little + bigEndian + little)
    #expect(file.interfaces.map { $0.name } == ["eth0", nil, "eth0"])
    #expect(file.packets.map { $0.interfaceName } == ["eth0", nil, nil, nil, "eth0"])
  }

  @Test("a file that ends at any byte but the end of a block is truncated, and tells what came before")
  func truncatedPcapng() throws {
    let beginning = Self.section + Self.text2pcapInterface
    let file = beginning + Self.text2pcapPacket + Self.text2pcapPacket
    for count in 1..<Self.text2pcapPacket.count {
      let cut = Array(file.prefix(beginning.count + Self.text2pcapPacket.count + count))
      let error = try #require(throws: CaptureFileError.self) { try CaptureFile.parse(cut) }
      #expect((error.offset, error.packetsBefore) == (beginning.count + Self.text2pcapPacket.count, 1))
      guard case .truncated(_, available: count) = error.reason else {
        Issue.record("\(error)")
        continue
      }
    }
  }

  @Test("a pcap file that ends within a record is truncated, and tells what came before")
  func truncatedPcap() throws {
    let header = KnownBytes.bytes("d4c3b2a1020004000000000000000000000004000100000025")
    let record = KnownBytes.bytes("7d9365f55b0a002400000024000000") + frame
    let file = header + record + [0x25] + record
    for count in 77..<file.count {
      let error = try #require(throws: CaptureFileError.self) {
        try CaptureFile.parse(Array(file.prefix(count)))
      }
      #expect((error.offset, error.packetsBefore) == (76, 1))
    }
    #expect(try CaptureFile.parse(Array(file.prefix(76))).packets.count == 1)
    #expect(try CaptureFile.parse(file).packets.count == 2)
  }

  @Test("what is no capture file is told", arguments: [("", 0), ("0a0d", 2), ("d4c3b2a1", 4)])
  func tooShort(_ hex: String, _ available: Int) throws {
    let error = try #require(throws: CaptureFileError.self) { try CaptureFile.parse(KnownBytes.bytes(hex)) }
    guard case .truncated(_, available: available) = error.reason else {
      Issue.record("\(error)")
      return
    }
  }

  @Test("each thing that can be wrong with a file is told with its place")
  func wrongFiles() {
    expect(.unknownFormat([0x50, 0x4B, 3, 4]), at: 0, [UInt8]("PK\u{3}\u{4}".utf8))
    expect(.unknownVersion(3), at: 0, KnownBytes.bytes("d4c3b2a103000400") + [UInt8](repeating: 0, count: 16))
    expect(.unknownVersion(2), at: 0, Self.section.replacing(at: 12, with: [2]))
    expect(.badByteOrderMagic(0x1A2B_3C00), at: 0, Self.section.replacing(at: 8, with: [0]))
    expect(.badBlockLength(30), at: 28, Self.section + Self.text2pcapInterface.replacing(at: 4, with: [30]))
    expect(.badBlockLength(8), at: 28, Self.section + Self.text2pcapInterface.replacing(at: 4, with: [8]))
    expect(
      .blockLengthsDiffer(40, 44), at: 28,
      Self.section + Self.text2pcapInterface.replacing(at: 36, with: [44]))
    expect(.unknownInterface(0), at: 28, Self.section + Self.text2pcapPacket)
    expect(.badBlockLength(12), at: 28, Self.section + KnownBytes.bytes("010000000c0000000c000000"))
    expect(
      .capturedLengthBeyondBlock(49), at: 68,
      Self.section + Self.text2pcapInterface + Self.text2pcapPacket.replacing(at: 20, with: [49]))
  }

  @Test("an error is a sentence with its place")
  func errorDescription() {
    let error = CaptureFileError(offset: 76, reason: .truncated(needed: 52, available: 9), packetsBefore: 1)
    #expect(
      error.description
        == "the file is cut off: it has 9 of the 52 bytes needed at byte 76, after 1 packet")
  }

  @Test("a file with any byte changed is read or refused")
  func anyByteChanged() {
    var random = SplitMix64(seed: 3)
    let files = [Self.section + Self.text2pcapInterface + Self.editcapPacket, bigEndian]
    for round in 0..<3000 {
      var bytes = files[round % files.count]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let packets = (try? CaptureFile.parse(bytes))?.packets ?? []
      #expect(packets.allSatisfy { $0.bytes.count <= bytes.count })
    }
  }

  private func expect(
    _ reason: CaptureFileError.Reason, at offset: Int, _ bytes: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: CaptureFileError(offset: offset, reason: reason), sourceLocation: sourceLocation) {
      try CaptureFile.parse(bytes)
    }
  }
}

extension [UInt8] {
  fileprivate func replacing(at position: Int, with bytes: [UInt8]) -> [UInt8] {
    prefix(position) + bytes + dropFirst(position + bytes.count)
  }
}
