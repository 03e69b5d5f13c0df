// SPDX-License-Identifier: Apache-2.0

/// Putting the fragments of one datagram together again (RFC 791 §3.2, RFC 8200 §4.5).
public enum IPFragments {
  /// Why fragments do not make one datagram; positions are in bytes of its payload.
  public enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
    /// No fragment holds the byte at this position.
    case hole(at: Int)
    /// Two fragments hold the byte at this position.
    case overlap(at: Int)
    /// Every fragment says that more follow, or there is none.
    case noLast
    /// Two last fragments end at different positions, or a fragment reaches beyond the last one.
    case lengthConflict
    /// The fragment at this position is not the last, and its length is no multiple of 8.
    case notMultipleOf8(at: Int)

    /// A sentence without its full stop.
    public var description: String {
      switch self {
      case .hole(let position): "no fragment holds byte \(position)"
      case .overlap(let position): "two fragments hold byte \(position)"
      case .noLast: "the last fragment is missing"
      case .lengthConflict: "the fragments disagree about where the datagram ends"
      case .notMultipleOf8(let position):
        "the fragment at byte \(position) is not the last, and its length is no multiple of 8"
      }
    }
  }

  /// The payload that `fragments`, in any order, carry together; throws the first problem there is.
  ///
  /// The caller has chosen those of one datagram: same source, destination, protocol and identification. A
  /// packet that was never fragmented is its own only fragment.
  public static func reassemble(_ fragments: [IPPacket]) throws(Problem) -> [UInt8] {
    let pieces = fragments.map { Piece($0) }.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
    if let odd = pieces.first(where: { !$0.isLast && $0.payload.count % 8 != 0 }) {
      throw .notMultipleOf8(at: odd.begin)
    }
    let ends = Set(pieces.filter { $0.isLast }.map { $0.end })
    guard let end = ends.first else { throw .noLast }
    guard ends.count == 1, pieces.allSatisfy({ $0.end <= end }) else { throw .lengthConflict }

    var payload: [UInt8] = []
    for piece in pieces {
      guard piece.begin <= payload.count else { throw .hole(at: payload.count) }
      guard piece.begin == payload.count else { throw .overlap(at: piece.begin) }
      payload += piece.payload
    }
    return payload
  }

  private struct Piece {
    let begin: Int
    let isLast: Bool
    let payload: [UInt8]

    init(_ packet: IPPacket) {
      begin = Int(packet.header.fragmentOffset)
      isLast = !packet.header.moreFragments
      payload = packet.payload
    }

    var end: Int { begin + payload.count }
  }
}

extension IPPacket {
  /// The packet that fragments make together, of which the first has a header: of IPv6 extension headers may stand in what
  /// was cut.
  public static func reassembled(_ first: IPHeader, _ payload: [UInt8]) -> IPPacket {
    guard case .v6(var header) = first.withoutFragment else {
      return build(header: first.withoutFragment, payload: payload)
    }
    let chain = IPv6ExtensionHeader.chain(in: payload[...], after: header.protocol)
    header.extensions += chain
    return build(
      header: .v6(header), payload: Array(payload.dropFirst(chain.reduce(0) { $0 + $1.bytes.count })))
  }
}
