// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Testing
import Verdict

@testable import Harness

@Suite("plans of runs")
struct RunPlanTests {
  private func scenarios(_ count: Int) throws -> [ScenarioCase] {
    let numbers = (1...count).map(String.init).joined(separator: ",")
    return try cases("{ matrix: { n: [\(numbers)] }, exchange: ['message ${n}'] }")
  }

  private func planned(_ plan: RunPlan) -> [PlannedCase] { (0..<plan.count).map { plan[$0] } }

  @Test("the shards of a run have each case once, whatever their number")
  func shards() throws {
    let all = try scenarios(100)
    for count in 1...7 {
      let parts = (1...count).compactMap { Part($0, of: count) }
      let plans = parts.map { RunPlan(all, shard: Shard($0)) }
      let ids = plans.flatMap { planned($0).map(\.id) }
      #expect(ids.count == 100 && Set(ids) == Set(all.map(\.id)))
      for plan in plans { #expect(planned(plan).map(\.position) == Array(1..<(plan.count + 1))) }
      #expect(plans.allSatisfy { $0.count > 100 / count / 3 }, "the work is spread")
    }
    #expect(Part(0, of: 3) == nil && Part(4, of: 3) == nil)
  }

  @Test("a case stays in its shard when others come and go")
  func stable() throws {
    let shard = Shard(try #require(Part(2, of: 4)))
    let few = try scenarios(50).map(\.id).filter(shard.includes)
    let many = try scenarios(100).map(\.id).filter(shard.includes)
    #expect(Set(few).isSubset(of: many))
  }

  @Test("repetitions begin when all cases are through, each with an id of its own")
  func repetitions() throws {
    let plan = RunPlan(try scenarios(2), repetitions: 2)
    let ids = planned(plan).map(\.id)
    #expect(ids.count == 4 && Set(ids).count == 4)
    #expect(ids[0].hasSuffix("#1") && ids[2].hasSuffix("#2") && ids[0].dropLast() == ids[2].dropLast())
    #expect(planned(plan).map(\.position) == [1, 2, 3, 4])
  }

  @Test("one who waits is woken for the first case that passes and for each that does not, and told of all")
  func told() throws {
    let plan = RunPlan(try scenarios(1), repetitions: 1003)
    let queue = try CaseQueue(plan, stop: StopRequest())
    queue.addWorker()
    let runner = CaseRunner(captures: .init(.none, in: ""), application: "test")
    let passed = runner.run(plan[0], stop: try StopRequest())
    try #require(passed.status == .passed)
    let long = Deadline(after: .seconds(600))
    let play = { (outcome: CaseResult.Outcome) in
      let planned = try #require(queue.next())
      #expect(queue.finish(CaseResult(planned, outcome: outcome, duration: .zero)))
    }
    // Of each case it is told that it was begun and that it is over.
    try play(passed.outcome)
    #expect(try queue.awaitEvents(until: long)?.count == 2)
    for _ in 0..<1000 { try play(passed.outcome) }
    try play(.notRun("why"))
    #expect(try queue.awaitEvents(until: long)?.count == 2002)
    try play(passed.outcome)
    #expect(try queue.awaitEvents(until: Deadline(after: .zero))?.count == 2)
    queue.removeWorker()
    #expect(try queue.awaitEvents(until: long) == nil)
  }

  @Test("two jobs run each case once, and events name those that are begun before those that are over")
  func parallel() throws {
    var plan = RunPlan(try scenarios(60))
    plan.jobs = 2
    var (begun, over) = (Set<Int>(), Set<Int>())
    let runner = CaseRunner(captures: .init(.none, in: ""), application: "test")
    let run = ScenarioRun(plan, runner: runner, version: "test", stop: try StopRequest())
    let summary = try run.run(interruption: { nil }, beat: {}) { event in
      switch event {
      case .caseStarted(let start): #expect(begun.insert(start.position).inserted)
      case .caseFinished(let result):
        #expect(begun.contains(result.planned.position) && over.insert(result.planned.position).inserted)
      default: break
      }
    }
    #expect(over == Set(1...60) && summary.count(of: .passed) == 60 && summary.exitStatus == .passed)
  }

  private func statuses(_ plan: RunPlan, _ stop: StopRequest, _ seen: (CaseResult) -> Void) throws
    -> RunSummary
  {
    let runner = CaseRunner(captures: .init(.none, in: ""), application: "test")
    return try ScenarioRun(plan, runner: runner, version: "test", stop: stop)
      .run(interruption: { nil }, beat: {}) { event in
        if case .caseFinished(let result) = event { seen(result) }
      }
  }

  @Test("when a run is asked to stop, what was not run is told of, and it does not pass")
  func stops() throws {
    let (plan, stop) = (RunPlan(try scenarios(2000)), try StopRequest())
    var results: [CaseResult] = []
    let summary = try statuses(plan, stop) { result in
      results.append(result)
      stop.make()
    }
    #expect(results.count == 2000 && Set(results.map(\.id)).count == 2000)
    #expect(summary.count(of: .notRun) > 0 && summary.exitStatus == .harnessFailed)
  }

  @Test("after the first failure no case is begun where that is asked for")
  func failFast() throws {
    let text =
      "{ matrix: { ttl: [9, 8, 8, 8] }, exchange: [{ header: { ttl: '${ttl}' }, expect: { header: { ttl: 9 } } }] }"
    var plan = RunPlan(try cases(text))
    plan.endsAtFailure = true
    var statuses: [CaseStatus] = []
    let summary = try self.statuses(plan, try StopRequest()) { statuses.append($0.status) }
    #expect(statuses == [.passed, .failed, .notRun, .notRun])
    #expect(summary.exitStatus == .failed)
  }

  @Test("a case that fails is tried again, and what each attempt found is kept")
  func retries() throws {
    var plan = RunPlan(try cases("{ exchange: [{ expect: { header: { ttl: 9 } } }] }"))
    plan.retries = 2
    var result: CaseResult?
    let summary = try statuses(plan, try StopRequest()) { result = $0 }
    #expect(result?.failedAttempts.count == 2 && result?.status == .failed)
    #expect(summary.exitStatus == .failed)
  }
}

@Suite("names of artifacts")
struct ArtifactNameTests {
  @Test(
    "whatever a case is called, its folders lie below the one that was opened, and are its own",
    arguments: [
      ("headers/record-route", ["headers", "record-route"]), ("a/../b", ["a", "%2E%2E", "b"]),
      ("..", ["%2E%2E"]), ("./x", ["%2E", "x"]), ("/etc/passwd", ["etc", "passwd"]), ("a b", ["a%20b"]),
      ("a%20b", ["a%2520b"]), ("m[ttl=1,x=2]#3", ["m[ttl=1,x=2]#3"]), ("n\u{0}l", ["n%00l"]),
      ("ü", ["%C3%BC"]), ("::error", ["%3A%3Aerror"]), ("y/capture.pcapng", ["y", "%63apture.pcapng"]),
      ("x/attempt-2", ["x", "%61ttempt-2"]), ("attempt-2/x", ["%61ttempt-2", "x"]),
      ("x/attempt-2b", ["x", "attempt-2b"]), ("x/attempt-", ["x", "attempt-"]),
      ("sender.stderr", ["%73ender.stderr"]), ("sender.log", ["sender.log"]),
    ])
  func folders(id: String, folders: [String]) {
    #expect(ArtifactName.folders(of: id) == folders)
  }

  @Test("repetitions and attempts have folders of their own")
  func repetitions() {
    #expect(ArtifactName.folders(of: "a/x", repetition: 3) == ["a", "x#3"])
    #expect(ArtifactName.folders(of: "a/x", repetition: 3, attempt: 2) == ["a", "x#3", "attempt-2"])
    #expect(ArtifactName.folders(of: "x", attempt: 1) == ["x"])
  }

  @Test("long names are cut and told apart")
  func long() {
    let names = ["x", "y"].map { ArtifactName.folders(of: String(repeating: "ü", count: 300) + $0) }
    #expect(names[0] != names[1])
    #expect(names.allSatisfy { $0.count == 1 && $0[0].utf8.count <= 200 })
  }
}
