// SPDX-License-Identifier: Apache-2.0

/// A small generator whose numbers depend on its seed alone (Steele, Lea, Flood: Fast Splittable
/// Pseudorandom Number Generators, OOPSLA 2014).
struct SplitMix64: RandomNumberGenerator, Sendable {
  var state: UInt64

  private static let increment: UInt64 = 0x9e37_79b9_7f4a_7c15

  /// Passes over this many numbers.
  mutating func skip(_ count: UInt64) {
    state &+= count &* Self.increment
  }

  mutating func next() -> UInt64 {
    state &+= Self.increment
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
