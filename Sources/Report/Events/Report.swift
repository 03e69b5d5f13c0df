// SPDX-License-Identifier: Apache-2.0

/// A report that is written as the run goes on.
public protocol Report: Sendable {
  /// What an event adds to the report, line ends included.
  mutating func text(for event: ReportedEvent) -> String
}
