// SPDX-License-Identifier: Apache-2.0

/// A hash that is the same in every process and on every machine, which Swift's own is not.
public enum StableHash {
  /// FNV-1a with 64 bits, finished as MurmurHash3 does it, so that every bit depends on every character.
  public static func of(_ text: some StringProtocol) -> UInt64 {
    var hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    for factor in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] as [UInt64] {
      hash = (hash ^ (hash >> 33)) &* factor
    }
    return hash ^ (hash >> 33)
  }
}
