// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What happens in a run; reports are made of nothing else.
///
/// Cases begin and end in the order of time, and say by their position where they stand in the plan.
public enum Event: Sendable {
  /// The run begins.
  case runStarted(RunDescription)
  /// A case is begun.
  case caseStarted(CaseStart)
  /// A case is over, or will not be run.
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
  /// How many cases are run at once.
  public let jobs: Int
  /// Which part of the selected cases these are; nil for all.
  public let shard: Shard?
  /// Whether cases that pass when they are tried again let the run pass.
  public let allowsFlaky: Bool

  /// Describes a run.
  public init(
    version: String, kernel: String, cases: Int, jobs: Int, shard: Shard? = nil, allowsFlaky: Bool = false
  ) {
    self.version = version
    self.kernel = kernel
    self.cases = cases
    self.jobs = jobs
    self.shard = shard
    self.allowsFlaky = allowsFlaky
  }
}

/// A case that is begun.
public struct CaseStart: Sendable {
  /// Its place in the plan, from 1.
  public let position: Int
  /// Its id, with its repetition where it has some.
  public let id: String

  /// Tells of a case.
  public init(position: Int, id: String) {
    self.position = position
    self.id = id
  }
}
