// SPDX-License-Identifier: Apache-2.0

/// One of the parts into which a run is divided, so that several machines can share the work.
///
/// Which part a case belongs to depends on its id alone: it stays when others come and go.
public struct Shard: Hashable, Sendable {
  /// Which part this is, and of how many.
  public let part: Part

  /// Takes a part.
  public init(_ part: Part) {
    self.part = part
  }

  /// Whether a case of this id belongs to this part.
  public func includes(_ id: String) -> Bool {
    Self.hash(id) % UInt64(part.of) == UInt64(part.number - 1)
  }

  /// FNV-1a with 64 bits, then mixed: Swift's own hash differs from process to process.
  private static func hash(_ id: String) -> UInt64 {
    let hash = id.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return (hash ^ hash >> 32) &* 0x9e37_79b9_7f4a_7c15 >> 16
  }
}
