// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// The report for a person's terminal and for logs: a line a case, and under one that failed what shows why.
public struct TerminalReport: Sendable {
  private let palette: Palette

  private static let idWidth = 36
  private static let durationWidth = 8

  /// Makes a report with these colours.
  public init(palette: Palette) {
    self.palette = palette
  }

  /// What an event adds to the report, line ends included.
  public func text(for event: Event) -> String {
    let lines: [String] =
      switch event {
      case .runStarted(let run): [header(run)]
      case .caseStarted: []
      case .caseFinished(let result): caseLines(result)
      case .runFinished(let summary): [footer(summary)]
      }
    return lines.map { $0 + "\n" }.joined()
  }

  private func header(_ run: RunDescription) -> String {
    let kernel = Printable.escape(run.kernel)
    return palette.faint("twohost \(run.version) · Linux \(kernel) · \(count(run.cases, "case"))")
  }

  private func caseLines(_ result: CaseResult) -> [String] {
    let id = TextTable.padded(Printable.escape(result.id), to: Self.idWidth)
    let time = result.duration.formatted
    let padding = String(repeating: " ", count: max(1, Self.durationWidth - time.count))
    switch result.outcome {
    case .judged(let verdict):
      let counts = Place.allCases.map { "\(verdict.counts[$0, default: 0]) \($0.rawValue)" }
      let line = "\(word(verdict)) \(id)\(padding)\(time)   \(counts.joined(separator: "  "))"
      if let reason = verdict.knownFailure { return [line] + indented([known(verdict, reason)], by: 6) }
      return verdict.isPassed ? [line] : [line] + failure(result, verdict)
    case .notJudged(let obstruction):
      return ["\(palette.bad("ERROR")) \(id)\(padding)\(time)   not judged"] + [""]
        + indented(words(of: obstruction), by: 2)
        + trailer(result)
    case .notRun: return []
    }
  }

  private func word(_ verdict: CaseVerdict) -> String {
    if verdict.knownFailure != nil { return palette.faint("KNOWN") }
    return verdict.isPassed ? palette.good("PASS") + " " : palette.bad("FAIL") + " "
  }

  /// Why a case is known to fail, and what it failed with now.
  private func known(_ verdict: CaseVerdict, _ reason: String) -> String {
    var names: [String] = []
    for name in verdict.allFindings.map(\.kind.name) where !names.contains(name) { names.append(name) }
    return Printable.escape("\(reason) (\(names.joined(separator: ", ")))")
  }

  private func words(of obstruction: Obstruction) -> [String] {
    let fix = obstruction.fix.map { ["fix  \($0)"] } ?? []
    return ([obstruction.reason] + fix).map(Printable.escape)
  }

  private func failure(_ result: CaseResult, _ verdict: CaseVerdict) -> [String] {
    [""] + FailureText(verdict, palette: palette).lines + trailer(result)
  }

  private func trailer(_ result: CaseResult) -> [String] {
    let capture = result.capture.map { ["capture  \(Printable.escape($0))"] } ?? []
    let again = "again    sudo twohost run \(ShellWord.quote(result.scenario.file.path))"
    return [""] + indented(capture + [again], by: 4) + [""]
  }

  private func footer(_ summary: RunSummary) -> String {
    let parts: [(Int, String)] = [
      (summary.count(of: .failed), "failed"), (summary.count(of: .flaky), "flaky"),
      (summary.count(of: .knownFailure), "known to fail"),
      (summary.count(of: .cannotRun) + summary.count(of: .notJudged), "not judged"),
      (summary.count(of: .notRun), "not run"),
    ]
    let rest = parts.filter { $0.0 > 0 || $0.1 == "failed" }.map { "\($0.0) \($0.1)" }
    let passed = summary.count(of: .passed)
    return "\(passed) passed, \(rest.joined(separator: ", ")) in \(summary.duration.formatted)"
  }
}

/// The lines, each with spaces before it; an empty one stays empty.
func indented(_ lines: [String], by width: Int) -> [String] {
  lines.map { $0.isEmpty ? "" : String(repeating: " ", count: width) + $0 }
}

/// A number with its noun: `1 case`, `2 cases`.
func count(_ number: Int, _ noun: String) -> String {
  "\(number) \(noun)\(number == 1 ? "" : "s")"
}

extension Duration {
  /// The time as people read it: `0.4 ms`, `12 ms`, `1.25 s`.
  var formatted: String {
    let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    switch microseconds {
    case ..<10_000: return "\(microseconds / 1000).\(microseconds % 1000 / 100) ms"
    case ..<1_000_000: return "\(microseconds / 1000) ms"
    default:
      let hundredths = microseconds / 10_000
      let digits = hundredths % 100
      return "\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits) s"
    }
  }
}
