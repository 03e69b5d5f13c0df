// SPDX-License-Identifier: Apache-2.0

/// The results as columns of text.
struct Table {
  private static let heading = ["what", "unit", "median", "best", "ratio", "before", "to", "target", "met"]
  /// Columns of numbers are set to the right.
  private static let numbers: Set<Int> = [2, 3, 4, 5]

  private let lines: [[String]]

  /// Lays out the rows, with the ratios of an earlier run beside them where there is one.
  init(_ rows: [Row], before earlier: [Row]) {
    lines =
      [Self.heading]
      + rows.map { row in
        let before = earlier.first { $0.name == row.name && $0.reference == row.reference }?.ratio
        return [
          row.name, row.unit, row.median.short, row.best.short, row.ratio?.short ?? "", before?.short ?? "",
          row.reference ?? "", row.target?.text ?? "", row.isMet.map { $0 ? "yes" : "NO" } ?? "",
        ]
      }
  }

  /// The table, a line each.
  var text: String {
    let widths = Self.heading.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      let cells = line.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - line[column].count)
        return Self.numbers.contains(column) ? space + line[column] : line[column] + space
      }
      var text = cells.joined(separator: "  ")
      while text.hasSuffix(" ") { text.removeLast() }
      return text + "\n"
    }.joined()
  }
}
