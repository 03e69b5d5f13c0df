// SPDX-License-Identifier: Apache-2.0

/// The bytes of one file under the path that people know it by, and where its lines begin.
///
/// Lines end at a line feed, a carriage return, or the two together. A byte order mark at the start belongs
/// to no line, so that columns are the ones an editor shows.
public final class SourceFile: Sendable {
  /// The path as shown to people.
  public let path: String
  /// What the file holds, valid UTF-8 or not.
  public let bytes: [UInt8]
  /// The folder that the file lies in, as the path says it.
  public let folder: String
  /// The offset at which each line begins; never empty.
  private let lineStarts: [Int]
  /// Places in long lines whose columns are known: many errors may stand in one line.
  private let columnMarks: [ColumnMark]

  /// Takes the bytes of a file that is already read.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    lineStarts = Self.lineStarts(of: bytes)
    columnMarks = ColumnMark.marks(in: bytes, lineStarts)
    folder = Self.folder(of: path)
  }

  /// The folder that a path lies in, as the path says it.
  static func folder(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
  }

  /// The line and column of a byte offset; an offset outside the file counts as its nearest end.
  public func position(of offset: Int) -> SourcePosition {
    let index = lineIndex(of: offset)
    let line = contentRange(ofLineAt: index)
    let end = min(max(offset, line.lowerBound), line.upperBound)
    let mark = columnMarks[..<columnMarks.countUntil { $0.offset > end }].last
    let known = mark.flatMap { $0.offset >= line.lowerBound ? $0 : nil }
    let rest = (known?.offset ?? line.lowerBound)..<end
    return SourcePosition(line: index + 1, column: (known?.column ?? 1) + bytes[rest].characterCount)
  }

  /// The number of the line that holds a byte offset, from 1.
  public func line(of offset: Int) -> Int { lineIndex(of: offset) + 1 }

  /// How many lines it has; a line feed at its end begins none.
  public var lineCount: Int { lineStarts.last == bytes.count ? lineStarts.count - 1 : lineStarts.count }

  /// The bytes of a line, counted from 1, without its end; empty where there is no such line.
  public func range(ofLine number: Int) -> Range<Int> {
    lineStarts.indices.contains(number - 1) ? contentRange(ofLineAt: number - 1) : 0..<0
  }

  /// The text of a line, counted from 1, without its end; empty where there is no such line.
  ///
  /// What is not valid UTF-8 is shown as U+FFFD.
  public func line(_ number: Int) -> String {
    guard number >= 1, number <= lineStarts.count else { return "" }
    return String(decoding: bytes[contentRange(ofLineAt: number - 1)], as: UTF8.self)
  }

  /// The bytes of the line that holds an offset, without the line's end.
  func lineRange(around offset: Int) -> Range<Int> {
    contentRange(ofLineAt: lineIndex(of: offset))
  }

  private func lineIndex(of offset: Int) -> Int { max(0, lineStarts.countUntil { $0 > offset } - 1) }

  private func contentRange(ofLineAt index: Int) -> Range<Int> {
    let start = lineStarts[index]
    let isLast = index + 1 == lineStarts.count
    guard !isLast else { return start..<bytes.count }
    var end = lineStarts[index + 1] - 1
    if bytes[end] == UInt8(ascii: "\n"), end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  private static func lineStarts(of bytes: [UInt8]) -> [Int] {
    let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
    var starts = [bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0]
    for (offset, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "\n"):
        starts.append(offset + 1)
      case UInt8(ascii: "\r") where offset + 1 == bytes.count || bytes[offset + 1] != UInt8(ascii: "\n"):
        starts.append(offset + 1)
      default:
        break
      }
    }
    return starts
  }
}

/// A place in a long line whose column is known.
private struct ColumnMark {
  let offset: Int
  let column: Int

  /// So many bytes lie between one mark and the next, or a few more.
  private static let distance = 1024

  /// Marks the lines that are longer than the distance: between two bytes of ASCII a character always ends.
  static func marks(in bytes: [UInt8], _ lineStarts: [Int]) -> [ColumnMark] {
    var marks: [ColumnMark] = []
    for (index, start) in lineStarts.enumerated() {
      let end = index + 1 < lineStarts.count ? lineStarts[index + 1] : bytes.count
      var last = ColumnMark(offset: start, column: 1)
      while end - last.offset > distance {
        let beyond = (last.offset + distance)..<end
        guard let offset = beyond.first(where: { bytes[$0 - 1] < 0x80 && bytes[$0] < 0x80 }) else { break }
        last = ColumnMark(offset: offset, column: last.column + bytes[last.offset..<offset].characterCount)
        marks.append(last)
      }
    }
    return marks
  }
}

extension ArraySlice<UInt8> {
  /// How many characters a part of one line has; ASCII, by far the most common, need not be decoded.
  fileprivate var characterCount: Int {
    allSatisfy { $0 < 0x80 } ? count : String(decoding: self, as: UTF8.self).count
  }
}

extension Array {
  /// How many elements stand before the first for which something holds that then holds for all behind it.
  func countUntil(_ holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// A place in a file as people count it.
public struct SourcePosition: Hashable, Sendable {
  /// The line, from 1.
  public let line: Int
  /// The column, from 1, in characters (grapheme clusters).
  public let column: Int

  /// Names a place by its line and column.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}
