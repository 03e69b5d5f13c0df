// SPDX-License-Identifier: Apache-2.0

import Linux
import Report
import Verdict

/// The options by which commands choose their reports, and the writing of those that come at the end.
enum ReportOptions {
  static let report = CommandOption(
    name: "--report", value: "WHICH", help: "standard output: terminal (default), tap or github",
    choices: ["terminal", "tap", "github"])
  static let junit = CommandOption(name: "--junit", value: "FILE", help: "write JUnit XML to this file")
  static let json = CommandOption(name: "--json", value: "FILE", help: "write JSON lines to this file")
  static let quiet = CommandOption(name: "--quiet", help: "print only what did not pass, and the counts")
  static let verbose = CommandOption(
    name: "--verbose", help: "print titles, and what known failures failed with")
  static let colour = CommandOption(
    name: "--color", value: "WHEN", help: "auto (default), always or never",
    choices: ["auto", "always", "never"])

  static let all = [report, junit, json, quiet, verbose, colour]

  /// The report for standard output.
  static func standardReport(_ arguments: Arguments) throws(UsageError) -> any Report {
    let verbosity: TerminalReport.Verbosity
    switch (arguments.has(quiet), arguments.has(verbose)) {
    case (false, false): verbosity = .normal
    case (true, false): verbosity = .quiet
    case (false, true): verbosity = .verbose
    case (true, true): throw UsageError("--quiet and --verbose contradict each other")
    }
    let terminal = TerminalReport(
      palette: Console.palette(arguments.value(colour)), verbosity: verbosity)
    return switch arguments.value(report) {
    case "tap": TAPReport()
    case "github": GitHubReport(terminal)
    default: terminal
    }
  }

  /// Writes what is written when a run is over: the JUnit file, and on GitHub the summary of the step.
  ///
  /// - Throws: `SystemError` or `OutputError` when one cannot be written; the others are written all the same.
  static func writeDocuments(_ finished: FinishedRun, _ arguments: Arguments) throws {
    let document = Result {
      guard let path = arguments.value(junit) else { return }
      try OutputFile.write(Array(JUnitReport(finished).text.utf8), to: path)
    }
    if arguments.value(report) == "github", let path = Console.variable("GITHUB_STEP_SUMMARY") {
      try Console.append(GitHubSummary(finished).text, to: path)
    }
    try document.get()
  }
}
