// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario
@testable import Verdict

/// Rows and columns that go together, each with one at most, held against trying all ways.
@Suite struct CostAssignmentTests {
  /// How good an assignment is: first how many rows have a column, then what they cost.
  struct Worth: Hashable {
    var assigned = 0
    var cost = 0
  }

  /// The best of all assignments of the rows from one on, found by trying each.
  private static func best(_ costs: [[Int?]], from row: Int = 0, _ taken: Set<Int> = []) -> Worth {
    guard row < costs.count else { return Worth() }
    var best = best(costs, from: row + 1, taken)
    for (column, cost) in costs[row].enumerated() where !taken.contains(column) {
      guard let cost else { continue }
      let rest = Self.best(costs, from: row + 1, taken.union([column]))
      let worth = Worth(assigned: rest.assigned + 1, cost: rest.cost + cost)
      if worth.assigned > best.assigned || (worth.assigned == best.assigned && worth.cost < best.cost) {
        best = worth
      }
    }
    return best
  }

  /// What an assignment is worth; nil where a column is taken twice or does not go with its row.
  private static func worth(_ columns: [Int?], _ costs: [[Int?]]) -> Worth? {
    let pairs = zip(costs, columns).compactMap { row, column in column.map { row[$0] } }
    let taken = columns.compactMap { $0 }
    guard pairs.allSatisfy({ $0 != nil }), Set(taken).count == taken.count else { return nil }
    return Worth(assigned: taken.count, cost: pairs.compactMap { $0 }.reduce(0, +))
  }

  @Test(
    "as many rows as can be have a column, at the least cost, whatever the shape of the matrix",
    arguments: 0...6, 0...6)
  func best(_ height: Int, _ width: Int) {
    var random = SplitMix64(state: UInt64(8 * height + width))
    // Few costs make many assignments equal, large ones come near to what stands for "not at all".
    for (most, nobody) in [(3, 0), (3, 2), (1 << 20 - 1, 1), (9, 5)] {
      for _ in 0..<20 {
        let costs = (0..<height).map { _ in
          (0..<width).map { _ -> Int? in
            Int.random(in: 0..<8, using: &random) < nobody ? nil : Int.random(in: 0...most, using: &random)
          }
        }
        let columns = CostAssignment.columns(costs)
        #expect(columns.count == height)
        #expect(Self.worth(columns, costs) == Self.best(costs), "\(costs): \(columns)")
      }
    }
  }

  @Test("a row that goes with no column stays alone and takes none away")
  func alone() {
    #expect(CostAssignment.columns([[nil, nil], [7, nil]]) == [nil, 0])
    #expect(CostAssignment.columns([[nil], [nil], [7]]) == [nil, nil, 0])
  }

  @Test("a row takes a dearer column where another row has no other")
  func exchange() {
    #expect(CostAssignment.columns([[1, 9], [1, nil]]) == [1, 0])
  }
}
