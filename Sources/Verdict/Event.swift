// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What happens in a run, in order; reports are made of nothing else.
public enum Event: Sendable {
  /// The run begins.
  case runStarted(RunDescription)
  /// A case is over.
  case caseFinished(CaseResult)
  /// The run is over.
  case runFinished(RunSummary)
}

/// What is known of a run before it begins.
public struct RunDescription: Sendable {
  /// The program's version.
  public let version: String
  /// The kernel's release, as uname(2) gives it.
  public let kernel: String
  /// How many cases there are.
  public let cases: Int

  /// Describes a run.
  public init(version: String, kernel: String, cases: Int) {
    self.version = version
    self.kernel = kernel
    self.cases = cases
  }
}

/// What became of one case.
public struct CaseResult: Sendable {
  /// The scenario.
  public let scenario: Scenario
  /// How it ended.
  public var outcome: Outcome
  /// How long it took, set-up and tear-down included.
  public let duration: Duration
  /// The capture file that was written, if any.
  public var capture: String?

  /// How a case can end.
  public enum Outcome: Sendable {
    /// It was played and judged.
    case judged(CaseVerdict)
    /// It could not be judged.
    case notJudged(Obstruction)
  }

  /// Tells what became of a case.
  public init(scenario: Scenario, outcome: Outcome, duration: Duration, capture: String?) {
    self.scenario = scenario
    self.outcome = outcome
    self.duration = duration
    self.capture = capture
  }

  /// The outcome as the exit status that it alone would lead to.
  public var status: ExitStatus {
    switch outcome {
    case .judged(let verdict): verdict.isAccepted ? .passed : .failed
    // Whatever an obstruction says of itself, it is no verdict.
    case .notJudged(let obstruction): obstruction.status == .cannotRunHere ? .cannotRunHere : .harnessFailed
    }
  }
}

/// Why a case could not be judged; never a pass.
public struct Obstruction: Error, Hashable, Sendable {
  /// Whether the machine cannot run it, or the harness failed.
  public let status: ExitStatus
  /// What happened.
  public let reason: String
  /// What to do about it, where that is known.
  public let fix: String?

  /// Tells of an obstruction.
  public init(_ status: ExitStatus, _ reason: String, fix: String? = nil) {
    self.status = status
    self.reason = reason
    self.fix = fix
  }
}

/// What came of a run.
public struct RunSummary: Sendable {
  private var counts: [ExitStatus: Int] = [:]
  /// How many cases failed as they are known to; they let the run pass.
  public private(set) var knownFailures = 0
  /// How many cases were not begun, since the machine cannot run any.
  public var notRun = 0
  /// How long the run took.
  public var duration = Duration.zero

  /// The summary of a run without cases.
  public init() {}

  /// Counts a case in.
  public mutating func add(_ result: CaseResult) {
    counts[result.status, default: 0] += 1
    if case .judged(let verdict) = result.outcome, verdict.knownFailure != nil { knownFailures += 1 }
  }

  /// How many cases ended so; those that are known to fail and did count as passed.
  public func count(of status: ExitStatus) -> Int { counts[status, default: 0] }
}
