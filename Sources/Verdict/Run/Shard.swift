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
    StableHash.of(id) % UInt64(part.of) == UInt64(part.number - 1)
  }
}
