// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The bytes that a message puts on a TCP connection.
public enum StreamContent: Sendable {
  /// These bytes.
  case bytes([UInt8])
  /// So many bytes, which are made as they go.
  case made(Made)
  /// Whatever its host sends until it sends no more.
  case untilEnd

  /// Bytes that nobody holds all at once.
  public struct Made: Hashable, Sendable {
    /// How many there are.
    public let count: Int
    let fill: Fill
  }

  /// The most bytes of one message.
  public static let mostBytes = 1 << 30

  /// How many bytes there are; nil where nobody knows before they have come.
  public var count: Int? {
    switch self {
    case .bytes(let bytes): bytes.count
    case .made(let made): made.count
    case .untilEnd: nil
    }
  }

  /// Writes the bytes from a place on into a buffer, which is no longer than what is left of them; none where nobody knows
  /// them.
  public func write(_ buffer: UnsafeMutableRawBufferPointer, from start: Int) {
    switch self {
    case .bytes(let bytes):
      bytes.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[start...].prefix(buffer.count))) }
    case .made(let made): made.fill.write(buffer, from: start)
    case .untilEnd: break
    }
  }

  /// The bytes from a place on where they stand in memory, no more than so many, and perhaps fewer; nil of those that must
  /// be written.
  func standingBytes(from start: Int, atMost most: Int) -> UnsafeRawBufferPointer? {
    if case .made(let made) = self { made.fill.standingBytes(from: start, atMost: most) } else { nil }
  }

  /// Whether some bytes are those from a place on, as far as anybody knows them.
  func isEqual(to bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
    switch self {
    case .bytes(let wanted):
      wanted.withUnsafeBytes { $0[start..<start + bytes.count].isEqual(to: bytes[...]) }
    case .made(let made): made.fill.isEqual(to: bytes, from: start)
    case .untilEnd: true
    }
  }

  /// So many of the bytes from a place on.
  public func bytes(from start: Int, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      write(UnsafeMutableRawBufferPointer(buffer), from: start)
      filled = count
    }
  }
}

extension Slice<UnsafeRawBufferPointer> {
  /// Whether as many other bytes are the same.
  func isEqual(to others: Slice<UnsafeRawBufferPointer>) -> Bool {
    guard let first = UnsafeRawBufferPointer(rebasing: self).baseAddress,
      let other = UnsafeRawBufferPointer(rebasing: others).baseAddress
    else { return true }
    return memcmp(first, other, count) == 0
  }
}
