// SPDX-License-Identifier: Apache-2.0

/// Something about a packet of a flow that is not as it was sent.
public struct FlowFault: Hashable, Sendable {
  /// What it is: `the header checksum is wrong`.
  public let text: String
  /// The positions of the bytes that show it.
  public let marks: Set<Int>
}

extension FlowFormat {
  /// All that is wrong with a packet that `check` refuses, for people to read.
  public func faults(in packet: [UInt8]) -> [FlowFault] {
    var faults: [FlowFault] = []
    if packet.count != length {
      faults.append(FlowFault(text: "it has \(packet.count) bytes, but was sent with \(length)", marks: []))
    }
    guard packet.count >= headerLength + Self.headerSize else { return faults }
    return faults + headerFaults(in: packet) + numberFaults(in: packet) + patternFaults(in: packet)
  }

  /// The sequence number that a packet states.
  private func sequence(of packet: [UInt8]) -> UInt64 { number(in: packet, at: 8) }

  private func number(in packet: [UInt8], at offset: Int) -> UInt64 {
    let start = headerLength + offset
    return packet[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func headerFaults(in packet: [UInt8]) -> [FlowFault] {
    let right = self.header(of: sequence(of: packet)).bytes
    let fields = version == .v4 ? Self.fields : Self.fieldsOfIPv6
    let faults = fields.filter { packet[$0.bytes] != right[$0.bytes] }.map {
      FlowFault(text: "its \($0.name) differs", marks: Set($0.bytes))
    }
    return faults + (version == .v4 ? identityFaults(in: packet, right) : [])
  }

  private static let fields: [(name: String, bytes: Range<Int>)] = [
    ("version or header length", 0..<1), ("type of service", 1..<2), ("total length", 2..<4),
    ("time to live", 8..<9), ("protocol", 9..<10), ("source", 12..<16), ("destination", 16..<20),
  ]

  private static let fieldsOfIPv6: [(name: String, bytes: Range<Int>)] = [
    ("version, traffic class or flow label", 0..<4), ("payload length", 4..<6), ("next header", 6..<7),
    ("hop limit", 7..<8), ("source", 8..<24), ("destination", 24..<40),
  ]

  /// What is wrong of the fields that IPv4 alone has.
  private func identityFaults(in packet: [UInt8], _ right: [UInt8]) -> [FlowFault] {
    guard let header = try? IPv4Header(parsing: packet[...]) else { return [] }
    var faults: [FlowFault] = []
    if isIdentified ? packet[4..<8] != right[4..<8] : packet[6] & 0xbf != 0 || packet[7] != 0 {
      faults.append(FlowFault(text: "its identification or fragmentation differs", marks: Set(4..<8)))
    }
    if !header.isChecksumRight {
      faults.append(FlowFault(text: "its header checksum is incorrect", marks: [10, 11]))
    }
    return faults
  }

  private func numberFaults(in packet: [UInt8]) -> [FlowFault] {
    let start = headerLength
    let right = payload(of: sequence(of: packet), at: number(in: packet, at: 16))
    if packet[start..<(start + 8)] != right[..<8] {
      return [FlowFault(text: "it belongs to no flow, or to another", marks: Set(start..<(start + 8)))]
    }
    if packet[(start + 24)..<(start + 32)] != right[24..<32] {
      let text = "its sequence number, time and check do not match"
      return [FlowFault(text: text, marks: Set((start + 8)..<(start + 32)))]
    }
    guard (1...UInt64(packets)).contains(sequence(of: packet)) else {
      return [
        FlowFault(
          text: "its sequence number is not one of the"
            + " flow's", marks: Set((start + 8)..<(start + 16)))
      ]
    }
    return []
  }

  /// The pattern can be told only where the sequence number can.
  private func patternFaults(in packet: [UInt8]) -> [FlowFault] {
    guard numberFaults(in: packet).isEmpty else { return [] }
    let start = headerLength
    let right = payload(of: sequence(of: packet), at: number(in: packet, at: 16))
    let wrong = zip(packet.indices.dropFirst(start), zip(packet[start...], right)).filter { $1.0 != $1.1 }
      .map(\.0)
    guard let first = wrong.first else { return [] }
    return [FlowFault(text: "its payload differs from byte \(first - start) onward", marks: Set(wrong))]
  }

  /// The payload of the packet with a sequence number, sent at this time.
  public func payload(of sequence: UInt64, at time: UInt64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    bytes.withUnsafeMutableBytes { write(sequence, at: time, into: $0) }
    return bytes
  }

  /// A packet in words, as far as its number can be told: `packet 17`.
  public func name(of packet: [UInt8]) -> String {
    let isNumbered =
      packet.count >= headerLength + Self.headerSize && numberFaults(in: packet).isEmpty
    return isNumbered ? "packet \(sequence(of: packet))" : "a packet"
  }
}
