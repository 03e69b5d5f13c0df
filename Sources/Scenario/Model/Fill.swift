// SPDX-License-Identifier: Apache-2.0

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

  /// Bytes that are the same in every payload stand in memory once: so many of each kind, and of the counter one round
  /// more, so that it may begin anywhere.
  private static let longestStanding = 1 << 18
  private nonisolated(unsafe) static let counterBytes = standing { UInt8(truncatingIfNeeded: $0) }
  private nonisolated(unsafe) static let zeroBytes = standing { _ in 0x00 }
  private nonisolated(unsafe) static let oneBytes = standing { _ in 0xff }

  /// Memory that is written once, and never given back.
  private static func standing(_ byte: (Int) -> UInt8) -> UnsafeRawBufferPointer {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: longestStanding + 256, alignment: 64)
    for place in bytes.indices { bytes[place] = byte(place) }
    return UnsafeRawBufferPointer(bytes)
  }

  /// The bytes from a place on where they stand in memory, no more than so many, and perhaps fewer; nil of those that must
  /// be made.
  func standingBytes(from start: Int, atMost most: Int) -> UnsafeRawBufferPointer? {
    let count = min(most, Self.longestStanding)
    switch self {
    case .counter: return .init(rebasing: Self.counterBytes[start % 256..<start % 256 + count])
    case .zeros: return .init(rebasing: Self.zeroBytes[..<count])
    case .ones: return .init(rebasing: Self.oneBytes[..<count])
    case .random: return nil
    }
  }

  /// The first bytes.
  func bytes(count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      write(UnsafeMutableRawBufferPointer(buffer), from: 0)
      filled = count
    }
  }

  /// Writes the bytes from a place on; what is long is made as it goes.
  func write(_ buffer: UnsafeMutableRawBufferPointer, from start: Int) {
    if case .random(let seed) = self {
      RandomBytes(seed: seed, from: start, count: buffer.count).write(buffer)
      return
    }
    var place = 0
    while let bytes = standingBytes(from: start + place, atMost: buffer.count - place), !bytes.isEmpty {
      buffer[place..<place + bytes.count].copyBytes(from: bytes)
      place += bytes.count
    }
  }

  /// Whether some bytes are those from a place on.
  func isEqual(to bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
    if case .random(let seed) = self {
      return RandomBytes(seed: seed, from: start, count: bytes.count).isEqual(to: bytes)
    }
    var place = 0
    while let wanted = standingBytes(from: start + place, atMost: bytes.count - place), !wanted.isEmpty {
      guard wanted[...].isEqual(to: bytes[place..<place + wanted.count]) else { return false }
      place += wanted.count
    }
    return true
  }
}
