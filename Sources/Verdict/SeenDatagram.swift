// SPDX-License-Identifier: Apache-2.0

import Wire

/// One datagram as it was seen at one place: a packet, or the pieces that carried it.
struct SeenDatagram: Sendable {
  /// The packets that carried it, in the order in which they were seen; never empty.
  private(set) var pieces: [Sighting]

  /// The payload put together again, or what keeps the pieces from fitting.
  var payload: Result<[UInt8], IPv4Fragments.Problem> {
    guard pieces.contains(where: \.isFragment) else { return .success(pieces.first?.packet.payload ?? []) }
    return Result { () throws(IPv4Fragments.Problem) in try IPv4Fragments.reassemble(pieces.map(\.packet)) }
  }

  /// Gathers the pieces of each datagram: those that RFC 791 tells apart by address, protocol and
  /// identification; a whole packet is a datagram of its own.
  static func gather(_ sightings: [Sighting]) -> [SeenDatagram] {
    var datagrams: [SeenDatagram] = []
    for sighting in sightings {
      let index = datagrams.firstIndex { datagram in
        guard sighting.isFragment, let first = datagram.pieces.first, first.isFragment else { return false }
        return first.packet.header.isSameDatagram(as: sighting.packet.header)
      }
      if let index {
        datagrams[index].pieces.append(sighting)
      } else {
        datagrams.append(SeenDatagram(pieces: [sighting]))
      }
    }
    return datagrams
  }
}

extension IPv4Header {
  fileprivate func isSameDatagram(as other: IPv4Header) -> Bool {
    source == other.source && destination == other.destination && `protocol` == other.protocol
      && identification == other.identification
  }
}
