// SPDX-License-Identifier: Apache-2.0

/// A hash that is the same in every process and on every machine, which Swift's own is not.
public enum StableHash {
  /// FNV-1a with 64 bits, mixed so that its lower bits are as good as the others.
  public static func of(_ text: some StringProtocol) -> UInt64 {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return (hash ^ hash >> 32) &* 0x9e37_79b9_7f4a_7c15 >> 16
  }
}
