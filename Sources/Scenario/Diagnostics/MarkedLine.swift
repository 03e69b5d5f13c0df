// SPDX-License-Identifier: Apache-2.0

/// One line of a file as it is printed, and the carets that stand under a span of it.
struct MarkedLine {
  /// The widest line that is printed whole, in columns.
  static let maximumColumns = 120
  /// The columns of a span that are kept in view before those around it, in a line that is cut.
  private static let maximumSpanColumns = 80
  /// How many bytes on either side of a span's start are looked at; 120 columns of emoji take about half.
  private static let maximumBytes = 4096
  /// How many bytes around a span are looked at where all are ASCII, each of which takes a column at least.
  private static let maximumASCII = 128

  /// The line, escaped, and cut around the span where it is too long.
  let text: String
  /// Blanks, and then a caret under each column of the span; at least one.
  let carets: String

  /// Lays out the line in which a span begins; a span that goes on after the line is cut at its end.
  init(_ span: SourceSpan) {
    let line = span.file.lineRange(around: span.range.lowerBound)
    let near = Self.near(span.range.clamped(to: line), in: line, of: span.file.bytes)
    let marked = span.range.clamped(to: near)
    var before = Self.cells(span.file.bytes[near.lowerBound..<marked.lowerBound])
    let inside = Self.cells(span.file.bytes[marked])
    var rest = inside + Self.cells(span.file.bytes[marked.upperBound..<near.upperBound])
    if near.lowerBound > line.lowerBound { before.insert(.ellipsis, at: 0) }
    if near.upperBound < line.upperBound { rest.append(.ellipsis) }

    // Behind the last character there is a caret too.
    if before.columns + max(1, rest.columns) > Self.maximumColumns {
      let room = Self.maximumColumns - max(1, min(inside.columns, Self.maximumSpanColumns))
      let after = rest.columns - inside.columns
      before = before.last(columns: max(room / 2, room - after))
      rest = rest.first(columns: Self.maximumColumns - before.columns)
    }

    text = String(decoding: (before + rest).flatMap(\.text.utf8), as: UTF8.self)
    let width = max(1, min(inside.columns, rest.columns))
    carets = String(repeating: " ", count: before.columns) + String(repeating: "^", count: width)
  }

  /// The part of a line that is looked at for a span: of ASCII less will do, for there may be many spans.
  private static func near(_ marked: Range<Int>, in line: Range<Int>, of bytes: [UInt8]) -> Range<Int> {
    let start = marked.lowerBound
    let all = line.clamped(to: start - maximumBytes..<start + maximumBytes)
    let few = all.clamped(to: start - maximumASCII..<marked.upperBound + maximumASCII)
    return bytes[few].allSatisfy { $0 < 0x80 } ? few : all
  }

  private static func cells(_ bytes: ArraySlice<UInt8>) -> [Cell] {
    let isPlain = bytes.allSatisfy { (0x20..<0x7f).contains($0) }
    return isPlain ? bytes.map(Cell.init(plain:)) : String(decoding: bytes, as: UTF8.self).map(Cell.init)
  }
}

/// One character as it is printed.
private struct Cell {
  static let ellipsis = Cell("…")

  let text: String
  let columns: Int

  /// Takes a byte of ASCII that is printed as it is: most are.
  init(plain byte: UInt8) {
    text = String(UnicodeScalar(byte))
    columns = 1
  }

  init(_ character: Character) {
    let original = String(character)
    text = character == "\t" ? " " : Printable.escape(original)
    let isEscaped = text != original
    columns = isEscaped ? text.unicodeScalars.count : Printable.columns(of: character)
  }
}

extension [Cell] {
  fileprivate var columns: Int { reduce(0) { $0 + $1.columns } }

  /// As many cells from the start as fit, and an ellipsis for the others.
  fileprivate func first(columns limit: Int) -> [Cell] {
    guard columns > limit else { return self }
    return fitting(limit - 1) + [.ellipsis]
  }

  /// As many cells from the end as fit, and an ellipsis for the others.
  fileprivate func last(columns limit: Int) -> [Cell] {
    guard columns > limit else { return self }
    return [.ellipsis] + [Cell](reversed()).fitting(limit - 1).reversed()
  }

  private func fitting(_ limit: Int) -> ArraySlice<Cell> {
    var used = 0
    return prefix { cell in
      used += cell.columns
      return used <= limit
    }
  }
}
