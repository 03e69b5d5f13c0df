// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Testing
import Verdict

@testable import Harness

/// Cases that come to no end: nobody waits for them longer than they may take.
@Suite(.timeLimit(.minutes(1))) struct CaseQueueTests {
  private func plan(_ count: Int, timeout: String) throws -> RunPlan {
    let numbers = (1...count).map(String.init).joined(separator: ",")
    return RunPlan(
      try cases("{ timeout: '\(timeout)', matrix: { n: [\(numbers)] }, exchange: ['message ${n}'] }"))
  }

  /// What was told of cases that are over, in order.
  private func finished(_ events: [Event]?) -> [CaseResult] {
    (events ?? []).compactMap { if case .caseFinished(let result) = $0 { result } else { nil } }
  }

  /// Looks after the queue until it has given up a case.
  private func giveUp(_ queue: CaseQueue) -> Int {
    while true {
      let count = queue.giveUpOverdue()
      if count > 0 { return count }
    }
  }

  @Test("a case without a verdict in its time and the reserve is given up, and its worker with it")
  func overdue() throws {
    let queue = try CaseQueue(try plan(2, timeout: "1ms"), stop: try StopRequest(), reserve: .zero)
    queue.addWorker()
    let first = try #require(queue.next())
    #expect(giveUp(queue) == 1)
    let results = finished(try queue.awaitEvents(until: Deadline(after: .zero)))
    #expect(results.map(\.id) == [first.id])
    #expect(results.map(\.status) == [.notJudged])
    #expect(!queue.finish(CaseResult(first, outcome: .notRun("late"), duration: .zero)))
    #expect(queue.giveUpOverdue() == 0)
    #expect(try queue.awaitEvents(until: Deadline(after: .zero)) == nil)

    queue.addWorker()
    let second = try #require(queue.next())
    #expect(queue.finish(CaseResult(second, outcome: .notRun("in time"), duration: .zero)))
    #expect(finished(try queue.awaitEvents(until: Deadline(after: .zero))).map(\.id) == [second.id])
  }

  @Test("a case has its time and the reserve for each attempt")
  func inTime() throws {
    var plan = try plan(1, timeout: "1ms")
    plan.retries = 1_000_000
    let queue = try CaseQueue(plan, stop: try StopRequest(), reserve: .zero)
    queue.addWorker()
    _ = try #require(queue.next())
    #expect(queue.giveUpOverdue() == 0)
    let other = try CaseQueue(try self.plan(1, timeout: "1ms"), stop: try StopRequest())
    other.addWorker()
    _ = try #require(other.next())
    #expect(other.giveUpOverdue() == 0)
  }

  @Test("cases that are under way are given up some time after the run was to stop, in their order")
  func stopped() throws {
    let stop = try StopRequest()
    let queue = try CaseQueue(
      try plan(3, timeout: "2min"), stop: stop, longestStop: .milliseconds(20))
    for _ in 0..<2 {
      queue.addWorker()
      _ = try #require(queue.next())
    }
    #expect(queue.giveUpOverdue() == 0)
    stop.make()
    #expect(queue.giveUpOverdue() == 0)
    #expect(giveUp(queue) == 2)
    let results = finished(try queue.awaitEvents(until: Deadline(after: .zero)))
    #expect(results.map(\.planned.position) == [1, 2])
    #expect(results.map(\.status) == [.notRun, .notRun])
    #expect(queue.next() == nil)
  }
}
