// SPDX-License-Identifier: Apache-2.0

import Linux
import Report
import Verdict

/// The options by which commands choose their reports.
enum ReportOptions {
  static let report = CommandOption(
    name: "--report", value: "WHICH", help: "standard output: terminal (default), tap or github",
    choices: ["terminal", "tap", "github"])
  static let junit = CommandOption(
    name: "--junit", value: "FILE", help: "write JUnit XML to this file; - is standard output")
  static let json = CommandOption(
    name: "--json", value: "FILE", help: "write JSON lines to this file; until the end it is FILE.part")
  static let html = CommandOption(
    name: "--html", value: "FILE", help: "write one page of the run to this file, for a browser")
  static let quiet = CommandOption(
    name: "--quiet", short: "-q", help: "print only what did not pass, and the counts")
  static let verbose = CommandOption(
    name: "--verbose", short: "-v", help: "print titles, and what known failures failed with")
  static let timing = CommandOption(
    name: "--timing", help: "print where each case's time went: set-up, exchange, judging, tear-down")
  static let colour = CommandOption(
    name: "--color", value: "WHEN", help: "auto (default), always or never",
    choices: ["auto", "always", "never"])

  /// Those that name a file, or "-" for standard output.
  private static let files = [json, junit, html]

  static let all = [report, junit, json, html, quiet, verbose, timing, colour]

  /// Those that a configuration may have.
  static let configurable = [report, junit, json, html, timing]

  /// Where a report goes that has a file: standard output for "-"; nil where it is not asked for.
  static func path(_ option: CommandOption, _ arguments: Arguments) -> String? {
    arguments.value(option).map { $0 == "-" ? "/dev/stdout" : $0 }
  }

  /// Whether standard output has another report than the one for people or harnesses.
  static func hasFileOnStandardOutput(_ arguments: Arguments) -> Bool {
    files.contains { arguments.value($0) == "-" }
  }

  /// The report for standard output.
  ///
  /// - Throws: where options contradict each other.
  static func standardReport(_ arguments: Arguments) throws(UsageError) -> any Report {
    if hasFileOnStandardOutput(arguments) {
      if arguments.given(report) != nil {
        throw UsageError("--report goes to standard output too, as \"-\" does")
      }
      return NoReport()
    }
    let verbosity: TerminalReport.Verbosity
    switch (arguments.has(quiet), arguments.has(verbose)) {
    case (false, false): verbosity = .normal
    case (true, false): verbosity = .quiet
    case (false, true): verbosity = .verbose
    case (true, true): throw UsageError("--quiet and --verbose contradict each other")
    }
    let terminal = RecappingReport(
      TerminalReport(
        palette: Console.palette(arguments.value(colour)), verbosity: verbosity,
        showsTiming: arguments.has(timing)))
    return switch arguments.value(report) {
    case "tap": TAPReport()
    case "github": GitHubReport(terminal)
    default: terminal
    }
  }

  /// The reports of a run; `giveUp` is called when one cannot be written any more.
  ///
  /// - Throws: where two options contradict each other, or a report's file cannot be begun.
  static func reports(_ arguments: Arguments, giveUp: @escaping () -> Void) throws -> RunReports {
    RunReports(
      standard: try standardReport(arguments), lines: try lineFile(arguments),
      documents: RunDocuments(arguments), showsProgress: !hasFileOnStandardOutput(arguments), giveUp: giveUp)
  }

  /// Refuses options that contradict each other.
  static func check(_ arguments: Arguments) throws(UsageError) {
    _ = try standardReport(arguments)
    try checkPlaces(arguments)
  }

  /// Refuses a command line by which two reports would go to one place, however that is spelled.
  private static func checkPlaces(_ arguments: Arguments) throws(UsageError) {
    var taken: [ReportPlace: String] = [:]
    if !hasFileOnStandardOutput(arguments), let place = ReportPlace.standardOutput {
      taken[place] = "the report on standard output"
    }
    for (name, path, places) in places(arguments) {
      for place in places {
        if let other = taken[place] {
          throw UsageError(
            "\(name) and \(other) would write to the same file, \"\(path)\"", hint: "choose another file")
        }
      }
      for place in places { taken[place] = name }
    }
  }

  /// What is written beside the report on standard output: its name, its path, and the places that are written to.
  private static func places(_ arguments: Arguments) -> [(name: String, path: String, places: [ReportPlace])]
  {
    let lines = path(json, arguments).map { (json.name, $0, [ReportPlace($0), ReportPlace.part(of: $0)]) }
    let documents = [junit, html].map { option in
      path(option, arguments).map { (option.name, $0, [ReportPlace($0)]) }
    }
    let summary = stepSummary(arguments).map { ("the step summary", $0, [ReportPlace($0)]) }
    return ([lines] + documents + [summary]).compactMap { entry in
      entry.map { ($0.0, $0.1, $0.2.compactMap { $0 }) }
    }
  }

  /// Where GitHub takes the summary of a step; nil where it is not asked for.
  static func stepSummary(_ arguments: Arguments) -> String? {
    arguments.value(report) == "github" ? Console.variable("GITHUB_STEP_SUMMARY") : nil
  }

  /// Removes the reports that an earlier run has written to the files of this one.
  ///
  /// - Throws: where one cannot be removed, or another run is writing to its file.
  static func removeEarlier(_ arguments: Arguments) throws(Obstruction) {
    var lines = try lineFile(arguments)
    do throws(SystemError) {
      try lines.take()?.discard()
      for option in [junit, html] {
        if let path = path(option, arguments) { try ReportFile.removeEarlier(path) }
      }
    } catch {
      throw Obstruction(
        .harnessFailed, "a report of an earlier run cannot be removed: \(error)", fix: "choose another file")
    }
  }

  /// Writes the events of a run that is over to all files that are asked for.
  ///
  /// - Returns: what could not be written, in sentences.
  static func write(_ events: [ReportedEvent], _ arguments: Arguments) -> [String] {
    var failures: [String] = []
    if let path = path(json, arguments) {
      do throws(SystemError) {
        try ReportFile.write(Array(events.map(JSONLines().text).joined().utf8), to: path)
      } catch {
        failures.append("the JSON lines cannot be written: \(error)")
      }
    }
    var documents = RunDocuments(arguments)
    do throws(DocumentError) {
      for event in events {
        try documents.takeAtOnce(event)
        try documents.take(event)
      }
    } catch {
      failures.append("\(error)")
    }
    return failures + documents.write()
  }

  /// Another run writes to the files of this one.
  static let taken = Obstruction(
    .harnessFailed, "another run is writing its JSON lines to this file", fix: "choose another --json file")

  private static func lineFile(_ arguments: Arguments) throws(Obstruction) -> GrowingFile? {
    guard let path = path(json, arguments) else { return nil }
    do throws(SystemError) {
      return try GrowingFile(path)
    } catch {
      if error.errno == .wouldBlock { throw taken }
      throw Obstruction(
        .harnessFailed, "the JSON lines cannot be written: \(error)", fix: "choose another --json file")
    }
  }
}
