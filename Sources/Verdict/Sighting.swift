// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// One IPv4 packet as it was seen at one place.
public struct Sighting: Sendable {
  /// Where it was seen.
  public let place: Place
  /// The bytes seen from the IPv4 header on, Ethernet padding included.
  public let bytes: [UInt8]
  /// How many bytes there were before a reader's buffer cut them.
  public let originalLength: Int
  /// The same bytes as a packet.
  public let packet: IPv4Packet

  /// Reads the packet; nil where the bytes are too few for a header.
  init?(place: Place, bytes: [UInt8], originalLength: Int) {
    do throws(TruncatedError) {
      packet = try IPv4Packet(parsing: bytes[...])
    } catch {
      return nil
    }
    self.place = place
    self.bytes = bytes
    self.originalLength = originalLength
  }

  /// Whether it is a piece of a larger datagram (RFC 791 §3.2).
  var isFragment: Bool { packet.header.moreFragments || packet.header.fragmentOffset > 0 }
}

/// One datagram as it was seen at one place: a packet, or the pieces that carried it.
public struct SeenDatagram: Sendable {
  /// The packets that carried it, in the order in which they were seen; never empty.
  public internal(set) var pieces: [Sighting]

  /// The payload put together again, or what keeps the pieces from fitting.
  var payload: Result<[UInt8], IPv4Fragments.Problem> {
    guard isFragmented else { return .success(pieces.first?.packet.payload ?? []) }
    return Result { () throws(IPv4Fragments.Problem) in try IPv4Fragments.reassemble(pieces.map(\.packet)) }
  }

  /// Whether it was seen in pieces.
  var isFragmented: Bool { pieces.contains { $0.isFragment } }

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
