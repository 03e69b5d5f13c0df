// SPDX-License-Identifier: Apache-2.0

/// The part of a packet that a layer and all that it carries take up, of which not all bytes need be there.
public struct Extent: Sendable {
  /// Why bytes may be lacking.
  public enum Gap: Sendable {
    /// The packet was shorter than it says.
    case packetEnds
    /// The capture kept only the beginning of the packet.
    case notCaptured
    /// They are in other fragments.
    case otherFragments
    /// An error message quotes only the beginning of the packet.
    case notQuoted
  }

  /// The bytes that are there; indices are those of the whole input.
  public let bytes: ArraySlice<UInt8>
  /// How many bytes there were, or ought to have been; more than any packet has where nobody knows.
  public let length: Int
  /// Why bytes are lacking, where they are.
  public let gap: Gap

  /// A length that nobody knows.
  static let unknownLength = Int.max / 2

  init(_ bytes: ArraySlice<UInt8>, length: Int, gap: Gap) {
    self.bytes = bytes
    self.length = length
    self.gap = gap
  }

  /// Whether anybody knows how many bytes there were, whatever headers stand before these.
  var isLengthKnown: Bool { length < Self.unknownLength / 2 }

  /// Whether all bytes are there.
  public var isWhole: Bool { bytes.count >= length }

  /// What lies behind the first `begin` bytes: all of it, or `claimed` bytes, as somebody says.
  public func part(from begin: Int, claimed: Int? = nil) -> Extent {
    let rest = bytes.dropFirst(begin)
    let restLength = max(0, length - begin)
    guard let claimed else { return Extent(rest, length: restLength, gap: gap) }
    let isTooMuch = claimed > restLength && rest.count >= restLength
    return Extent(rest.prefix(max(0, claimed)), length: max(0, claimed), gap: isTooMuch ? .packetEnds : gap)
  }

  /// Why nothing can be said that takes all bytes.
  var lack: Dissection.Remark {
    switch gap {
    case .packetEnds: .unjudged("the packet ends before")
    case .notCaptured: .unjudged("not all of it was captured")
    case .otherFragments: .unjudged("this is a fragment")
    case .notQuoted: .unjudged("not all of it is quoted")
    }
  }
}
