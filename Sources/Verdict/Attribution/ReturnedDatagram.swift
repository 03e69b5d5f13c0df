// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What came back on a message's account in one place of the order: a packet, or where the file asks for them the
/// pieces or the copies of one.
struct ReturnedDatagram: Sendable {
  /// What the file asks of it.
  let wanted: Seen
  /// The packets, in the order in which they were seen; never empty.
  private(set) var packets: [OtherPacket]

  /// The numbers that the cable gave them.
  private var numbers: Set<CablePacket>

  /// Begins with the first packet.
  init(_ first: OtherPacket, _ wanted: Seen) {
    packets = [first]
    numbers = first.cablePacket.map { [$0] } ?? []
    self.wanted = wanted
  }

  /// Takes another packet where it is a piece or a copy of what is here, and the file asks for such, or the same one
  /// that the cable has doubled.
  mutating func take(_ other: OtherPacket) -> Bool {
    guard isDoubled(other) || isAskedFor(other) else { return false }
    packets.append(other)
    if let number = other.cablePacket { numbers.insert(number) }
    return true
  }

  private func isDoubled(_ other: OtherPacket) -> Bool { other.cablePacket.map(numbers.contains) ?? false }

  private func isAskedFor(_ other: OtherPacket) -> Bool {
    guard let mine = packets.first?.packet, let new = other.packet else { return false }
    let isPiece = wanted.fragments != nil && mine.isPiece && new.isPiece && mine.isOfDatagram(of: new)
    let isCopy = wanted.copies?.value.leastCopies != nil && mine.isCopy(of: new)
    return isPiece || isCopy
  }

  /// How many packets of it came back; the others were sent, and the cable took them.
  var count: Int { packets.count { $0.hasArrived } }

  /// The payload put together again, or what keeps the pieces from fitting; of what is lost, as it was sent.
  var payload: Result<[UInt8], IPFragments.Problem> {
    let pieces = (count == 0 ? packets : packets.filter(\.hasArrived)).compactMap(\.packet)
    guard wanted.fragments != nil, pieces.contains(where: \.isPiece) else {
      return .success(pieces.first?.payload ?? [])
    }
    return Result { () throws(IPFragments.Problem) in
      let first = pieces.first { $0.header.fragmentOffset == 0 } ?? pieces[0]
      return IPPacket.reassembled(first.header, try IPFragments.reassemble(pieces)).payload
    }
  }
}

extension OtherPacket {
  /// The packet as it was seen last; nil where it is too short for a header.
  var packet: IPPacket? { lastSeen?.packet }
}

extension IPPacket {
  fileprivate func isOfDatagram(of other: IPPacket) -> Bool {
    isBetweenTheSame(as: other) && header.identification == other.header.identification
  }

  /// Whether it says the same again; a kernel gives each answer an identification of its own.
  fileprivate func isCopy(of other: IPPacket) -> Bool {
    isBetweenTheSame(as: other) && payload == other.payload
  }

  private func isBetweenTheSame(as other: IPPacket) -> Bool {
    header.source == other.header.source && header.destination == other.header.destination
      && header.protocol == other.header.protocol
  }
}
