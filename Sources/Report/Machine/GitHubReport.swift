// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// The report for GitHub's logs: the terminal's, and behind it annotations on the lines of the scenarios that did not
/// pass.
public struct GitHubReport: Report {
  private var terminal: any Report
  private var errors = Annotations()
  private var warnings = Annotations()
  private var allowsFlaky = false

  /// GitHub shows ten of a step; the tenth says how many more there are.
  fileprivate static let mostAnnotations = 9
  private static let mostFindings = 4

  /// Makes a report around the terminal's.
  public init(_ terminal: some Report) {
    self.terminal = terminal
  }

  /// What an event adds to the report, line ends included.
  public mutating func text(for event: ReportedEvent) -> String {
    let text = terminal.text(for: event)
    switch event {
    case .run(let run): allowsFlaky = run.allowsFlaky
    case .case(let result):
      if !result.status.isAccepted && result.status != .notRun { annotate(result) }
    case .end(let end): return text + annotations(end).map { $0 + "\n" }.joined()
    }
    return text
  }

  /// Annotations of one level, as many of them as may be shown, and how many there are.
  private struct Annotations {
    private(set) var shown: [String] = []
    private(set) var count = 0

    mutating func add(_ make: () -> String) {
      count += 1
      if shown.count < mostAnnotations { shown.append(make()) }
    }
  }

  /// A case that lets the run pass all the same is a warning.
  private mutating func annotate(_ result: ReportedCase) {
    if result.status == .flaky && allowsFlaky {
      warnings.add { Self.annotation("warning", result) }
    } else {
      errors.add { Self.annotation("error", result) }
    }
  }

  private func annotations(_ end: ReportedEnd) -> [String] {
    let problems = end.allProblems.map {
      Self.annotation("error", [("title", "the run")], DocumentText.escape($0))
    }
    let countOfErrors = problems.count + errors.count
    let more = countOfErrors + warnings.count - Self.mostAnnotations
    let shown = (problems + errors.shown + warnings.shown).prefix(Self.mostAnnotations)
    guard more > 0 else { return Array(shown) }
    let level = countOfErrors > Self.mostAnnotations ? "error" : "warning"
    return shown + [Self.annotation(level, [("title", "twohost")], "and \(more) more")]
  }

  /// An annotation of each error, as many as are shown, at its place.
  public func text(refusedFor errors: [ReportedError]) -> String {
    var shown = Annotations()
    for error in errors {
      let place = [
        ("file", error.file), ("line", error.line.map(String.init)), ("col", error.column.map(String.init)),
      ]
      let properties =
        place.compactMap { name, value in value.map { (name, $0) } } + [("title", "nothing was run")]
      let fix = error.fix.map { "\nfix: \(DocumentText.escape($0))" } ?? ""
      shown.add { Self.annotation("error", properties, DocumentText.escape(error.text) + fix) }
    }
    let more = shown.count - shown.shown.count
    let last = more > 0 ? [Self.annotation("error", [("title", "twohost")], "and \(more) more")] : []
    return (shown.shown + last).map { $0 + "\n" }.joined()
  }

  private static func annotation(_ level: String, _ result: ReportedCase) -> String {
    let place = result.firstFinding
    var properties = [
      ("file", place?.file ?? result.file), ("line", "\(place?.line ?? result.line)"),
      ("title", "\(result.id): \(result.status.words)"),
    ]
    if let place { properties.insert(("col", "\(place.column)"), at: 2) }
    return annotation(level, properties, message(result))
  }

  private static func message(_ result: ReportedCase) -> String {
    guard result.status == .failed else {
      return result.message + (result.fix.map { "\nfix: \(DocumentText.escape($0))" } ?? "")
    }
    let shown = result.findings.prefix(mostFindings).map { DocumentText.escape($0.text) }
    let more = result.findings.count - shown.count
    return (shown + (more > 0 ? ["and \(count(more, "more finding"))"] : [])).joined(separator: "\n")
  }

  /// A command of GitHub's: `::error file=a,line=1::text`.
  private static func annotation(_ level: String, _ properties: [(String, String)], _ message: String)
    -> String
  {
    let values = properties.map { name, value in
      let escaped = escapedData(LogLine.guarded(DocumentText.escape(value)))
      return "\(name)=" + DocumentText.replacing(in: escaped, [":": "%3A", ",": "%2C"])
    }
    return "::\(level) \(values.joined(separator: ","))::\(escapedData(LogLine.guarded(message)))"
  }

  private static func escapedData(_ text: String) -> String {
    DocumentText.replacing(in: text, ["%": "%25", "\r": "%0D", "\n": "%0A"])
  }
}

extension CaseStatus {
  /// How it counts, in words.
  var words: String {
    switch self {
    case .passed: "passed"
    case .failed: "failed"
    case .flaky: "flaky"
    case .knownFailure: "known to fail"
    case .cannotRun: "cannot run here"
    case .notJudged: "not judged"
    case .notRun: "not run"
    }
  }
}
