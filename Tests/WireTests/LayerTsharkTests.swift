// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

/// Random stacks of layers, taken apart here and by tshark.
@Suite("tshark agrees on layers")
struct LayerTsharkTests {
  /// The fields that are compared.
  private static let fields = [
    "eth.dst", "eth.src", "eth.type", "vlan.priority", "vlan.dei", "vlan.id", "vlan.etype", "arp.hw.type",
    "arp.hw.size", "arp.opcode", "arp.src.hw_mac", "arp.dst.proto_ipv4", "ip.src", "ip.ttl",
    "ipv6.tclass.dscp",
    "ipv6.tclass.ecn", "ipv6.flow", "ipv6.plen", "ipv6.nxt", "ipv6.hlim", "ipv6.src", "ipv6.dst",
    "udp.srcport",
    "udp.dstport", "udp.length", "udp.checksum", "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw",
    "tcp.hdr_len", "tcp.flags.cwr", "tcp.flags.ece", "tcp.flags.urg", "tcp.flags.ack", "tcp.flags.push",
    "tcp.flags.reset", "tcp.flags.syn", "tcp.flags.fin", "tcp.window_size_value", "tcp.checksum",
    "tcp.urgent_pointer", "tcp.option_kind", "tcp.options.mss_val", "tcp.options.wscale.shift",
    "tcp.options.timestamp.tsval", "tcp.options.timestamp.tsecr",
    "icmpv6.type", "icmpv6.code", "icmpv6.checksum", "icmpv6.echo.identifier", "icmpv6.echo.sequence_number",
    "icmp.type", "icmp.ident", "icmp.seq",
  ]
  private static let statuses = ["udp.checksum", "tcp.checksum", "icmpv6.checksum", "icmp.checksum"]

