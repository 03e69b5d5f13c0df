// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("Ethernet, ARP and ICMP")
struct LinkLayerTests {
  private let requester = MACAddress(0x3A, 0xA0, 0x0F, 0x7E, 0xC3, 0x0C)

  @Test("the header of a frame from Linux reads as sent, and builds the same bytes")
  func ethernetHeader() throws {
    let header = try EthernetHeader(parsing: KnownBytes.arpRequest)
    #expect(header == EthernetHeader(destination: .broadcast, source: requester, etherType: .arp))
    #expect(header.bytes == Array(KnownBytes.arpRequest.prefix(14)))
  }

  @Test("an ARP request from Linux reads as sent, and builds the same bytes")
  func arpPacket() throws {
    let bytes = Array(KnownBytes.arpRequest.dropFirst(14))
    let packet = try ARPPacket(parsing: bytes)
    let expected = ARPPacket(
      operation: ARPPacket.request, senderMAC: requester, senderAddress: IPv4Address(10, 0, 0, 1),
      targetMAC: MACAddress(0, 0, 0, 0, 0, 0), targetAddress: IPv4Address(10, 0, 0, 9))
    #expect(packet == expected)
    #expect(expected.bytes == bytes)
  }

  @Test("any 28 bytes are an ARP packet that builds them again")
  func anyARPPacket() throws {
    var random = SplitMix64(seed: 826)
    for _ in 0..<200 {
      let bytes = random.bytes(28...28)
      #expect(try ARPPacket(parsing: bytes).bytes == bytes)
    }
  }

  @Test("an ICMP error from Linux has the right checksum, and builds the same bytes")
  func icmpMessage() throws {
    let bytes = Array(KnownBytes.portUnreachable.dropFirst(20))
    let message = try ICMPMessage(parsing: bytes)
    #expect((message.type, message.code) == (3, 3))
    #expect(message.isChecksumRight)
    #expect(message.rightChecksum() == 0x0AD4)
    #expect(message.typeName == "Destination unreachable")
    #expect(message.codeName == "Port unreachable")
    #expect(message.bytes == bytes)
  }

  @Test("an ICMP message with any one bit flipped has a wrong checksum")
  func icmpBitFlips() throws {
    let bytes = Array(KnownBytes.portUnreachable.dropFirst(20))
    for bit in 0..<bytes.count * 8 {
      #expect(try !ICMPMessage(parsing: bytes.flipping(bit: bit)).isChecksumRight)
    }
  }

  @Test("a header with one byte too few says what it needs, and where it begins")
  func truncated() {
    let bytes = [UInt8](repeating: 0, count: 40)
    #expect(throws: TruncatedError(layer: .ethernet, offset: 0, needed: 14, available: 13)) {
      try EthernetHeader(parsing: bytes[..<13])
    }
    #expect(throws: TruncatedError(layer: .arp, offset: 13, needed: 28, available: 27)) {
      try ARPPacket(parsing: bytes[13...])
    }
    #expect(throws: TruncatedError(layer: .ipv4, offset: 21, needed: 20, available: 19)) {
      try IPv4Header(parsing: bytes[21...])
    }
    #expect(throws: TruncatedError(layer: .icmp, offset: 33, needed: 8, available: 7)) {
      try ICMPMessage(parsing: bytes[33...])
    }
  }

  @Test("the error of a truncated header is a sentence")
  func truncatedDescription() {
    let error = TruncatedError(layer: .ipv4, offset: 14, needed: 20, available: 12)
    #expect(error.description == "the IPv4 header at byte 14 needs 20 bytes, but has only 12")
  }
}

extension [UInt8] {
  /// The bytes with one bit changed; bit 0 is the top bit of the first byte.
  func flipping(bit: Int) -> [UInt8] {
    var bytes = self
    bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
    return bytes
  }
}
