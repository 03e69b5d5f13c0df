// SPDX-License-Identifier: Apache-2.0

/// The assignment of rows to columns, each to one at most, that costs least in all (H. W. Kuhn, The Hungarian Method
/// for the Assignment Problem, 1955): as many as can be are assigned.
enum CostAssignment {
  /// More than all costs that there are together.
  private static let impossible = 1 << 40

  /// The column of each row; nil for a row that has none.
  ///
  /// `costs` has a cost below 2^20 for each row and column, or nil where the two do not go together.
  static func columns(_ costs: [[Int?]]) -> [Int?] {
    guard let width = costs.first?.count, width > 0 else { return costs.map { _ in nil } }
    guard costs.count <= width else {
      // It takes long with many rows, and no longer with many columns.
      let turned = columns((0..<width).map { column in costs.map { $0[column] } })
      var rows = [Int?](repeating: nil, count: costs.count)
      for (column, row) in turned.enumerated() { if let row { rows[row] = column } }
      return rows
    }
    // Each row can stay alone in a column of its own.
    let all = costs.enumerated().map { row, values in
      values.map { $0 ?? 2 * impossible } + (0..<costs.count).map { $0 == row ? impossible : 2 * impossible }
    }
    return cheapest(all).map { $0 < width ? $0 : nil }.enumerated().map { row, column in
      column.flatMap { costs[row][$0] == nil ? nil : $0 }
    }
  }

  /// The column of each row where there are no fewer columns than rows: row after row finds the cheapest path of
  /// exchanges to a column that is free, with potentials that keep all costs from below.
  private static func cheapest(_ costs: [[Int]]) -> [Int] {
    let (height, width) = (costs.count, costs[0].count)
    var (rowPotential, columnPotential) = (
      [Int](repeating: 0, count: height), [Int](repeating: 0, count: width)
    )
    var rowOf = [Int?](repeating: nil, count: width)
    for row in 0..<height {
      var slack = [Int](repeating: .max, count: width)
      var previous = [Int?](repeating: nil, count: width)
      var isDone = [Bool](repeating: false, count: width)
      var (current, end): (Int, Int?) = (row, nil)
      var last: Int?
      while end == nil {
        var (least, next) = (Int.max, 0)
        for column in 0..<width where !isDone[column] {
          let reduced = costs[current][column] - rowPotential[current] - columnPotential[column]
          if reduced < slack[column] { (slack[column], previous[column]) = (reduced, last) }
          if slack[column] < least { (least, next) = (slack[column], column) }
        }
        rowPotential[row] += least
        for column in 0..<width {
          if isDone[column], let owner = rowOf[column] {
            rowPotential[owner] += least
            columnPotential[column] -= least
          } else if !isDone[column] {
            slack[column] -= least
          }
        }
        isDone[next] = true
        last = next
        if let owner = rowOf[next] { current = owner } else { end = next }
      }
      var column = end
      while let place = column {
        column = previous[place]
        rowOf[place] = column.flatMap { rowOf[$0] } ?? row
      }
    }
    var columns = [Int](repeating: 0, count: height)
    for (column, row) in rowOf.enumerated() { if let row { columns[row] = column } }
    return columns
  }
}
