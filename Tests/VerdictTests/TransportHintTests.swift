// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// Each hint on a transport header is said where its rule matches, and not where it nearly does.
@Suite struct TransportHintTests {
  private func hints(
    _ message: String, of sender: String = "", _ change: (inout Segment, IPv4Header) -> Void
  ) throws -> [String] {
    var played = try PlayedCase("{ \(sender) exchange: [{ payload: 'abcde', \(message) }] }")
    played.change { packet in
      guard let layer = Protocols.all.transport(packet.header.protocol),
        var segment = Segment(layer, parsing: packet.payload)
      else { return }
      change(&segment, packet.header)
      packet.payload = segment.bytes
    }
    try #require(!played.verdict.isPassed)
    return played.verdict.messages[0].hints
  }

  private static let udp = "udp: { sourcePort: 4660, destinationPort: 9 }"
  private static let tcp = "tcp: { destinationPort: 9, sequenceNumber: 16909060 }"

  private func isHinted(_ words: String, _ hints: [String]) -> Bool {
    hints.count == 1 && hints[0].contains(words)
  }

  private func set(_ key: String, _ value: UInt64, isChecksumRight: Bool = true) -> (
    inout Segment, IPv4Header
  )
    -> Void
  {
    { segment, ip in
      for field in segment.layer.messageFields where field.key == key { segment.set(field, to: value) }
      guard isChecksumRight, let checksum = segment.checksumField else { return }
      segment.set(checksum, to: segment.rightValue(of: checksum, in: .v4(ip)))
    }
  }

  /// Stores the checksum of bytes that are made of the segment whose checksum is 0.
  private func sum(of bytes: @escaping ([UInt8]) -> [UInt8]) -> (inout Segment, IPv4Header) -> Void {
    { segment, ip in
      guard let field = segment.checksumField else { return }
      segment.set(field, to: 0)
      segment.set(field, to: UInt64(InternetChecksum.checksum(of: bytes(segment.bytes))))
    }
  }

  private func pseudo(_ number: UInt8, _ length: Int) -> [UInt8] {
    [1, 1, 1, 100, 1, 1, 1, 1, 0, number, 0, UInt8(length)]
  }

  @Test("a checksum without its pseudo-header, and one over other bytes", arguments: [udp, tcp])
  func pseudoHeader(_ message: String) throws {
    #expect(isHinted("pseudo-header", try hints(message, sum { $0 })))
    #expect(try hints(message, sum { $0 + [0, 1] }) == [])
  }

  @Test("a checksum that leaves out an odd last byte, or takes it for a low one")
  func oddByte() throws {
    let length = 13
    #expect(
      isHinted("odd last byte", try hints(Self.udp, sum { pseudo(17, length) + $0.dropLast() })))
    #expect(
      isHinted(
        "odd last byte",
        try hints(Self.udp, sum { pseudo(17, length) + $0.dropLast() + [0, $0[$0.count - 1]] })))
    #expect(try hints(Self.udp, sum { pseudo(17, length) + $0.dropLast(3) }) == [])
  }

  @Test("a checksum with its bytes swapped")
  func swappedChecksum() throws {
    #expect(
      isHinted(
        "swapped bytes",
        try hints(Self.udp) { segment, ip in
          guard let field = segment.checksumField else { return }
          let right = UInt16(truncatingIfNeeded: segment.rightValue(of: field, in: .v4(ip)))
          segment.set(field, to: UInt64(right.byteSwapped))
        }))
    #expect(try hints(Self.udp, set("checksum", 0x1234, isChecksumRight: false)) == [])
  }

  @Test("a length without the header")
  func length() throws {
    #expect(isHinted("8 bytes of the header", try hints(Self.udp, set("length", 5))))
    #expect(try hints(Self.udp, set("length", 6)) == [])
  }

  @Test("ports that have changed places, one with its bytes swapped, and an answer to its own port")
  func ports() throws {
    #expect(
      isHinted(
        "are swapped",
        try hints(Self.udp) { segment, ip in
          set("sourcePort", 9)(&segment, ip)
          set("destinationPort", 4660)(&segment, ip)
        }))
    #expect(isHinted("wrong order", try hints(Self.udp, set("sourcePort", 0x3412))))
    #expect(isHinted("wrong order", try hints(Self.tcp, set("sequenceNumber", 0x0403_0201))))
    #expect(try hints(Self.udp, set("sourcePort", 0x3413)) == [])
    #expect(isHinted("question came from", try hints(Self.udp, set("destinationPort", 4660))))
    #expect(try hints(Self.udp, set("destinationPort", 4661)) == [])
  }
}
