// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("Writing pcapng")
struct PcapngWriterTests {
  private let frame = KnownBytes.bytes("0000910641e1f01faf288d920800") + KnownBytes.documented[1]
  private let time: UInt64 = 1_704_164_645_678_901_000

  @Test("interface and packet are the bytes that text2pcap writes for them")
  func sameAsText2pcap() {
    var writer = PcapngWriter(application: "test")
    let beginning = writer.bytes
    #expect(writer.addInterface(name: "eth0", snapLength: 0x40000) == 0)
    writer.addPacket(frame, interface: 0, timestamp: time, direction: .inbound)
    let expected = CaptureFileTests.text2pcapInterface + CaptureFileTests.text2pcapPacket
    #expect(Array(writer.bytes.dropFirst(beginning.count)) == expected)
  }

  @Test("the section header names the application")
  func sectionHeader() {
    let writer = PcapngWriter(application: "abcde")
    // Type, length, magic, version 1.0, open length, option 4 of 5 bytes and 3 of padding, end, length.
    let expected = KnownBytes.bytes(
      "0a0d0d0a 2c000000 4d3c2b1a 01000000 ffffffffffffffff 04000500 6162636465000000 00000000 2c000000")
    #expect(writer.bytes == expected)
  }

  @Test("statistics hold 64-bit counts")
  func statistics() {
    var writer = PcapngWriter(application: "test")
    let beginning = writer.bytes.count
    writer.addStatistics(interface: 1, timestamp: 0x0102_0304_0506_0708, received: 0x1122, dropped: 3)
    // Type, length, interface, time, option 4 (received), option 5 (dropped), end, length.
    let expected = KnownBytes.bytes(
      "05000000 34000000 01000000 04030201 08070605 04000800 2211000000000000 05000800 0300000000000000"
        + "00000000 34000000")
    #expect(Array(writer.bytes.dropFirst(beginning)) == expected)
  }

  @Test("what was written is read again")
  func readAgain() throws {
    var writer = PcapngWriter(application: "test")
    writer.addInterface(name: "sender:eth0")
    let receiver = writer.addInterface(name: "receiver:eth0", linkType: 101)
    #expect(receiver == 1)
    for length in 0...8 {
      writer.addPacket(
        Array(frame.prefix(length)), interface: 1, timestamp: .max - UInt64(length), originalLength: 36,
        direction: .outbound, comment: String(repeating: "é", count: length))
    }
    writer.addPacket(frame, interface: 0, timestamp: 0)
    writer.addStatistics(interface: 0, timestamp: 1, received: 1, dropped: 0)
    let file = try CaptureFile.parse(writer.bytes)
    #expect(file.interfaces.map { $0.name } == ["sender:eth0", "receiver:eth0"])
    #expect(file.packets.count == 10)
    for (length, packet) in file.packets.dropLast().enumerated() {
      #expect(packet.bytes == Array(frame.prefix(length)))
      #expect(packet.timestamp == .max - UInt64(length))
      #expect(packet.originalLength == 36)
      #expect(packet.comment == String(repeating: "é", count: length))
      #expect(packet.direction == .outbound)
      #expect((packet.interfaceName, packet.linkType) == ("receiver:eth0", 101))
    }
    #expect(file.packets.last?.comment == nil)
    #expect(file.packets.last?.direction == nil)
  }

  @Test(
    "a text that is too long for its option ends with the last character that fits, and one that just fits is whole",
    arguments: [
      (65_534, "", 65_534), (65_535, "", 65_535), (65_536, "", 65_535), (70_000, "", 65_535),
      // Characters of two, three and four bytes, up to the edge and over it.
      (65_533, "é", 65_535), (65_534, "é", 65_534), (65_535, "é", 65_535), (65_532, "€", 65_535),
      (65_533, "€", 65_533), (65_534, "€", 65_534), (65_531, "🙂", 65_535), (65_532, "🙂", 65_532),
      (65_534, "🙂", 65_534), (65_531, "🙂é", 65_535), (65_530, "🙂é", 65_534),
    ])
  func longText(letters: Int, end: String, kept: Int) throws {
    let text = String(repeating: "a", count: letters) + end
    var writer = PcapngWriter(application: "test")
    writer.addInterface(name: text)
    writer.addPacket(frame, interface: 0, timestamp: 0, direction: .inbound, comment: text)
    let file = try CaptureFile.parse(writer.bytes)
    let packet = try #require(file.packets.first)
    #expect(packet.comment?.utf8.count == kept && packet.comment.map(text.hasPrefix) == true)
    #expect(file.interfaces.first?.name == packet.comment)
    #expect(packet.bytes == frame && packet.direction == .inbound, "what stands around it is as it was")
  }

  @Test("what is said of the whole file is read before its first packet, and is none where nobody said it")
  func comment() throws {
    for comment in ["two\nlines", nil] {
      var rest = [PcapngWriter(application: "test", comment: comment).bytes]
      var stream = CaptureStream { rest.popLast() ?? [] }
      #expect(try stream.next() == nil)
      #expect(stream.comment == comment)
    }
  }
}
