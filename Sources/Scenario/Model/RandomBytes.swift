// SPDX-License-Identifier: Apache-2.0

import CFill

/// A stretch of the bytes of SplitMix64, each number's low byte first.
struct RandomBytes {
  private let seed: UInt64
  private let start: Int
  private let count: Int

  /// Takes so many of the bytes from a place on.
  init(seed: UInt64, from start: Int, count: Int) {
    (self.seed, self.start, self.count) = (seed, start, count)
  }

  /// Where in the stretch the numbers stand of which it has all bytes.
  private var whole: Range<Int> {
    let first = min(count, (8 - start % 8) % 8)
    return first..<first + (count - first) / 8 * 8
  }

  /// The generator before the number to which a byte belongs.
  private func generator(at place: Int) -> SplitMix64 {
    var generator = SplitMix64(state: seed)
    generator.skip(UInt64((start + place) / 8))
    return generator
  }

  private func byte(at place: Int) -> UInt8 {
    var generator = generator(at: place)
    return UInt8(truncatingIfNeeded: generator.next() >> UInt64((start + place) % 8 * 8))
  }

  /// Writes them into a buffer that is as long.
  func write(_ buffer: UnsafeMutableRawBufferPointer) {
    let whole = whole
    for place in 0..<whole.lowerBound { buffer[place] = byte(at: place) }
    if !whole.isEmpty, let bytes = buffer.baseAddress {
      cfill_write(
        bytes + whole.lowerBound, whole.count / 8, generator(at: whole.lowerBound).state, cfill_widest())
    }
    for place in whole.upperBound..<count { buffer[place] = byte(at: place) }
  }

  /// Whether as many bytes are these: they are made and held against each other in one go, which is faster than to write
  /// them first.
  func isEqual(to bytes: UnsafeRawBufferPointer) -> Bool {
    let whole = whole
    if !whole.isEmpty, let bytes = bytes.baseAddress {
      guard
        cfill_compare(
          bytes + whole.lowerBound, whole.count / 8, generator(at: whole.lowerBound).state, cfill_widest())
      else { return false }
    }
    return (0..<whole.lowerBound).allSatisfy { bytes[$0] == byte(at: $0) }
      && (whole.upperBound..<count).allSatisfy { bytes[$0] == byte(at: $0) }
  }
}
