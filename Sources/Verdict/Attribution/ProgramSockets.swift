// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What the sockets of programs are handed, as far as anybody has looked at them.
struct ProgramSockets {
  /// The hosts in which programs run.
  let hosts: Set<HostName>
  /// The hosts whose program has a socket that is handed whole packets.
  private let ofPackets: Set<HostName>
  /// The hosts of whose program a socket is known.
  private let known: Set<HostName>
  /// The hosts to which checksums come that the other has left to its card.
  private let unfinished: Set<HostName>

  private static let (udp, tcp): (UInt8, UInt8) = (17, 6)

  /// Looks at the sockets that were seen.
  init(_ scenario: Scenario, _ record: CaseRecord) {
    hosts = Set(HostName.allCases.filter { scenario.program(in: $0) != nil })
    ofPackets = Set(record.programs.filter { $1.sockets.contains { !$0.isOfPayloads } }.keys)
    known = Set(record.programs.filter { !$1.sockets.isEmpty }.keys)
    unfinished = Set(HostName.allCases.filter { scenario.network[$0.other].leavesToCard })
  }

  /// Whether the program in a host may have a socket with which segments of TCP are made by hand.
  func mayMakeSegments(in host: HostName) -> Bool { !known.contains(host) || ofPackets.contains(host) }

  /// Whether a host's kernel hands a packet to a program there: one of UDP or TCP that is wrong in itself only where the
  /// program has a socket that is handed whole packets.
  func take(_ sighting: Sighting, isOfTransport: Bool, in host: HostName) -> Bool {
    // Where nobody has looked at its sockets, a message with such a header is for one of that protocol.
    guard hosts.contains(host), isOfTransport || known.contains(host) else { return true }
    let packet = sighting.packet
    guard !ofPackets.contains(host), !unfinished.contains(host),
      [Self.udp, Self.tcp].contains(packet.header.protocol), !packet.isPiece,
      let layer = Protocols.all.transport(packet.header.protocol)
    else { return true }
    guard let segment = Segment(layer, parsing: packet.payload) else { return false }
    return layer.messageFields.allSatisfy { !$0.isComputed || segment.isTaken($0, in: packet.header) }
  }
}

extension ProgramSocket {
  /// Whether it is handed what UDP or TCP carries, and no packets.
  fileprivate var isOfPayloads: Bool { name.contains("UDP socket") || name.contains("TCP socket") }
}

extension Segment {
  /// Whether a receiver takes it for all that a length or checksum says: a length may leave bytes over.
  fileprivate func isTaken(_ field: LayerField, in header: IPHeader) -> Bool {
    field.isChecksum
      ? isRight(field, in: header)
      : (UInt64(layer.minimumLength)...UInt64(bytes.count)).contains(value(of: field))
  }
}
