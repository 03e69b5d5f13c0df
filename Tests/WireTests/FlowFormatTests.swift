// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Wire

@Suite("packets of a flow")
struct FlowFormatTests {
  private static let sizes = [32, 33, 39, 40, 41, 47, 48, 100]

  private func format(_ size: Int, isIdentified: Bool = false) -> FlowFormat {
    FlowFormat(
      from: .v4(IPv4Address(1, 1, 1, 100)), to: .v4(IPv4Address(1, 1, 1, 1)), protocol: 253, number: 7,
      packets: 70_000, size: size, isIdentified: isIdentified)
  }

  private func formatOverIPv6(_ size: Int) throws -> FlowFormat {
    FlowFormat(
      from: try #require(IPAddress("fd00::100")), to: try #require(IPAddress("fd00::1")), protocol: 253,
      number: 7, packets: 70_000, size: size, isIdentified: false)
  }

  private func packet(_ format: FlowFormat, _ sequence: UInt64, at time: UInt64 = 12_345) -> [UInt8] {
    format.header(of: sequence).bytes + format.payload(of: sequence, at: time)
  }

  private func check(_ packet: [UInt8], _ format: FlowFormat) -> FlowFormat.Packet? {
    packet.withUnsafeBytes { format.check($0) }
  }

  @Test("a packet as it was sent is read with its number and its time", arguments: sizes, [false, true])
  func right(size: Int, isIdentified: Bool) {
    let format = format(size, isIdentified: isIdentified)
    for sequence: UInt64 in [1, 2, 32_768, 65_535, 65_536, 70_000] {
      let packet = packet(format, sequence)
      #expect(packet.count == 20 + size)
      #expect(check(packet, format) == FlowFormat.Packet(sequence: sequence, time: 12_345))
      #expect(format.faults(in: packet).isEmpty)
      #expect(format.name(of: packet) == "packet \(sequence)")
    }
  }

  @Test(
    "a change of any one bit is seen, and said of the byte that it is in", arguments: sizes, [false, true])
  func anyBit(size: Int, isIdentified: Bool) {
    let format = format(size, isIdentified: isIdentified)
    for bit in 0..<(format.length * 8) {
      var packet = packet(format, 66_000)
      packet[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      #expect(check(packet, format) == nil, "bit \(bit)")
      let marks = format.faults(in: packet).reduce(into: Set()) { $0.formUnion($1.marks) }
      // A header checksum covers every bit of the header.
      #expect(marks.contains(bit / 8) || (bit / 8 < 20 && marks.contains(10)), "bit \(bit)")
    }
  }

  @Test(
    "a change of any bit of the header is seen though the checksum was made right again, but for what is the kernel's",
    arguments: [false, true])
  func anyBitUnderRightChecksum(isIdentified: Bool) throws {
    let format = format(64, isIdentified: isIdentified)
    for bit in Array(0..<80) + Array(96..<160) {
      var packet = packet(format, 66_000)
      packet[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      (packet[10], packet[11]) = (0, 0)
      let checksum = InternetChecksum.checksum(of: packet[..<20])
      (packet[10], packet[11]) = (UInt8(checksum >> 8), UInt8(checksum & 0xff))
      // RFC 791 §3.1: bits 32 to 47 are the identification, and 49 is DF.
      let isTheKernels = !isIdentified && (32..<48 ~= bit || bit == 49)
      #expect((check(packet, format) != nil) == isTheKernels, "bit \(bit)")
      let marks = format.faults(in: packet).reduce(into: Set()) { $0.formUnion($1.marks) }
      #expect(marks.contains(bit / 8) == !isTheKernels, "bit \(bit)")
      // The checksum of a header that says that it is longer is that of more bytes (RFC 791 §3.1).
      #expect(bit < 8 || !marks.contains(10), "bit \(bit)")
    }
  }

  @Test("a packet of another length, number or flow, or in a fragment, is none of the flow")
  func others() throws {
    let format = format(64)
    let right = packet(format, 9)
    #expect(check(right.dropLast(), format) == nil)
    #expect(check(right + [0], format) == nil)
    #expect(check([], format) == nil && format.faults(in: []).count == 1)
    for sequence: UInt64 in [0, 70_001, .max] {
      let packet = packet(format, sequence)
      #expect(check(packet, format) == nil)
      #expect(format.faults(in: packet).map(\.text) == ["its sequence number is not one of the flow's"])
    }
    let other = FlowFormat(
      from: format.source, to: format.destination, protocol: 253, number: 8, packets: 70_000, size: 64,
      isIdentified: false)
    #expect(check(packet(other, 9), format) == nil)
    var fragment = try #require(format.header(of: 9).ipv4)
    fragment.moreFragments = true
    fragment.checksum = fragment.rightChecksum()
    #expect(check(fragment.bytes + format.payload(of: 9, at: 1), format) == nil)
  }

  @Test("the kernel's identification and DF are its own affair, the harness's are not")
  func identification() throws {
    for isIdentified in [false, true] {
      let format = format(64, isIdentified: isIdentified)
      var header = try #require(format.header(of: 9).ipv4)
      header.identification = 0x1234
      header.dontFragment = true
      header.checksum = header.rightChecksum()
      let isRight = check(header.bytes + format.payload(of: 9, at: 1), format) != nil
      #expect(isRight == !isIdentified)
    }
  }

  @Test("a header of IPv6 is the one of RFC 8200 §3, and every packet has the same")
  func headerOfIPv6() throws {
    let format = try formatOverIPv6(64)
    let near = [0xfd] + [UInt8](repeating: 0, count: 13) + [1, 0]
    let far = [0xfd] + [UInt8](repeating: 0, count: 14) + [1]
    let right: [UInt8] = [0x60, 0, 0, 0, 0, 64, 253, 64] + near + far
    #expect(format.header(of: 1).bytes == right && format.length == 104)
    var header = right
    header.withUnsafeMutableBytes { format.renumber($0, to: 66_000) }
    #expect(header == right && format.header(of: 66_000).bytes == right)
  }

  @Test(
    "over IPv6 too a packet as it was sent is read, and a change of any one bit is seen", arguments: sizes)
  func anyBitOverIPv6(size: Int) throws {
    let format = try formatOverIPv6(size)
    let right = packet(format, 66_000)
    #expect(check(right, format) == FlowFormat.Packet(sequence: 66_000, time: 12_345))
    #expect(format.faults(in: right).isEmpty && format.name(of: right) == "packet 66000")
    for bit in 0..<(format.length * 8) {
      var packet = right
      packet[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      #expect(check(packet, format) == nil, "bit \(bit)")
      let marks = format.faults(in: packet).reduce(into: Set()) { $0.formUnion($1.marks) }
      #expect(marks.contains(bit / 8), "bit \(bit)")
    }
    #expect(check(right.dropLast(), format) == nil && check(right + [0], format) == nil)
    #expect(check([], format) == nil && format.faults(in: []).count == 1)
  }

  @Test("a header that is renumbered again and again is the one made anew")
  func renumber() {
    let format = format(64, isIdentified: true)
    var header = format.header(of: 0).bytes
    for sequence: UInt64 in [1, 2, 255, 256, 65_535, 65_536, 69_999, 1] {
      header.withUnsafeMutableBytes { format.renumber($0, to: sequence) }
      #expect(header == format.header(of: sequence).bytes, "\(sequence)")
    }
  }
}
