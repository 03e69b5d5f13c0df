// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// The report that GitLab, Jenkins and GitHub's reporters show: JUnit's XML as Jenkins defines it (junit-10.xsd).
///
/// A case that was not run is `skipped`, which some count as passed; a run that was interrupted or is not complete has
/// an error of its own, so that it never looks like one that passed.
public struct JUnitReport: Sendable {
  private let finished: FinishedRun

  /// Makes a report of a run that is over.
  public init(_ finished: FinishedRun) {
    self.finished = finished
  }

  /// The document.
  public var text: String {
    let cases = finished.cases.map(testCase) + finished.problems.map(problem)
    let (failures, errors, skipped) = (count(of: .failure), count(of: .error), count(of: .skipped))
    let counts = [
      ("tests", "\(cases.count)"), ("failures", "\(failures)"),
      ("errors", "\(errors + finished.problems.count)"),
    ]
    let time = ("time", Duration(inSeconds: finished.end?.seconds ?? 0).decimal)
    let suite = XMLElement(
      "testsuite", [("name", "twohost")] + counts + [("skipped", "\(skipped)"), time], [properties] + cases)
    let root = XMLElement("testsuites", [("name", "twohost")] + counts + [time], [suite])
    return (["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"] + root.lines).map { $0 + "\n" }.joined()
  }

  /// How a case counts in JUnit's words.
  private enum Result: String {
    case passed, failure, error, skipped
  }

  private func outcome(of result: ReportedCase) -> Result {
    switch result.status {
    case .passed: .passed
    case .failed: .failure
    case .flaky: finished.accepts(result) ? .passed : .failure
    case .cannotRun, .notJudged: .error
    case .knownFailure, .notRun: .skipped
    }
  }

  private func count(of outcome: Result) -> Int {
    finished.cases.count { self.outcome(of: $0) == outcome }
  }

  private var properties: XMLElement {
    let run = finished.run
    var values = [
      ("version", run?.version), ("kernel", run?.kernel), ("jobs", run?.jobs.map(String.init)),
      ("shard", run?.shard.map { "\($0.number) of \($0.of)" }), ("shards", run?.shards.map { "\($0)" }),
      ("exit status", finished.end.map { "\($0.exitStatus)" }),
    ]
    for result in finished.cases {
      for (name, seed) in result.seeds.sorted(by: { $0.key < $1.key }) {
        values.append(("seed of \(result.id), \(name)", "\(seed)"))
      }
    }
    return XMLElement(
      "properties", [],
      values.compactMap { name, value in
        value.map { XMLElement("property", [("name", name), ("value", $0)]) }
      })
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
    let name = result.status == .flaky && finished.accepts(result) ? "flakyFailure" : "rerunFailure"
    return result.failedAttempts.enumerated().map { index, attempt in
      let message = "attempt \(index + 1): \(ReportedCase.message(of: attempt.findings))"
      let shown = XMLElement("stackTrace", [], text: DocumentText.lines(attempt.text))
      return XMLElement(name, [("message", message), ("type", result.status.rawValue)], [shown])
    }
  }

  private func problem(_ text: String) -> XMLElement {
    let error = XMLElement("error", [("type", "run"), ("message", text)], text: [DocumentText.escape(text)])
    return XMLElement(
      "testcase", [("classname", "twohost"), ("name", "the run"), ("time", "0.000000")], [error])
  }
}
