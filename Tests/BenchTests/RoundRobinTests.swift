// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import twohost_bench

/// The order in which things are measured.
@Suite struct RoundRobinTests {
  @Test("every other round goes the other way round")
  func order() throws {
    var order: [String] = []
    var round = RoundRobin()
    for name in ["a", "b"] {
      round.add(name) {
        order.append(name)
        return Double(order.count)
      }
    }
    let samples = try round.run(rounds: 2)
    #expect(order == ["a", "b", "b", "a"])
    #expect(try samples.of("a").values == [1, 4])
    #expect(throws: BenchError.self) { try samples.of("c") }
  }
}
