// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("tshark agrees")
struct TsharkTests {
  private let ethernet = EthernetHeader(
    destination: MACAddress(0, 0, 0x91, 6, 0x41, 0xE1), source: MACAddress(0xF0, 0x1F, 0xAF, 0x28, 0x8D, 0x92)
  )

  @Test("with every interface, time, direction and comment that is written")
  func readsWhatIsWritten() throws {
    var writer = PcapngWriter(application: "wire tests")
    writer.addInterface(name: "sender:eth0")
    writer.addInterface(name: "receiver:eth0")
    let right = ethernet.bytes + KnownBytes.documented[0]
    let wrong = right.flipping(bit: 24 * 8)
    writer.addPacket(
      right, interface: 0, timestamp: 1_704_164_645_678_901_234, direction: .outbound, comment: "first: é")
    writer.addPacket(
      wrong, interface: 1, timestamp: 1_704_164_645_678_901_235, originalLength: 60, direction: .inbound)
    writer.addStatistics(interface: 1, timestamp: 1_704_164_645_678_901_236, received: 1, dropped: 0)
    let fields = [
      "frame.interface_name", "frame.time_epoch", "frame.packet_flags_direction", "frame.comment",
      "frame.cap_len", "frame.len", "ip.checksum.status", "data.data",
    ]
    let packets = try Tshark.read(writer.bytes, fields: fields)
    let text = "48656c6c6f20576f726c642021"
    #expect(
      packets == [
        [
          "sender:eth0", "1704164645.678901234", "0x00000002", "first: é", "47", "47", "1", text,
        ],
        ["receiver:eth0", "1704164645.678901235", "0x00000001", "", "47", "60", "0", text],
      ])
  }

  @Test("with the value of every field of random headers, by its filter name, and with their checksum")
  func readsEveryField() throws {
    var random = SplitMix64(seed: 791)
    var writer = PcapngWriter(application: "wire tests")
    writer.addInterface(name: "eth0")
    let headers = (0..<100).map { _ in randomHeader(&random) }
    for header in headers {
      writer.addPacket(ethernet.bytes + header.bytes + [1, 2, 3, 4, 5], interface: 0, timestamp: 0)
    }
    let fields = IPField.numeric(of: .v4)
    let packets = try Tshark.read(
      writer.bytes, fields: fields.map { $0.filterName(of: .v4) } + ["ip.checksum.status"])
    #expect(packets.count == headers.count)
    for (header, values) in zip(headers, packets) {
      for (field, value) in zip(fields, values) {
        #expect(expected(field, in: header).contains(number(value)), "\(field)")
      }
      #expect(values.last == (header.isChecksumRight ? "1" : "0"))
    }
  }

  /// A header that tshark reads to its end; half of them have a right checksum.
  private func randomHeader(_ random: inout SplitMix64) -> IPv4Header {
    var ip = IPHeader(source: .any(.v4), destination: .any(.v4), protocol: 253)
    for field in IPField.numeric(of: .v4) where ![.version, .headerLength, .protocol].contains(field) {
      let steps = field == .source || field == .destination ? .max : field.range.upperBound / field.multiple
      field.set(UInt128(UInt32.random(in: 0...steps, using: &random) * field.multiple), in: &ip)
    }
    guard case .v4(var header) = ip else { preconditionFailure("it was made as one of IPv4") }
    header.totalLength = UInt16.random(in: 20...25, using: &random)
    if Bool.random(using: &random) { header.checksum = header.rightChecksum() }
    return header
  }

  /// Version 4.0 gives the fragment offset as it stands in the header, in units of 8 bytes.
  private func expected(_ field: IPField, in header: IPv4Header) -> Set<UInt32?> {
    let value = field.value(in: .v4(header)).map { UInt32(truncatingIfNeeded: $0) } ?? 0
    return field == .fragmentOffset ? [value, value / field.multiple] : [value]
  }

  /// Numbers are decimal or hexadecimal, flags words in newer versions, and addresses dotted.
  private func number(_ text: String) -> UInt32? {
    switch text {
    case "True": 1
    case "False": 0
    default:
      IPv4Address(text)?.rawValue
        ?? (text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text))
    }
  }
}
