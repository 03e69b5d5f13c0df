// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// The report for a person's terminal, which says at the end of a long run once more what did not pass, a line each.
public struct RecappingReport: Report {
  private let terminal: TerminalReport
  private var shown: [String] = []
  /// How many cases did not pass beside those.
  private var more = 0
  private var cases = 0

  private static let mostShown = 50
  private static let mostCharacters = 100
  /// Of fewer nobody has lost sight.
  private static let fewestCases = 20

  /// Makes one around the report that tells of each case.
  public init(_ terminal: TerminalReport) {
    self.terminal = terminal
  }

  /// What an event adds to the report, line ends included.
  public mutating func text(for event: ReportedEvent) -> String {
    if case .case(let result) = event { take(result) }
    guard case .end = event, cases >= Self.fewestCases, !shown.isEmpty else {
      return terminal.text(for: event)
    }
    let rest = more == 0 ? [] : ["  … and \(more) more"]
    let lines = ["did not pass:"] + shown + rest + [""]
    return lines.map { LogLine.guarded($0) + "\n" }.joined() + terminal.text(for: event)
  }

  private mutating func take(_ result: ReportedCase) {
    cases += 1
    guard !result.status.isAccepted, result.status != .notRun else { return }
    guard shown.count < Self.mostShown else {
      more += 1
      return
    }
    let reason = result.firstFinding?.sentence ?? result.reason ?? ""
    let isLong = reason.count > Self.mostCharacters
    let text = Printable.escape(isLong ? "\(reason.prefix(Self.mostCharacters)) …" : reason)
    shown.append(
      "  \(terminal.word(result.status)) \(Printable.escape(result.id))   \(terminal.palette.faint(text))")
  }
}
