// SPDX-License-Identifier: Apache-2.0

import Harness
import Report
import Scenario
import Verdict

/// `twohost run`: runs scenarios.
enum RunCommand: Command {
  static let name = "run"
  static let operands = "[PATH…]"
  static let summary = "run scenarios (default: scenarios/); needs privilege"
  static let details = [
    "A PATH is a scenario file, or a folder: then every file below it whose name ends in .json5 is run, but for",
    "hidden ones and those in folders named netns. Nothing is run while any file is wrong.",
  ]
  static let options = ScenarioOptions.all + [artifacts, capture, noPrograms, colour]

  private static let artifacts = CommandOption(
    name: "--artifacts", value: "DIR", help: "where captures and outputs go (default: twohost-artifacts)")
  private static let capture = CommandOption(
    name: "--capture", value: "WHICH", help: "keep the captures of all, failed (default) or none",
    choices: CaseRunner.Captures.Choice.allCases.map(\.rawValue))
  private static let noPrograms = CommandOption(
    name: "--no-programs", help: "run nothing while any selected scenario runs a program")
  private static let colour = CommandOption(
    name: "--color", value: "WHEN", help: "auto (default), always or never",
    choices: ["auto", "always", "never"])

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard let (_, scenarios) = ScenarioOptions.load(arguments) else { return .usage }
    guard !scenarios.isEmpty else { return ScenarioOptions.nothingSelected(arguments) }
    guard !arguments.has(noPrograms) || refusesNone(of: scenarios) else { return .usage }
    let choice = arguments.value(capture).flatMap(CaseRunner.Captures.Choice.init) ?? .failed
    let captures = CaseRunner.Captures(choice, in: arguments.value(artifacts) ?? "twohost-artifacts")
    let runner = CaseRunner(captures: captures, application: Version.text)
    let report = TerminalReport(palette: Console.palette(arguments.value(colour)))
    var failure: OutputError?
    let summary = ScenarioRun(scenarios, runner: runner, version: Version.number).run { event in
      do throws(OutputError) {
        if failure == nil { try Console.write(report.text(for: event)) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return summary.exitStatus
  }

  /// Whether no scenario runs a program; those that do are named.
  private static func refusesNone(of scenarios: [Scenario]) -> Bool {
    let refused = scenarios.filter(\.hasPrograms)
    for scenario in refused {
      Console.explain("error: \(Printable.escape(scenario.id)) runs a program, and --no-programs was given")
    }
    return refused.isEmpty
  }
}
