// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// The report for a person's terminal and for logs: a line a case, and under one that failed what shows why.
public struct TerminalReport: Report {
  let palette: Palette
  private let verbosity: Verbosity
  private let showsTiming: Bool

  private static let idWidth = 36
  private static let durationWidth = 8

  /// Makes a report with these colours.
  public init(palette: Palette, verbosity: Verbosity = .normal, showsTiming: Bool = false) {
    self.palette = palette
    self.verbosity = verbosity
    self.showsTiming = showsTiming
  }

  /// How much is said.
  public enum Verbosity: Sendable {
    /// Only what did not go right, and the counts.
    case quiet
    /// A line for each case as well.
    case normal
    /// The titles of the cases as well, and what known failures failed with.
    case verbose
  }

  /// What an event adds to the report, line ends included.
  public func text(for event: ReportedEvent) -> String {
    let lines: [String] =
      switch event {
      case .run(let run): verbosity == .quiet ? [] : [palette.faint(run.heading)]
      case .case(let result): isQuiet(about: result) ? [] : caseLines(result)
      case .end(let end): end.footer
      }
    return lines.map { LogLine.guarded($0) + "\n" }.joined()
  }

  private func isQuiet(about result: ReportedCase) -> Bool {
    result.status == .notRun || (verbosity == .quiet && result.status.isAccepted)
  }

  private func caseLines(_ result: ReportedCase) -> [String] {
    switch result.status {
    case .passed: [heading(result)] + title(result)
    case .knownFailure: [heading(result)] + title(result) + known(result)
    case .failed: [heading(result)] + title(result) + shown(result.text) + trailer(result)
    case .flaky:
      [heading(result)] + title(result) + shown(result.failedAttempts.last?.text) + trailer(result)
    case .cannotRun, .notJudged:
      [heading(result)] + title(result) + [""] + indented(words(of: result), by: 2) + trailer(result)
    case .notRun: []
    }
  }

  private func heading(_ result: ReportedCase) -> String {
    let id = TextTable.padded(Printable.escape(result.id), to: Self.idWidth)
    let time = Duration(inSeconds: result.seconds).formatted
    let padding = String(repeating: " ", count: max(1, Self.durationWidth - time.count))
    let attempts = result.attempts > 1 ? "   \(count(result.attempts, "attempt"))" : ""
    let timing = showsTiming ? result.timing.map { "   \($0.words)" } ?? "" : ""
    return "\(word(result.status)) \(id)\(padding)\(time)   \(packets(result))\(attempts)\(timing)"
  }

  func word(_ status: CaseStatus) -> String {
    switch status {
    case .passed: palette.good("PASS") + " "
    case .failed: palette.bad("FAIL") + " "
    case .flaky: palette.bad("FLAKY")
    case .knownFailure: palette.faint("KNOWN")
    case .cannotRun, .notJudged, .notRun: palette.bad("ERROR")
    }
  }

  private func packets(_ result: ReportedCase) -> String {
    guard let packets = result.packets else { return "not judged" }
    if let flows = result.flows { return FlowText.line(flows) }
    if let stream = result.stream { return stream.line }
    return "\(packets.sent) sent  \(packets.arrived) arrived  \(packets.delivered) delivered"
  }

  private func title(_ result: ReportedCase) -> [String] {
    guard verbosity == .verbose, !result.title.isEmpty else { return [] }
    return indented([palette.faint(Printable.escape(result.title))], by: 6)
  }

  /// Why a case is known to fail, and what it failed with now.
  private func known(_ result: ReportedCase) -> [String] {
    let reason = "\(result.knownFailure ?? "") (\(result.kinds.joined(separator: ", ")))"
    let findings = verbosity == .verbose ? result.findings.map { Printable.escape($0.sentence) } : []
    return indented([Printable.escape(reason)] + findings, by: 6)
  }

  private func words(of result: ReportedCase) -> [String] {
    let fix = result.fix.map { ["fix  \($0)"] } ?? []
    return ([result.reason ?? ""] + fix).map(Printable.escape)
  }

  /// What shows why a case failed; the rows with a mark say by it what their colour says.
  private func shown(_ text: String?) -> [String] {
    let lines = (text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let coloured = lines.map { $0.hasPrefix(FailureText.mark) ? palette.bad($0) : $0 }
    return [""] + indented(coloured, by: 2)
  }

  private func trailer(_ result: ReportedCase) -> [String] {
    let lost = result.captureFailure.map { "cannot be written: \($0); choose another --artifacts folder" }
    let capture = (result.capture ?? lost).map { ["capture  \(Printable.escape($0))"] } ?? []
    let again = result.again.map { ["again    \(Printable.escape($0))"] } ?? []
    return [""] + indented(capture + again, by: 4) + [""]
  }
}

extension ReportedRun {
  /// What is run here, in one line.
  var heading: String {
    let words = [
      "twohost \(Printable.escape(version))", "Linux \(Printable.escape(kernel))", count(cases, "case"),
      jobs.flatMap { $0 > 1 ? "\($0) jobs" : nil }, shard.map { "shard \($0.number) of \($0.of)" },
      shards.map { "merged from \(count($0, "shard"))" },
    ]
    return words.compactMap { $0 }.joined(separator: " · ")
  }
}

extension ReportedEnd {
  /// What came of the run: how the cases ended, and under that why there is no telling of others.
  var footer: [String] {
    [countsInWords + " in " + Duration(inSeconds: seconds).formatted + interruptionInWords] + problemsInWords
  }

  /// How many cases ended how: `11 passed, 1 failed`.
  var countsInWords: String {
    let parts: [(Int, String)] = [
      (count(of: .failed), "failed"), (count(of: .flaky), "flaky"),
      (count(of: .knownFailure), "known to fail"),
      (count(of: .cannotRun) + count(of: .notJudged), "not judged"),
      (count(of: .notRun), "not run"),
    ]
    let rest = parts.filter { $0.0 > 0 || $0.1 == "failed" }.map { "\($0.0) \($0.1)" }
    return "\(count(of: .passed)) passed, \(rest.joined(separator: ", "))"
  }

  /// What the footer says of a signal; nothing where there was none.
  private var interruptionInWords: String { interruption.map { " · interrupted by \($0.rawValue)" } ?? "" }

  private var problemsInWords: [String] { problems.map { "not complete: \(Printable.escape($0))" } }
}

/// The lines, each with spaces before it; an empty one stays empty.
func indented(_ lines: [String], by width: Int) -> [String] {
  lines.map { $0.isEmpty ? "" : String(repeating: " ", count: width) + $0 }
}

/// A number with its noun: `1 case`, `2 cases`.
func count(_ number: Int, _ noun: String) -> String {
  "\(number) \(noun)\(number == 1 ? "" : "s")"
}
