// SPDX-License-Identifier: Apache-2.0

/// How the bytes of a payload of a given size are made.
enum Fill: Sendable {
  /// 00 01 … ff 00 …
  case counter
  /// All bits zero.
  case zeros
  /// All bits one.
  case ones
  /// The bytes of SplitMix64 from this seed, each number's low byte first: the same in every run.
  case random(seed: UInt64)

  func bytes(count: Int) -> [UInt8] {
    switch self {
    case .counter:
      // Payloads may be as long as IPv4 carries, and blocks are copied faster than bytes are made.
      let block = [UInt8](0...255)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(count)
      while bytes.count < count { bytes += block.prefix(count - bytes.count) }
      return bytes
    case .zeros:
      return [UInt8](repeating: 0x00, count: count)
    case .ones:
      return [UInt8](repeating: 0xff, count: count)
    case .random(let seed):
      var generator = SplitMix64(state: seed)
      let numbers = (0..<(count + 7) / 8).map { _ in generator.next() }
      return Array(
        numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
          .prefix(count))
    }
  }
}
