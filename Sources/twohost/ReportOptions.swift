// SPDX-License-Identifier: Apache-2.0

import Linux
import Report
import Verdict

/// The options by which commands choose their reports.
enum ReportOptions {
  static let json = CommandOption(
    name: "--json", value: "FILE", help: "write JSON lines to this file, as they happen to FILE.part")
  static let quiet = CommandOption(name: "--quiet", help: "print only what did not go right, and the counts")
  static let verbose = CommandOption(name: "--verbose", help: "print titles too")
  static let colour = CommandOption(
    name: "--color", value: "WHEN", help: "auto (default), always or never",
    choices: ["auto", "always", "never"])

  static let all = [json, quiet, verbose, colour]

  /// The reports that the command line asks for; `giveUp` is called when one cannot be written any more.
  ///
  /// - Throws: where two options contradict each other, or a report's file cannot be begun.
  static func reports(_ arguments: Arguments, giveUp: @escaping () -> Void) throws -> RunReports {
    let terminal = TerminalReport(
      palette: Console.palette(arguments.value(colour)), verbosity: try verbosity(arguments))
    return RunReports(standard: terminal, lines: try lineFile(arguments), giveUp: giveUp)
  }

  private static func verbosity(_ arguments: Arguments) throws(UsageError) -> TerminalReport.Verbosity {
    switch (arguments.has(quiet), arguments.has(verbose)) {
    case (true, true): throw UsageError("--quiet and --verbose contradict each other")
    case (true, false): .quiet
    case (false, true): .verbose
    case (false, false): .normal
    }
  }

  private static func lineFile(_ arguments: Arguments) throws(Obstruction) -> GrowingFile? {
    guard let path = arguments.value(json) else { return nil }
    do throws(SystemError) {
      return try GrowingFile(path)
    } catch {
      throw Obstruction(
        .harnessFailed, "the JSON lines cannot be written: \(error)", fix: "choose another --json file")
    }
  }
}
