// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What became of one case.
public struct CaseResult: Sendable {
  /// The case as it was planned.
  public let planned: PlannedCase
  /// How it ended; of several attempts the last.
  public var outcome: Outcome
  /// How long it took, set-up and tear-down included; of several attempts the last.
  public let duration: Duration
  /// Where the time of the last attempt went; nil where nothing was played.
  public var timing: CaseTiming?
  /// The capture file that was written, if any.
  public var capture: String?
  /// Why a capture that was to be kept is not there; the verdict holds without it.
  public var captureFailure: String?
  /// What went between the hosts, where somebody is to look at it: of a flaky case, at the last attempt that failed.
  public var traffic: CaseTraffic?
  /// What was found by the attempts before, all of which failed.
  public var failedAttempts: [CaseVerdict] = []

  /// The scenario.
  public var scenario: Scenario { planned.scenario }
  /// The id by which reports and artifacts name it.
  public var id: String { planned.id }

  /// How a case can end.
  public enum Outcome: Sendable {
    /// It was played and judged.
    case judged(CaseVerdict)
    /// It could not be judged.
    case notJudged(Obstruction)
    /// It was not run, or not to its end, for this reason.
    case notRun(String)
  }

  /// Tells what became of a case.
  public init(_ planned: PlannedCase, outcome: Outcome, duration: Duration, capture: String? = nil) {
    self.planned = planned
    self.outcome = outcome
    self.duration = duration
    self.capture = capture
  }

  /// How it counts.
  public var status: CaseStatus {
    switch outcome {
    case .judged(let verdict):
      guard verdict.isAccepted else { return .failed }
      if !failedAttempts.isEmpty { return .flaky }
      return verdict.knownFailure == nil ? .passed : .knownFailure
    case .notJudged(let obstruction): return obstruction.status == .cannotRunHere ? .cannotRun : .notJudged
    case .notRun: return .notRun
    }
  }
}

/// Where the time of a case went.
public struct CaseTiming: Hashable, Sendable {
  /// From nothing to two hosts that are ready.
  public var setUp = Duration.zero
  /// From the first message until all is over in both hosts.
  public var exchange = Duration.zero
  /// From what was seen to a verdict.
  public var judging = Duration.zero
  /// Until the hosts were let go, or handed to the next case.
  public var tearDown = Duration.zero

  /// No time was spent yet.
  public init() {}
}

/// How a case counts.
public enum CaseStatus: String, CaseIterable, Codable, Sendable {
  /// Everything was as it must be.
  case passed
  /// Something was not, or a case that is known to fail passed.
  case failed
  /// It failed, and passed when it was tried again.
  case flaky
  /// It failed as it is known to.
  case knownFailure
  /// This machine or this user cannot run it.
  case cannotRun
  /// The harness failed: there is no verdict.
  case notJudged
  /// It was not run, or not to its end.
  case notRun

  /// Whether it lets a run pass; `flaky` does where the run allows it.
  public var isAccepted: Bool { self == .passed || self == .knownFailure }
}

/// A case in the plan of a run.
public struct PlannedCase: Sendable {
  /// The scenario.
  public let scenario: Scenario
  /// Its place in the plan, from 1.
  public let position: Int
  /// Which of its repetitions this is, from 1, and how many there are; nil where it is run once.
  public let repetition: Part?
  private let invocation: Invocation?

  /// Plans a case of a run that was called in a certain way.
  public init(
    _ scenario: Scenario, position: Int, repetition: Part? = nil, invocation: Invocation? = nil
  ) {
    self.scenario = scenario
    self.position = position
    self.repetition = repetition
    self.invocation = invocation
  }

  /// The words of a command line that runs it again; nil where nobody knows.
  public var again: [String]? { invocation?.words(for: scenario) }

  /// The id by which reports and artifacts name it: the scenario's, and behind `#` its repetition.
  public var id: String { repetition.map { "\(scenario.id)#\($0.number)" } ?? scenario.id }
}

/// One of several parts of something, counted from 1.
public struct Part: Hashable, Codable, Sendable {
  /// Which it is.
  public let number: Int
  /// How many there are.
  public let of: Int

  /// Names a part; nil where there is none of this number.
  public init?(_ number: Int, of count: Int) {
    guard number >= 1, number <= count else { return nil }
    self.number = number
    self.of = count
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
