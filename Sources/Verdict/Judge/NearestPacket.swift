// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// The unexpected packet that is most like one that was not sent: what somebody meant to send, and did otherwise.
struct NearestPacket {
  private let candidates: [Unaccounted]

  /// Of more than so many nobody can say which was meant.
  private static let mostCandidates = 64

  /// Looks among what nobody accounts for.
  init(among unaccounted: [Unaccounted]) {
    candidates = Array(unaccounted.prefix(Self.mostCandidates))
  }

  /// What is most like a packet that was not sent.
  struct Found {
    /// The packet, where it differs marked.
    let evidence: MarkedPacket
    /// Its places among all frames as they were recorded.
    let positions: [Int]
    /// What may have made it another.
    let hints: [String]

    /// Whether it differs so little that it is likely the one that was meant.
    var isNear: Bool { 8 * evidence.marks.count <= evidence.bytes.count }
  }

  /// The packet that differs least from a play's; nil where none is like it.
  func packet(for passage: Passage) -> Found? {
    let host = passage.play.message.from.value
    let own = candidates.filter { ($0.isOutgoing ? $0.host : $0.host.other) == host }
    let all = own.compactMap { one in marked(one, passage).map { (one: one, evidence: $0) } }
    let nearest = all.min { left, right in
      (left.evidence.marks.count, left.evidence.bytes.count)
        < (right.evidence.marks.count, right.evidence.bytes.count)
    }
    return nearest.map { one, evidence in
      Found(evidence: evidence, positions: one.positions, hints: Self.hints(one))
    }
  }

  private static func hints(_ one: Unaccounted) -> [String] {
    let header = one.packet == nil ? try? EthernetHeader(parsing: one.bytes[...]) : nil
    guard (header?.etherType.rawValue.byteSwapped).map({ IPVersion(EtherType(rawValue: $0)) != nil }) == true
    else { return [] }
    return [PayloadSlip.bytesSwapped.text]
  }

  private func marked(_ one: Unaccounted, _ passage: Passage) -> MarkedPacket? {
    if one.packet != nil { return marked(one.bytes, from: 0, [], passage) }
    guard let header = try? EthernetHeader(parsing: one.bytes[...]) else { return nil }
    let isTagged = [.vlan, .serviceVLAN].contains(header.etherType)
    let type = EthernetHeader.length - 2
    let tag = isTagged ? type..<(type + 4) : type..<(type + 2)
    return marked(one.bytes, from: EthernetHeader.length + (isTagged ? 4 : 0), Set(tag), passage)
  }

  /// Holds what follows a number of bytes against the packet that was asked for; of a frame that carries something else
  /// at least half of it must be the same.
  private func marked(
    _ bytes: [UInt8], from start: Int, _ marks: Set<Int>, _ passage: Passage
  ) -> MarkedPacket? {
    let seen = Array(bytes.dropFirst(start))
    let wrong = seen.differingPositions(from: AskedPacket(passage).bytes(like: seen))
    guard
      marks.isEmpty
        || (seen.count >= passage.asked.version.minimumHeaderLength && 2 * wrong.count <= seen.count)
    else {
      return nil
    }
    return MarkedPacket(place: nil, bytes: bytes, marks: marks.union(wrong.map { start + $0 }))
  }
}

extension AskedPacket {
  /// The bytes of a packet that is as asked, and else like one that was seen: of what nobody asks nothing is wrong.
  func bytes(like seen: [UInt8]) -> [UInt8] {
    guard let packet = try? IPPacket(parsing: seen[...], as: asked.version) else { return asked.bytes }
    let payload = ipPayload(like: packet)
    var header = packet.header
    let length = IPField.length(of: asked.version)
    if !fields.contains(length),
      let right = length.value(in: IPPacket.build(header: header, payload: payload).header)
    {
      length.set(right, in: &header)
    }
    if let version = IPField.version.value(in: asked.header) { IPField.version.set(version, in: &header) }
    for (field, value) in zip(fields, values) { field.set(value, in: &header) }
    if case .v4(var own) = header, !fields.contains(.checksum) {
      own.checksum = own.rightChecksum()
      header = .v4(own)
    }
    return IPPacket(header: header, payload: payload, padding: packet.padding).bytes
  }

  /// What follows the IP header of a packet that is as asked, and else like one that was seen.
  private func ipPayload(like seen: IPPacket) -> [UInt8] {
    guard let transport, layer != nil, var segment = transport.segment(of: seen.payload) else {
      return payload ?? seen.payload
    }
    segment.payload = payload ?? segment.payload
    for case (let field, .value(let value)) in transport.saidMatchers {
      segment.set(field, to: UInt64(truncatingIfNeeded: value))
    }
    for field in transport.layer.messageFields where field.isComputed && !transport.speaks(of: field) {
      segment.set(field, to: segment.rightValue(of: field, in: asked.header))
    }
    return segment.bytes
  }
}
