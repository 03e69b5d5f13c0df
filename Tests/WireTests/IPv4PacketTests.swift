// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("IPv4 packet")
struct IPv4PacketTests {
  private let header = IPv4Header(
    source: IPv4Address(1, 1, 1, 100), destination: IPv4Address(1, 1, 1, 1), protocol: 253,
    identification: 0x36C8, ttl: 128)

  @Test(
    "a documented packet is built from its text",
    arguments: zip(
      KnownBytes.documented,
      [("Hello World !", 0x36C8), ("Hi", 0x36DD), ("How are you ?", 0x3716), ("Quit", 0x3760)]))
  func buildsDocumented(_ bytes: [UInt8], _ message: (text: String, identification: UInt16)) throws {
    var header = header
    header.identification = message.identification
    let packet = IPv4Packet.build(header: header, payload: Array(message.text.utf8))
    #expect(packet.bytes == bytes)
    #expect(try IPv4Packet(parsing: bytes) == packet)
  }

  @Test("only the fields asked for are filled in")
  func fillsInWhatIsAsked() {
    var wrong = header
    wrong.headerLength = 0
    wrong.totalLength = 7
    wrong.checksum = 9
    func built(_ fields: IPv4Packet.ComputedFields) -> [Int] {
      let header = IPv4Packet.build(header: wrong, payload: [1, 2], fillingIn: fields).header
      return [Int(header.headerLength), Int(header.totalLength), Int(header.checksum)]
    }
    #expect(built([]) == [0, 7, 9])
    #expect(built(.headerLength) == [20, 7, 9])
    #expect(built(.totalLength) == [0, 22, 9])
    #expect(built([.headerLength, .totalLength]) == [20, 22, 9])
    let withChecksum = IPv4Packet.build(header: wrong, payload: [], fillingIn: .checksum).header
    #expect(withChecksum.isChecksumRight)
    #expect((withChecksum.headerLength, withChecksum.totalLength) == (0, 7))
  }

  @Test("options count in both lengths")
  func optionsCount() {
    var header = header
    header.options = [1, 1, 1, 0]
    let built = IPv4Packet.build(header: header, payload: [1, 2, 3]).header
    #expect((built.headerLength, built.totalLength) == (24, 27))
    #expect(built.isChecksumRight)
  }

  @Test("options that are no multiple of 4 bytes make the header length the next one up")
  func optionsRoundedUp() {
    var header = header
    header.options = [1]
    let built = IPv4Packet.build(header: header, payload: [1, 2, 3]).header
    #expect((built.headerLength, built.totalLength) == (24, 24))
  }

  @Test("lengths too large for their fields become the largest there are")
  func largestLengths() {
    var header = header
    header.options = [UInt8](repeating: 1, count: 300)
    let payload = [UInt8](repeating: 0, count: 70000)
    let built = IPv4Packet.build(header: header, payload: payload).header
    #expect((built.headerLength, built.totalLength) == (60, 65535))
  }

  @Test("what follows the total length is padding")
  func padding() throws {
    let zeros = [UInt8](repeating: 0, count: 14)
    let packet = try IPv4Packet(parsing: KnownBytes.documented[1] + zeros)
    #expect(packet.payload == Array("Hi".utf8))
    #expect(packet.padding == zeros)
  }

  @Test("the payload begins where the header length says")
  func payloadAfterOptions() throws {
    let packet = try IPv4Packet(parsing: KnownBytes.echoReply.dropFirst(14))
    #expect(packet.header.options == KnownBytes.bytes("070b0c7f0000017f00000100"))
    #expect(packet.payload == KnownBytes.bytes("00005c35123400016162636465666768"))
    #expect(packet.padding.isEmpty)
  }

  @Test("a total length below the header length leaves an empty payload, and the rest is padding")
  func totalLengthBelowHeaderLength() throws {
    var bytes = KnownBytes.documented[1]
    bytes[3] = 19
    let packet = try IPv4Packet(parsing: bytes)
    #expect(packet.payload.isEmpty)
    #expect(packet.padding == Array("Hi".utf8))
  }

  @Test("a total length beyond the bytes takes those that are there")
  func totalLengthBeyondBytes() throws {
    var bytes = KnownBytes.documented[1]
    bytes[2] = 0xFF
    let packet = try IPv4Packet(parsing: bytes)
    #expect(packet.payload == Array("Hi".utf8))
    #expect(packet.padding.isEmpty)
  }

  @Test("any bytes from 20 on are a packet that builds them again")
  func anyBytes() throws {
    var random = SplitMix64(seed: 33)
    for _ in 0..<1000 {
      var bytes = random.bytes(20...90)
      bytes[2] = 0
      #expect(try IPv4Packet(parsing: bytes).bytes == bytes)
    }
  }
}
