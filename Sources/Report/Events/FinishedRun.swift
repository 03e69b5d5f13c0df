// SPDX-License-Identifier: Apache-2.0

import Verdict

/// All that happened in a run.
public struct FinishedRun: Sendable {
  /// How it began; nil where it did not.
  public let run: ReportedRun?
  /// Its cases, in the plan's order.
  public let cases: [ReportedCase]
  /// How it ended; nil where it was cut short.
  public let end: ReportedEnd?

  /// Takes the events of one run, in the order of time.
  public init(_ events: [ReportedEvent]) {
    var (run, cases, end): (ReportedRun?, [ReportedCase], ReportedEnd?) = (nil, [], nil)
    for event in events {
      switch event {
      case .run(let begun): run = begun
      case .case(let result): cases.append(result)
      case .end(let ended): end = ended
      }
    }
    self.run = run
    self.cases = cases.sorted { $0.position < $1.position }
    self.end = end
  }
}

extension ReportedEnd? {
  /// What is wrong beside the cases, in sentences; of a run that came to no end, that.
  var problems: [String] { self?.allProblems ?? ["the run was cut short"] }
}

extension ReportedCase {
  /// What became of it, in one line, escaped.
  var message: String {
    switch status {
    case .passed: ""
    case .failed: Self.message(of: findings)
    case .flaky:
      "flaky: passed at attempt \(attempts), before: " + Self.message(of: failedAttempts.last?.findings ?? [])
    case .knownFailure: DocumentText.escape("known to fail: \(knownFailure ?? "")")
    case .cannotRun: DocumentText.escape("cannot run here: \(reason ?? "")")
    case .notJudged: DocumentText.escape("not judged: \(reason ?? "")")
    case .notRun: DocumentText.escape("not run: \(reason ?? "")")
    }
  }

  /// What shows why it did not pass, in lines that are made to be printed; of a flaky one, its last failure.
  var evidence: [String] {
    let shown = status == .flaky ? failedAttempts.last?.text : text
    let tries = fix.map { ["fix  \(DocumentText.escape($0))"] } ?? []
    let captured = capture.map { ["capture  \(DocumentText.escape($0))"] } ?? []
    let rest = (shown.map(DocumentText.lines) ?? []) + tries + captured
    return [message] + (rest.isEmpty ? [] : [""] + rest)
  }

  /// What it, or the last attempt that failed, found first.
  var firstFinding: ReportedFinding? { findings.first ?? failedAttempts.last?.findings.first }

  static func message(of findings: [ReportedFinding]) -> String {
    let more = findings.count > 1 ? " (and \(count(findings.count - 1, "more finding")))" : ""
    return DocumentText.escape(findings.first?.text ?? "") + more
  }
}