  private static func big(_ number: Int) -> [UInt8] { [UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)] }

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  /// The options of a segment, and behind those of a variable value the bytes of it.
  private func options(_ random: inout SplitMix64) -> [UInt8] {
    let choices: [(fixed: [UInt8], more: Int)] = [
      ([], 0), ([2, 4, 5, 0xB4], 0), ([1, 3, 3, 7], 0), ([1, 1, 8, 10], 8), ([4, 2, 1, 1], 0),
      ([1, 1, 5, 10], 8),
    ]
    let choice = choices[Int.random(in: 0..<choices.count, using: &random)]
    return choice.fixed + random.bytes(choice.more...choice.more)
  }

  /// A message of a protocol without its checksum, and where that stands.
  private func unchecked(_ number: UInt8, _ random: inout SplitMix64) -> (bytes: [UInt8], place: Int) {
    // High ports, behind which tshark looks for no protocol, and payloads that look like none.
    var bytes = Self.big(Int.random(in: 61_000...61_900, using: &random))
    bytes += Self.big(Int.random(in: 61_000...61_900, using: &random))
    let payload = Self.zeros(Int.random(in: 0...9, using: &random))
    switch number {
    case 17:
      bytes += Self.big(8 + payload.count) + Self.zeros(2) + payload
      return (bytes, 6)
    case 6:
      let options = options(&random)
      bytes += random.bytes(8...8)
      bytes.append(UInt8((20 + options.count) * 4))
      bytes += random.bytes(3...3) + Self.zeros(2)
      bytes += random.bytes(2...2) + options + payload
      return (bytes, 16)
    default:
      let type: [UInt8] = [number == 58 ? 128 : 8, 0, 0, 0]
      return (type + random.bytes(4...4) + payload, 2)
    }
  }

  /// A message that a protocol has; its checksum is right in half of them.
  private func message(_ number: UInt8, _ addresses: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var (message, place) = unchecked(number, &random)
    let pseudo: [UInt8] = number == 1 ? [] : addresses + Self.big(message.count) + [0, number]
    var checksum = InternetChecksum.checksum(of: pseudo + message)
    if number == 17, checksum == 0 { checksum = 0xFFFF }
    if Bool.random(using: &random) { checksum ^= 0x0100 }
    message.replaceSubrange(place..<place + 2, with: Self.big(Int(checksum)))
    return message
  }

  private func frame(_ random: inout SplitMix64) -> [UInt8] {
    var frame: [UInt8] = [2]
    frame += random.bytes(5...5)
    frame.append(2)
    frame += random.bytes(5...5)
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      frame += [0x81, 0]
      frame += random.bytes(2...2)
    }
    switch Int.random(in: 0..<6, using: &random) {
    case 0: frame += arp(&random)
    case 1...3: frame += ipv4(&random)
    default: frame += ipv6(&random)
    }
    return frame
  }

  private func arp(_ random: inout SplitMix64) -> [UInt8] {
    var bytes: [UInt8] = [8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2]
    bytes += random.bytes(5...5)
    bytes += [10, 0, 0, 1, 2]
    bytes += random.bytes(5...5)
    return bytes + [10, 0, 0, 2]
  }

  private func ipv4(_ random: inout SplitMix64) -> [UInt8] {
    let number: UInt8 = [1, 6, 17].randomElement(using: &random) ?? 1
    var header = IPv4Header(
      source: IPv4Address(rawValue: UInt32.random(in: 0x0A00_0000...0x0AFF_FFFF, using: &random)),
      destination: IPv4Address(rawValue: UInt32.random(in: 0x0A00_0000...0x0AFF_FFFF, using: &random)),
      protocol: number)
    header.ttl = UInt8.random(in: 1...255, using: &random)
    let payload = message(number, header.source.octets + header.destination.octets, &random)
    return [8, 0] + IPv4Packet.build(header: header, payload: payload).bytes
  }

  private func ipv6(_ random: inout SplitMix64) -> [UInt8] {
    let number: UInt8 = [58, 6, 17].randomElement(using: &random) ?? 58
    var addresses: [UInt8] = [0x20, 1]
    addresses += random.bytes(14...14)
    addresses += [0x20, 1]
    addresses += random.bytes(14...14)
    let options: [UInt8] = Bool.random(using: &random) ? [number, 0, 1, 4, 0, 0, 0, 0] : []
    let payload = options + message(number, addresses, &random)
    var bytes: [UInt8] = [0x86, 0xDD, 0x60 | UInt8.random(in: 0...15, using: &random)]
    bytes += random.bytes(3...3) + Self.big(payload.count)
    bytes.append(options.isEmpty ? number : 60)
    bytes += random.bytes(1...1) + addresses
    return bytes + payload
  }

  /// A value as a number, or in lower case.
  private static func term(_ value: Substring) -> String {
    if value == "True" || value == "False" { return value == "True" ? "1" : "0" }
    let number = value.hasPrefix("0x") ? UInt64(value.dropFirst(2), radix: 16) : UInt64(value)
    return number.map { String($0) } ?? value.lowercased()
  }

  @Test("on the values of all fields and on every checksum of random frames")
  func agree() throws {
    var random = SplitMix64(seed: 8200)
    let frames = (0..<400).map { _ in frame(&random) }
    var writer = PcapngWriter(application: "wire tests")
    writer.addInterface(name: "eth0")
    for frame in frames { writer.addPacket(frame, interface: 0, timestamp: 0) }
    let names = Self.fields + Self.statuses.map { "\($0).status" }
    let packets = try Tshark.read(writer.bytes, fields: names, checking: ["udp", "tcp"])
    try #require(packets.count == frames.count)
    var compared: [String: Int] = [:]
    for (number, (frame, cells)) in zip(frames, packets).enumerated() {
      let fields = Dissection(ethernet: frame).layers.flatMap(\.fields)
      for (name, cell) in zip(Self.fields, cells) {
        let ours = fields.filter { $0.filterName == name }.map { $0.number.map { "\($0)" } ?? $0.value }
        #expect(ours == cell.split(separator: ",").map(Self.term), "\(name) of \(number)")
        compared[name, default: 0] += ours.count
      }
      for (name, cell) in zip(Self.statuses, cells.dropFirst(Self.fields.count)) {
        let ours = fields.filter { $0.filterName == name }.map { $0.remark == .right ? "1" : "0" }
        #expect(ours == cell.split(separator: ",").map(String.init), "\(name) of \(number)")
        for remark in ours { compared["\(name) \(remark)", default: 0] += 1 }
      }
    }
    let asked = Self.fields + Self.statuses.flatMap { ["\($0) 0", "\($0) 1"] }
    #expect(asked.filter { compared[$0] ?? 0 == 0 } == [])
  }
}
