// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// The report that GitLab, Jenkins and GitHub's reporters show: JUnit's XML as Jenkins defines it (junit-10.xsd).
///
/// A case that was not run is `skipped`, which some count as passed; a run that was interrupted or is not complete has
/// an error of its own, so that it never looks like one that passed.
///
/// It is made while the run goes on: what it says of each case is for others to put aside, so that a run of many cases
/// takes no more memory than one of few. The document is the head, what was put aside of properties, the middle, what
/// was put aside of cases, and the tail.
public struct JUnitReport: Sendable {
  /// What a case adds to the document, line ends included.
  public struct Addition: Sendable {
    /// To its properties.
    public let properties: String
    /// To its cases.
    public let cases: String
  }

  private var run: ReportedRun?
  private var end: ReportedEnd?
  private var counts: [Result: Int] = [:]

  /// Begins a report.
  public init() {}

  /// Takes an event, cases in the plan's order, and gives what it adds.
  public mutating func take(_ event: ReportedEvent) -> Addition {
    switch event {
    case .run(let begun): run = begun
    case .end(let ended): end = ended
    case .case(let result):
      counts[outcome(of: result), default: 0] += 1
      return Addition(
        properties: seeds(of: result).map { $0.text(within: 3) }.joined(),
        cases: testCase(result).text(within: 2))
    }
    return Addition(properties: "", cases: "")
  }

  /// The document up to the properties of cases; of a run that is over.
  public var head: String {
    let opened = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", root.begin]
    return XMLElement.text(opened, within: 0) + XMLElement.text([suite.begin], within: 1)
      + XMLElement.text([Self.properties.begin], within: 2)
      + properties.map { $0.text(within: 3) }.joined()
  }

  /// What stands between the properties and the cases.
  public var middle: String { XMLElement.text([Self.properties.end], within: 2) }

  /// What stands behind the cases; of a run that is over.
  public var tail: String {
    problems.map { $0.text(within: 2) }.joined() + XMLElement.text([suite.end], within: 1)
      + XMLElement.text([root.end], within: 0)
  }

  private var root: XMLElement { XMLElement("testsuites", [("name", "twohost")] + totals + [time], []) }

  private var suite: XMLElement {
    let skipped = ("skipped", "\(counts[.skipped] ?? 0)")
    return XMLElement("testsuite", [("name", "twohost")] + totals + [skipped, time], [])
  }

  private var totals: [(String, String)] {
    let problems = problems.count
    return [
      ("tests", "\(counts.values.reduce(problems, +))"), ("failures", "\(counts[.failure] ?? 0)"),
      ("errors", "\((counts[.error] ?? 0) + problems)"),
    ]
  }

  private var time: (String, String) { ("time", Duration(inSeconds: end?.seconds ?? 0).decimal) }

  /// How a case counts in JUnit's words.
  private enum Result: String {
    case passed, failure, error, skipped
  }

  private func outcome(of result: ReportedCase) -> Result {
    switch result.status {
    case .passed: .passed
    case .failed: .failure
    case .flaky: allowsFlaky ? .passed : .failure
    case .cannotRun, .notJudged: .error
    case .knownFailure, .notRun: .skipped
    }
  }

  private var allowsFlaky: Bool { run?.allowsFlaky == true }

  private static let properties = XMLElement("properties", [], [])

  private static func property(_ name: String, _ value: String) -> XMLElement {
    XMLElement("property", [("name", name), ("value", value)])
  }

  private var properties: [XMLElement] {
    let values = [
      ("version", run?.version), ("kernel", run?.kernel), ("jobs", run?.jobs.map(String.init)),
      ("shard", run?.shard.map { "\($0.number) of \($0.of)" }), ("shards", run?.shards.map { "\($0)" }),
      ("exit status", end.map { "\($0.exitStatus)" }),
    ]
    return values.compactMap { name, value in value.map { Self.property(name, $0) } }
  }

  private func seeds(of result: ReportedCase) -> [XMLElement] {
    result.seeds.sorted { $0.key < $1.key }.map { name, seed in
      Self.property("seed of \(result.id), \(name)", "\(seed)")
    }
  }

  private func testCase(_ result: ReportedCase) -> XMLElement {
    let attributes = [
      ("classname", result.file), ("name", result.id), ("time", Duration(inSeconds: result.seconds).decimal),
    ]
    return XMLElement("testcase", attributes, verdict(result) + attempts(result))
  }

  private func verdict(_ result: ReportedCase) -> [XMLElement] {
    let outcome = outcome(of: result)
    guard outcome != .passed else { return [] }
    let attributes = [("type", result.status.rawValue), ("message", result.message)]
    let hasText = outcome != .skipped || result.text != nil
    return [XMLElement(outcome.rawValue, attributes, text: hasText ? result.evidence : [])]
  }

  /// The attempts before the last: those of a case that passes in the end are flaky, the others were runs again.
  private func attempts(_ result: ReportedCase) -> [XMLElement] {
    let name = result.status == .flaky && allowsFlaky ? "flakyFailure" : "rerunFailure"
    return result.failedAttempts.enumerated().map { index, attempt in
      let message = "attempt \(index + 1): \(ReportedCase.message(of: attempt.findings))"
      let shown = XMLElement("stackTrace", [], text: DocumentText.lines(attempt.text))
      return XMLElement(name, [("message", message), ("type", result.status.rawValue)], [shown])
    }
  }

  /// What is wrong beside the cases: of what kept a run from being, each error has a case of its own.
  private var problems: [XMLElement] {
    guard let errors = end?.errors else {
      return end.problems.map { problem($0, in: "twohost", "the run", "run") }
    }
    return errors.map { problem($0.sentence, in: $0.file ?? "twohost", $0.place ?? "the run", "refused") }
  }

  private func problem(_ text: String, in file: String, _ name: String, _ type: String) -> XMLElement {
    let error = XMLElement("error", [("type", type), ("message", text)], text: [DocumentText.escape(text)])
    return XMLElement("testcase", [("classname", file), ("name", name), ("time", "0.000000")], [error])
  }
}
