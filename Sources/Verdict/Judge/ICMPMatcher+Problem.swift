// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

extension ICMPMatcher {
  /// What is wrong with the payload of a packet as an ICMP message; `seen` says how it was met, `came back`.
  ///
  /// Of a message that is not all there the checksum says nothing.
  func problem(
    in payload: [UInt8], of number: UInt8, isWhole: Bool = true, seen: String
  ) -> Located<String>? {
    guard number == ICMPMessage.protocolNumber else {
      return Located("wanted ICMP, \(seen) with protocol \(number)")
    }
    guard let message = try? ICMPMessage(parsing: payload[...]) else {
      return Located("wanted ICMP, \(seen) with \(byteCount(payload.count)): less than its header")
    }
    for (name, wanted, value) in [("type", type, message.type), ("code", code, message.code)] {
      guard let wanted, wanted.value != Int(value) else { continue }
      return Located("ICMP \(name): wanted \(wanted.value), \(seen) with \(value)", at: wanted.span)
    }
    if !isWhole || message.isChecksumRight { return nil }
    return Located("\(seen) with a wrong checksum of its ICMP message")
  }

  /// What is wrong with a datagram as an ICMP message, whole or not.
  func problem(in datagram: SeenDatagram, seen: String) -> Located<String>? {
    guard
      let first = datagram.pieces.first(where: { $0.packet.header.fragmentOffset == 0 })
        ?? datagram.pieces.first
    else { return nil }
    let whole = try? datagram.payload.get()
    let isWhole = whole != nil && !datagram.pieces.contains { $0.captured?.hasAlteredLengths == true }
    return problem(
      in: whole ?? first.packet.payload, of: first.packet.header.protocol, isWhole: isWhole,
      seen: seen)
  }
}
