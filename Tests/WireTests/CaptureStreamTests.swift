// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("Capture streams")
struct CaptureStreamTests {
  private let packet = KnownBytes.documented[1]
  private let record = "01000000 02000000 16000000 16000000"

  private func packets(_ bytes: [UInt8], piece: Int) throws -> [CaptureFile.Packet] {
    var rest = bytes[...]
    var stream = CaptureStream {
      defer { rest = rest.dropFirst(piece) }
      return Array(rest.prefix(piece))
    }
    var packets: [CaptureFile.Packet] = []
    while let packet = try stream.next() { packets.append(packet) }
    return packets
  }

  @Test(
    "the same packets come whatever the pieces are in which a file comes", arguments: [1, 3, 17, 64, 10_000])
  func pieces(_ piece: Int) throws {
    let pcapng =
      CaptureFileTests.section + CaptureFileTests.text2pcapInterface + CaptureFileTests.editcapPacket
      + CaptureFileTests.text2pcapPacket
    let pcap =
      KnownBytes.bytes("d4c3b2a1020004000000000000000000000004006500000025" + record) + packet
      + KnownBytes.bytes(record) + packet
    for file in [pcapng, Array(pcap.prefix(24)) + pcap.dropFirst(25)] {
      let whole = try CaptureFile.parse(file).packets
      #expect(whole.count == 2)
      #expect(try packets(file, piece: piece) == whole)
    }
  }

  @Test("a packet is there before more than its bytes is asked for")
  func atOnce() throws {
    let header = KnownBytes.bytes("d4c3b2a10200040000000000000000000000040065000000")
    var pieces = [KnownBytes.bytes(record) + packet, header]
    var asked = 0
    var stream = CaptureStream {
      asked += 1
      return pieces.popLast() ?? []
    }
    #expect(try stream.next()?.bytes == packet)
    #expect(asked == 2)
    #expect(try stream.next() == nil)
  }

  // The forms by libpcap's sf-pcap.c: the original length comes first before 2.3, and in 2.3 the smaller is meant.
  @Test(
    "the two lengths of a record are told apart in every version",
    arguments: [
      ("02000200", "20000000 16000000"), ("02000300", "20000000 16000000"), ("02000300", "16000000 20000000"),
      ("02000400", "16000000 20000000"), ("1f020000", "20000000 16000000"),
    ])
  func versions(_ version: String, _ lengths: String) throws {
    let file = "d4c3b2a1 \(version) 0000000000000000 00000400 65000000 01000000 02000000 \(lengths)"
    let read = try CaptureFile.parse(KnownBytes.bytes(file) + packet).packets
    #expect(read.map(\.bytes) == [packet])
    #expect(read.map(\.originalLength) == [32])
    #expect(read.map(\.timestamp) == [1_000_002_000])
  }

  // Magic, and 8 bytes more a record: interface, protocol, type of packet(7), and one unused.
  @Test(
    "the records that Alexey Kuznetsov's libpcap wrote are read, with their direction",
    arguments: [("04", CaptureFile.Direction.outbound), ("00", .inbound)])
  func modified(_ type: String, _ direction: CaptureFile.Direction) throws {
    let little = "34cdb2a1 02000400 0000000000000000 00000400 65000000" + record + "02000000 0008 \(type) 00"
    let big =
      "a1b2cd34 00020004 0000000000000000 00040000 00000065"
      + "00000001 00000002 00000016 00000016 00000002 0800 \(type) 00"
    for file in [little, big] {
      let read = try CaptureFile.parse(KnownBytes.bytes(file) + packet).packets
      #expect(read.map(\.bytes) == [packet])
      #expect(read.map(\.direction) == [direction])
    }
  }

  @Test(
    "a length that no packet has is refused before its bytes are waited for, and the longest that may be is not"
  )
  func tooLong() {
    let header = "d4c3b2a1 02000400 0000000000000000 00000400 65000000 01000000 02000000"
    let longest: UInt32 = 128 << 20
    for (length, reason) in [
      ("01000008", CaptureFileError.Reason.tooLong(longest + 1)),
      ("00000008", .truncated(needed: 16 + Int(longest), available: 16)),
    ] {
      #expect(throws: CaptureFileError(offset: 24, reason: reason)) {
        try CaptureFile.parse(KnownBytes.bytes(header + length + length))
      }
    }
    let block = KnownBytes.bytes("06000000 04000008 00000000")
    #expect(throws: CaptureFileError(offset: 28, reason: .tooLong(longest + 4))) {
      try CaptureFile.parse(CaptureFileTests.section + block)
    }
  }

  @Test("a name or comment ends at its NUL, and else with its option (draft-ietf-opsawg-pcapng §3.5)")
  func namesEnd() throws {
    for (name, read) in [("656e3000", "en0"), ("656e3061", "en0a"), ("00000000", "")] {
      let body = KnownBytes.bytes("65000000 00000000 02000400 \(name) 00000000")
      let length = [UInt8(body.count + 12), 0, 0, 0]
      let file = try CaptureFile.parse(CaptureFileTests.section + [1, 0, 0, 0] + length + body + length)
      #expect(file.interfaces.map(\.name) == [read])
    }
  }
}
