// SPDX-License-Identifier: Apache-2.0

/// Seals numbers: nobody can seal one who has not the key, however many sealed ones he has seen.
///
/// It is SipHash-2-4 (Aumasson, Bernstein: SipHash, a fast short-input PRF) of the number's bytes, the lowest first.
struct MarkerSeal {
  private let key: (UInt64, UInt64)

  /// A seal with a key of its own, which the kernel makes (getrandom(2)).
  init() {
    var random = SystemRandomNumberGenerator()
    key = (random.next(), random.next())
  }

  /// A seal with a known key.
  init(key: (UInt64, UInt64)) {
    self.key = key
  }

  /// The seal of a number.
  func of(_ number: UInt64) -> UInt64 {
    var state = State(
      a: key.0 ^ 0x736f_6d65_7073_6575, b: key.1 ^ 0x646f_7261_6e64_6f6d,
      c: key.0 ^ 0x6c79_6765_6e65_7261, d: key.1 ^ 0x7465_6462_7974_6573)
    state.take(number)
    // The last block says how many bytes there were.
    state.take(8 << 56)
    return state.end()
  }

  private struct State {
    var a: UInt64
    var b: UInt64
    var c: UInt64
    var d: UInt64

    mutating func take(_ block: UInt64) {
      d ^= block
      for _ in 0..<2 { round() }
      a ^= block
    }

    mutating func end() -> UInt64 {
      c ^= 0xff
      for _ in 0..<4 { round() }
      return a ^ b ^ c ^ d
    }

    private mutating func round() {
      a &+= b
      b = b.rotated(by: 13) ^ a
      a = a.rotated(by: 32)
      c &+= d
      d = d.rotated(by: 16) ^ c
      a &+= d
      d = d.rotated(by: 21) ^ a
      c &+= b
      b = b.rotated(by: 17) ^ c
      c = c.rotated(by: 32)
    }
  }
}

extension UInt64 {
  fileprivate func rotated(by count: UInt64) -> UInt64 { self << count | self >> (64 - count) }
}
