// SPDX-License-Identifier: Apache-2.0

import Linux
import Report
import Scenario
import Verdict

/// Files in which something is wrong, so that nothing is done.
struct WrongFiles: Error {
  /// What cannot be read.
  let problems: [FileProblem]
  /// What is wrong in those that can be.
  let diagnostics: Diagnostics
  /// What else is, in sentences.
  var others: [String] = []

  /// Says it in full.
  func explain() {
    for problem in problems { Console.explain("error: \(problem)") }
    for other in others { Console.explain("error: \(Printable.escape(other))") }
    if !diagnostics.isEmpty { Console.explain(DiagnosticText.render(diagnostics)) }
  }
}

/// Nothing was selected.
struct NothingSelected: Error {
  /// Why, in sentences, the first of which says that it is so.
  let reasons: [String]
}

/// What refused runs leave: reports that say why, so that nobody takes those of an earlier run for theirs.
enum Refusal {
  /// Tells of an error in every report that a command line asks for.
  static func report(_ error: any Error, _ arguments: Arguments) {
    guard !(error is OutputError) else { return }
    let (status, errors) = told(error)
    if let standard = try? ReportOptions.standardReport(arguments) {
      try? Console.write(standard.text(refusedFor: errors))
    }
    // Where two go to one place, nobody knows which of them is wanted there.
    guard (try? ReportOptions.check(arguments)) != nil, error as? Obstruction != ReportOptions.taken else {
      return
    }
    let events = ReportedEvent.refusal(
      of: Version.number, on: SystemInformation.kernelRelease, shard: try? RunOptions.shard(arguments)?.part,
      errors,
      status)
    Console.explain(failures: ReportOptions.write(events, arguments))
  }

  private static func told(_ error: any Error) -> (ExitStatus, [ReportedError]) {
    switch error {
    case let error as UsageError: (.usage, [ReportedError(error.message, fix: error.hint)])
    case let wrong as WrongFiles:
      (
        .usage,
        wrong.problems.map { ReportedError($0) } + wrong.others.map { ReportedError($0) }
          + wrong.diagnostics.sorted.map { ReportedError($0) }
      )
    case let nothing as NothingSelected:
      (.nothingSelected, [ReportedError(nothing.reasons.joined(separator: "; "))])
    case let obstruction as Obstruction:
      (obstruction.status, [ReportedError(obstruction.reason, fix: obstruction.fix)])
    default: (.harnessFailed, [ReportedError("\(error)")])
    }
  }
}
