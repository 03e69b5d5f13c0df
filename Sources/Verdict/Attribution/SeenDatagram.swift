// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// One datagram as it was seen at one place: a packet, or the pieces that carried it.
struct SeenDatagram: Sendable {
  /// The packets that carried it, in the order in which they were seen; never empty.
  private(set) var pieces: [Sighting]

  /// The payload put together again, or what keeps the pieces from fitting.
  var payload: Result<[UInt8], IPFragments.Problem> {
    guard pieces.contains(where: \.isFragment) else { return .success(pieces.first?.packet.payload ?? []) }
    return Result { () throws(IPFragments.Problem) in
      let first = pieces.first { $0.packet.header.fragmentOffset == 0 } ?? pieces[0]
      return IPPacket.reassembled(first.packet.header, try IPFragments.reassemble(pieces.map(\.packet)))
        .payload
    }
  }

  /// Gathers the pieces of each datagram: those that RFC 791 tells apart by address, protocol and
  /// identification; a whole packet is a datagram of its own.
  static func gather(_ sightings: [Sighting]) -> [SeenDatagram] {
    guard sightings.count > 1 else { return sightings.isEmpty ? [] : [SeenDatagram(pieces: sightings)] }
    var datagrams: [SeenDatagram] = []
    var places: [DatagramName: Int] = [:]
    for sighting in sightings {
      let name = sighting.isFragment ? DatagramName(sighting.datagramHeader) : nil
      if let place = name.flatMap({ places[$0] }) {
        datagrams[place].pieces.append(sighting)
      } else {
        if let name { places[name] = datagrams.count }
        datagrams.append(SeenDatagram(pieces: [sighting]))
      }
    }
    return datagrams.flatMap(\.copies)
  }

  /// The copies of a datagram of which every piece came as often, each copy with one of each.
  private var copies: [SeenDatagram] {
    // Where each piece has a place of its own, none is a copy.
    guard pieces.count > 1, Set(pieces.map(\.packet.header.fragmentOffset)).count < pieces.count else {
      return [self]
    }
    var copies: [[Sighting]] = []
    var times: [ByteKey: Int] = [:]
    for piece in pieces {
      let key = ByteKey(piece.bytes)
      let number = times[key, default: 0]
      times[key] = number + 1
      if number == copies.count { copies.append([]) }
      copies[number].append(piece)
    }
    return Set(times.values).count == 1 ? copies.map(SeenDatagram.init) : [self]
  }
}

extension SeenDatagram {
  /// The first piece that is not as its part of the payload must be, where pieces are missing or came twice.
  ///
  /// What is asked of the payload as a whole is asked of what there is of it.
  func firstPiece(unlike wanted: PayloadMatcher) -> Sighting? {
    switch wanted {
    case .equals(let right): pieces.first { $0.packet.payload != $0.part(of: right) }
    case .prefix(let right):
      pieces.first { piece in
        let part = piece.part(of: right)
        return !piece.packet.payload.starts(with: part)
      }
    case .contains, .pattern: runs.contains(where: wanted.matches) ? nil : pieces.first
    case .length(let length): seenLength == length ? nil : pieces.first
    case .minimumLength(let length): seenLength >= length ? nil : pieces.first
    case .any: nil
    }
  }

  private var seenLength: Int { runs.reduce(0) { $0 + $1.count } }

  /// The payload as far as it is there: each run of pieces that follow each other without a hole.
  private var runs: [[UInt8]] {
    var runs: [(start: Int, bytes: [UInt8])] = []
    for piece in pieces.map(\.packet).sorted(by: { $0.header.fragmentOffset < $1.header.fragmentOffset }) {
      let start = Int(piece.header.fragmentOffset)
      if let last = runs.last, start <= last.start + last.bytes.count {
        runs[runs.count - 1].bytes += piece.payload.dropFirst(last.start + last.bytes.count - start)
      } else {
        runs.append((start, piece.payload))
      }
    }
    return runs.map(\.bytes)
  }
}

extension Sighting {
  /// The part of a datagram's payload that this piece of it carries.
  func part(of payload: [UInt8]) -> [UInt8] {
    Array(payload.dropFirst(Int(packet.header.fragmentOffset)).prefix(packet.payload.count))
  }
}
