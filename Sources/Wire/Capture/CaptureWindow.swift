// SPDX-License-Identifier: Apache-2.0

/// The bytes of a file that comes piece by piece, as many of them at a time as its reader needs.
struct CaptureWindow {
  private let more: () -> [UInt8]
  private var bytes: [UInt8] = []
  private var begin = 0
  private var isAtEnd = false
  /// How many bytes of the file have been passed.
  private(set) var offset = 0

  /// Sees the bytes that `more` gives, an empty piece being the end.
  init(_ more: @escaping () -> [UInt8]) {
    self.more = more
  }

  /// The next bytes, `count` of them, or fewer where the file ends before.
  mutating func peek(_ count: Int) -> ArraySlice<UInt8> {
    if bytes.count - begin < count, !isAtEnd { fill(count) }
    return bytes[begin...].prefix(count)
  }

  /// Passes bytes that have been seen.
  mutating func skip(_ count: Int) {
    begin += count
    offset += count
  }

  private mutating func fill(_ count: Int) {
    bytes.removeFirst(begin)
    begin = 0
    while bytes.count < count, !isAtEnd {
      let piece = more()
      isAtEnd = piece.isEmpty
      bytes += piece
    }
  }
}
