// SPDX-License-Identifier: Apache-2.0

/// Rows of cells laid out in columns, for a terminal.
enum TextTable {
  private static let gap = 3

  /// The rows as lines; each column is as wide as its widest cell, and no line ends in spaces.
  static func lines(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = zip(row, widths).map { cell, width in padded(cell, to: width + gap) }
      return trimmed(cells.joined())
    }
  }

  /// The text with spaces behind it, up to a width.
  static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func trimmed(_ line: String) -> String {
    let end = line.lastIndex { $0 != " " }
    return end.map { String(line[...$0]) } ?? ""
  }
}
