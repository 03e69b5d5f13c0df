// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import twohost_bench

/// Lines of the results, and the table of them.
@Suite struct RowTests {
  private let half = Samples(values: [1, 2, 3])
  private let whole = Samples(values: [2, 4, 6])

  @Test("a target is met or not by the median ratio")
  func targets() {
    let isMet = { (target: Row.Target) in
      Row("row", "ms", half, to: ("reference", whole), target).isMet
    }
    #expect(isMet(.ratioAtMost(0.5)) == true)
    #expect(isMet(.ratioAtMost(0.4)) == false)
    #expect(isMet(.ratioAtLeast(0.5)) == true)
    #expect(isMet(.ratioAtLeast(0.6)) == false)
    #expect(isMet(.medianAtMost(2)) == true)
    #expect(isMet(.medianAtMost(1.9)) == false)
  }

  @Test("the best of times is the least, and of rates the greatest")
  func best() {
    #expect(Row("row", "ms", half).best == 1)
    #expect(Row.rate("row", "k/s", half).best == 3)
  }

  @Test("the table has the earlier ratio of the same row and the same reference")
  func before() {
    let now = Row("row", "ms", half, to: ("reference", whole), .ratioAtMost(1))
    let before = [
      Row("row", "ms", half, to: ("another", half)), Row("row", "ms", whole, to: ("reference", half)),
    ]
    let lines = Table([now], before: before).text.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(
      lines.last == ["row", "ms", "2.00", "1.00", "0.50", "2.00", "reference", "≤", "1.00", "×", "yes"])
  }
}
