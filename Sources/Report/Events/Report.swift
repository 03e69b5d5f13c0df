// SPDX-License-Identifier: Apache-2.0

/// A report that is written as the run goes on.
public protocol Report: Sendable {
  /// What an event adds to the report, line ends included.
  mutating func text(for event: ReportedEvent) -> String

  /// The whole report of a run that was refused before it began, which is told of on standard error too.
  func text(refusedFor errors: [ReportedError]) -> String
}

extension Report {
  /// Nothing: whoever reads it reads standard error too.
  public func text(refusedFor errors: [ReportedError]) -> String { "" }
}

/// What is told where nothing is to be: standard output has another report.
public struct NoReport: Report {
  /// Makes one.
  public init() {}

  /// Nothing.
  public func text(for event: ReportedEvent) -> String { "" }
}
