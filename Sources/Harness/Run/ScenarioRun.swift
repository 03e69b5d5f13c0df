// SPDX-License-Identifier: Apache-2.0

import Linux
import Verdict

/// Runs many cases, several at once, and tells what happens as events.
public struct ScenarioRun: Sendable {
  private let plan: RunPlan
  private let runner: CaseRunner
  private let version: String
  private let stop: StopRequest

  /// How often a person who watches is shown that the run goes on.
  private static let heartbeat = Duration.milliseconds(100)

  /// Takes what is to be run by a program of this version, until somebody asks it to stop.
  public init(_ plan: RunPlan, runner: CaseRunner, version: String, stop: StopRequest) {
    self.plan = plan
    self.runner = runner
    self.version = version
    self.stop = stop
  }

  /// Runs the cases; events come in the order of time, in the calling thread, and `beat` beside them now and then.
  ///
  /// Where the machine cannot run a case it cannot run the others either; what was not run is told of at the end.
  ///
  /// - Throws: where threads, descriptors and the process that starts programs cannot be had.
  public func run(
    interruption: () -> Interruption?, beat: () -> Void, _ emit: (Event) -> Void
  ) throws(SystemError) -> RunSummary {
    let start = RunClock.now
    var summary = RunSummary(allowsFlaky: plan.allowsFlaky)
    let queue = try CaseQueue(plan, stop: stop)
    emit(.runStarted(description))
    // Before there is anything of a case that it would have a copy of.
    if plan.hasPrograms { try ProgramStarter.prepare() }
    try startWorkers(on: queue)
    while let events = try queue.awaitEvents(until: Deadline(after: Self.heartbeat)) {
      for event in events { tell(event, to: emit, &summary) }
      for _ in 0..<queue.giveUpOverdue() where !stop.isMade { try? startWorker(on: queue) }
      beat()
    }
    summary.interruption = interruption()
    let reason = summary.interruption.map { "the run was ended by \($0.rawValue)" }
    queue.forEachCaseNotRun(because: reason) { tell(.caseFinished($0), to: emit, &summary) }
    summary.duration = RunClock.now - start
    emit(.runFinished(summary))
    return summary
  }

  private var description: RunDescription {
    RunDescription(
      version: version, kernel: SystemInformation.kernelRelease, cases: plan.count,
      jobs: min(plan.jobs, max(1, plan.count)), shard: plan.shard, allowsFlaky: plan.allowsFlaky)
  }

  private func tell(_ event: Event, to emit: (Event) -> Void, _ summary: inout RunSummary) {
    if case .caseFinished(let result) = event { summary.add(result) }
    emit(event)
  }

  /// Starts a thread a job, since a namespace is a thread's own; fewer where no more can be had, but one.
  private func startWorkers(on queue: CaseQueue) throws(SystemError) {
    for job in 0..<description.jobs {
      do throws(SystemError) {
        try startWorker(on: queue)
      } catch {
        if job == 0 { throw error }
        return
      }
    }
  }

  private func startWorker(on queue: CaseQueue) throws(SystemError) {
    queue.addWorker()
    do throws(SystemError) {
      try Thread.start { [runner, plan, stop] in
        var spare = SpareHosts()
        while let planned = queue.next() {
          let result = runner.run(planned, retries: plan.retries, spare: &spare, stop: stop)
          guard queue.finish(result) else { return }
        }
        queue.removeWorker()
      }
    } catch {
      queue.removeWorker()
      throw error
    }
  }
}
