// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// The report for harnesses: TAP 14 (testanything.org), with YAML under every case that did not pass.
///
/// A case that was not run is `not ok`: a skipped test would count as passed.
public struct TAPReport: Report {
  private var allowsFlaky = false

  /// Makes a report.
  public init() {}

  /// What an event adds to the report, line ends included.
  public mutating func text(for event: ReportedEvent) -> String {
    let lines: [String]
    switch event {
    case .run(let run):
      allowsFlaky = run.allowsFlaky
      let plan = run.cases > 0 ? "1..\(run.cases)" : "1..0 # SKIP nothing was selected"
      lines = ["TAP version 14", plan, LogLine.guarded("# \(run.heading)")]
    case .case(let result):
      lines = [testPoint(result)] + (result.status == .passed ? [] : diagnostics(result))
    case .end(let end):
      let bail = end.allProblems.prefix(1).map { "Bail out! \(DocumentText.escape($0))" }
      lines = (end.footer.map { "# \($0)" } + bail).map(LogLine.guarded)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// A plan without an end, so that nobody takes it for a run of nothing.
  public func text(refusedFor errors: [ReportedError]) -> String {
    let lines = errors.prefix(1).map { "Bail out! \(DocumentText.escape($0.sentence))" }
    return (["TAP version 14"] + lines).map { LogLine.guarded($0) + "\n" }.joined()
  }

  private func testPoint(_ result: ReportedCase) -> String {
    let isOK = result.status == .passed || (result.status == .flaky && allowsFlaky)
    let flaky = result.status == .flaky ? " (flaky: passed at attempt \(result.attempts))" : ""
    let todo = result.knownFailure.map { " # TODO \(Self.escaped($0))" } ?? ""
    return "\(isOK ? "ok" : "not ok") \(result.position) - \(Self.escaped(result.id + flaky))\(todo)"
  }

  /// A `#` would begin a directive.
  private static func escaped(_ text: String) -> String {
    DocumentText.replacing(in: DocumentText.escape(text), ["\\": "\\\\", "#": "\\#"])
  }

  private func diagnostics(_ result: ReportedCase) -> [String] {
    let place = result.firstFinding
    let values = [
      ("message", Self.quoted(result.message)), ("status", result.status.rawValue),
      ("file", Self.quoted(place?.file ?? result.file)), ("line", "\(place?.line ?? result.line)"),
      ("column", place.map { "\($0.column)" }), ("seconds", Duration(inSeconds: result.seconds).decimal),
      ("attempts", result.attempts > 1 ? "\(result.attempts)" : nil), ("fix", result.fix.map(Self.quoted)),
      ("capture", result.capture.map(Self.quoted)),
    ]
    let block =
      values.compactMap { key, value in value.map { "\(key): \($0)" } } + findings(result) + text(result)
    return indented(["---"] + block + ["..."], by: 2)
  }

  private func findings(_ result: ReportedCase) -> [String] {
    let all = result.status == .flaky ? result.failedAttempts.flatMap(\.findings) : result.findings
    guard !all.isEmpty else { return [] }
    return ["findings:"]
      + all.flatMap { finding in
        [
          "  - kind: \(Self.quoted(finding.kind))",
          "    at: \(Self.quoted("\(finding.file):\(finding.line):\(finding.column)"))",
          "    text: \(Self.quoted(finding.text))",
        ]
      }
  }

  /// The text as a literal block: its first line sets the indentation, so that it is one of ours; its empty lines
  /// keep theirs, because some consumers take a line without any for the block's end.
  private func text(_ result: ReportedCase) -> [String] {
    let shown = result.status == .flaky ? result.failedAttempts.last?.text : result.text
    guard let shown else { return [] }
    return ["text: |"] + (["shown:"] + DocumentText.lines(shown)).map { "  " + LogLine.guarded($0) }
  }

  /// A string of YAML in double quotes.
  private static func quoted(_ text: String) -> String {
    let shown = LogLine.guarded(DocumentText.escape(text))
    return "\"\(DocumentText.replacing(in: shown, ["\\": "\\\\", "\"": "\\\""]))\""
  }
}
