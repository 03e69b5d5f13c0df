// SPDX-License-Identifier: Apache-2.0

import CFill

/// How the bytes of a payload of a given size are made.
enum Fill: Hashable, Sendable {
  /// 00 01 … ff 00 …
  case counter
  /// All bits zero.
  case zeros
  /// All bits one.
  case ones
  /// The bytes of SplitMix64 from this seed, each number's low byte first: the same in every run.
  case random(seed: UInt64)

  /// Bytes are copied faster than made: a stretch of the counter, long enough to be copied at once.
  private static let block = (0..<1 << 16).map { UInt8(truncatingIfNeeded: $0) }

  /// The first bytes.
  func bytes(count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      write(UnsafeMutableRawBufferPointer(buffer), from: 0)
      filled = count
    }
  }

  /// Writes the bytes from a place on; what is long is made as it goes.
  func write(_ buffer: UnsafeMutableRawBufferPointer, from start: Int) {
    switch self {
    case .counter:
      Self.block.withUnsafeBytes { block in
        var place = 0
        while place < buffer.count {
          let from = (start + place) % 256
          let count = min(buffer.count - place, block.count - from)
          buffer[place..<place + count].copyBytes(from: block[from..<from + count])
          place += count
        }
      }
    case .zeros: buffer.initializeMemory(as: UInt8.self, repeating: 0x00)
    case .ones: buffer.initializeMemory(as: UInt8.self, repeating: 0xff)
    case .random(let seed):
      var generator = SplitMix64(state: seed)
      generator.skip(UInt64(start / 8))
      Self.write(buffer, from: &generator, leavingOut: start % 8)
    }
  }

  /// Writes the generator's numbers, without the first bytes of the first of them.
  private static func write(
    _ buffer: UnsafeMutableRawBufferPointer, from generator: inout SplitMix64, leavingOut left: Int
  ) {
    var place = 0
    if left > 0 {
      var number = generator.next() >> (UInt64(left) * 8)
      while place < min(8 - left, buffer.count) {
        buffer[place] = UInt8(truncatingIfNeeded: number)
        number >>= 8
        place += 1
      }
    }
    let whole = (buffer.count - place) / 8
    if whole > 0, let start = buffer.baseAddress {
      cfill_write(start + place, whole, generator.state, cfill_widest())
      generator.skip(UInt64(whole))
      place += 8 * whole
    }
    guard place < buffer.count else { return }
    var number = generator.next()
    while place < buffer.count {
      buffer[place] = UInt8(truncatingIfNeeded: number)
      number >>= 8
      place += 1
    }
  }
}
