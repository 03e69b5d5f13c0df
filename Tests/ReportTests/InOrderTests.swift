// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Report

/// Cases that are over before their turn.
@Suite struct InOrderTests {
  private func ids(_ events: [ReportedEvent]) -> [String] {
    events.map { event in
      switch event {
      case .run: "run"
      case .case(let result): result.id
      case .end: "end"
      }
    }
  }

  private func order(_ events: [ReportedEvent]) -> [[String]] {
    var order = InOrder()
    return events.map { ids(order.events(after: $0)) }
  }

  @Test("a case is held back until those before it are over")
  func held() throws {
    let cases = try [3, 1, 2, 4].map { position -> ReportedEvent in
      .case(ReportedCase(try ReportedEvents.result(.passed, position, id: "\(position)")))
    }
    let given = order([ReportedEvents.run(cases: 4)] + cases + [ReportedEvents.end([])])
    #expect(given == [["run"], [], ["1"], ["2", "3"], ["4"], ["end"]])
  }

  @Test("the end lets go of what waits for a case that never came, in order")
  func rest() throws {
    let cases = try [4, 3].map { position -> ReportedEvent in
      .case(ReportedCase(try ReportedEvents.result(.passed, position, id: "\(position)")))
    }
    #expect(order(cases + [ReportedEvents.end([])]) == [[], [], ["3", "4", "end"]])
  }
}
