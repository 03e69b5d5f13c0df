// SPDX-License-Identifier: Apache-2.0

import Linux
import Synchronization
import Verdict

/// The cases of a run between those who run them and the one who tells of them.
final class CaseQueue: Sendable {
  private struct State {
    /// How many cases were begun.
    var begun = 0
    var workers = 0
    /// The cases that were begun and have come to no end, by their positions.
    var running: [Int: Running] = [:]
    /// When it was seen first that the run is to stop; nil until then.
    var stopTime: Duration?
    var events: [Event] = []
    /// When the one who tells of cases was woken last, on the clock of the run.
    var lastWaking = Duration.zero
    /// Why no case is begun any more; nil while they are.
    var closure: String?
  }

  /// A case that was begun.
  private struct Running {
    let planned: PlannedCase
    let begin: Duration
    /// When nobody waits for it any more.
    let end: Duration
  }

  /// What a case may take beside its own time, which it may take twice: judging, and the writing of its capture.
  static let reserve = Duration.seconds(10)
  /// How long a case may take to come to an end when the run is to stop: its programs have most of that.
  static let longestStop = Duration.milliseconds(1600)

  /// Nobody is woken for cases that pass more often than this; what waits to be told of takes memory.
  private static let shortestRest = Duration.milliseconds(2)

  private let plan: RunPlan
  private let stop: StopRequest
  private let state = Mutex(State())
  private let bell: EventDescriptor
  private let reserve: Duration
  private let longestStop: Duration

  /// Holds the cases of a plan, of which none is begun when somebody has asked to stop.
  ///
  /// - Throws: the errors of eventfd(2).
  init(
    _ plan: RunPlan, stop: StopRequest, reserve: Duration = CaseQueue.reserve,
    longestStop: Duration = CaseQueue.longestStop
  ) throws(SystemError) {
    self.plan = plan
    self.stop = stop
    self.reserve = reserve
    self.longestStop = longestStop
    bell = try EventDescriptor()
  }

  // MARK: - For those who run cases

  /// Counts a worker in, before it is started.
  func addWorker() {
    state.withLock { $0.workers += 1 }
  }

  /// Counts a worker out.
  func removeWorker() {
    state.withLock { $0.workers -= 1 }
    bell.ring()
  }

  /// The next case to be run, which begins; nil when there is none.
  func next() -> PlannedCase? {
    let index = state.withLock { state -> Int? in
      guard !stop.isMade, state.closure == nil, state.begun < plan.count else { return nil }
      defer { state.begun += 1 }
      return state.begun
    }
    guard let index else { return nil }
    let planned = plan[index]
    // Nobody is woken for a beginning: the next end, or the next heartbeat, tells of it soon enough.
    let now = RunClock.now
    let longest = (planned.scenario.timeout * 2 + reserve) * (plan.retries + 1)
    state.withLock {
      $0.running[planned.position] = Running(planned: planned, begin: now, end: now + longest)
      $0.events.append(.caseStarted(CaseStart(position: planned.position, id: planned.id)))
    }
    return planned
  }

  /// Takes what became of a case; false where that was given up, and whoever ran it is counted out already.
  ///
  /// To be woken costs more than to tell of a case: those that pass soon after each other are told of together, at the
  /// next heartbeat at the latest, and what went wrong is told of at once.
  func finish(_ result: CaseResult) -> Bool {
    let now = RunClock.now
    let (isAwaited, isWaking) = state.withLock { state in
      guard state.running.removeValue(forKey: result.planned.position) != nil else { return (false, false) }
      state.events.append(.caseFinished(result))
      if state.closure == nil { state.closure = closure(after: result) }
      guard !result.status.isAccepted || now - state.lastWaking >= Self.shortestRest else {
        return (true, false)
      }
      state.lastWaking = now
      return (true, true)
    }
    if isWaking { bell.ring() }
    return isAwaited
  }

  /// Why no case is begun after this one; nil where they are.
  private func closure(after result: CaseResult) -> String? {
    // What a case needs beyond test hosts others may not need.
    let needsMore = !result.scenario.requires.isEmpty || result.scenario.uses(.v6)
    if result.status == .cannotRun && !needsMore {
      return "this machine cannot run any case"
    }
    let isFailure = result.status == .failed || result.status == .flaky && !plan.allowsFlaky
    return plan.endsAtFailure && isFailure ? "a case failed before it, and --fail-fast was given" : nil
  }

  // MARK: - For the one who tells of them

  /// Awaits that something happens, or the deadline; nil when all is over and everything was told.
  ///
  /// - Throws: the error of ppoll(2).
  func awaitEvents(until deadline: Deadline) throws(SystemError) -> [Event]? {
    // What was rung for may be known already: the bell does not say how often it was rung.
    guard !isOver else { return nil }
    if try Readiness.wait(toRead: [bell.rawDescriptor], until: deadline) { bell.quiet() }
    return state.withLock { state in
      defer { state.events = [] }
      return state.events
    }
  }

  /// Gives up the cases that have come to no end in their time and the reserve, and all of them when the run was to
  /// stop long enough ago: those who run them are counted out.
  ///
  /// - Returns: how many cases were given up.
  func giveUpOverdue() -> Int {
    let now = RunClock.now
    return state.withLock { state in
      if stop.isMade { state.stopTime = state.stopTime ?? now }
      let hasStopped = state.stopTime.map { now - $0 > longestStop } ?? false
      let overdue = state.running.values.filter { hasStopped || $0.end < now }
      for one in overdue.sorted(by: { $0.planned.position < $1.planned.position }) {
        state.running[one.planned.position] = nil
        state.workers -= 1
        let outcome = hasStopped ? .notRun(CaseResult.wasStopped) : Self.notJudged(after: now - one.begin)
        state.events.append(
          .caseFinished(CaseResult(one.planned, outcome: outcome, duration: now - one.begin)))
      }
      return overdue.count
    }
  }

  private static func notJudged(after time: Duration) -> CaseResult.Outcome {
    let text = "there was no verdict \(time.components.seconds) s after this case began"
    return .notJudged(
      Obstruction(.harnessFailed, text, fix: "give it a longer `timeout`, or fewer or smaller messages"))
  }

  private var isOver: Bool { state.withLock { $0.events.isEmpty && $0.workers == 0 } }

  /// Tells of each case that was never begun.
  func forEachCaseNotRun(because reason: String?, _ tell: (CaseResult) -> Void) {
    let (begun, closure) = state.withLock { ($0.begun, $0.closure) }
    let words = reason ?? closure ?? "the run was stopped"
    plan.forEachCase(from: begun) { tell(CaseResult($0, outcome: .notRun(words), duration: .zero)) }
  }
}

extension CaseResult {
  /// Why a case that was begun was not run to its end.
  static let wasStopped = "the run was stopped while this case was running"
}
