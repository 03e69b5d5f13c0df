// SPDX-License-Identifier: Apache-2.0

import Harness
import Linux
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
  static let options = ScenarioOptions.all + RunOptions.all + ReportOptions.all

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard let (_, scenarios) = ScenarioOptions.load(arguments) else { return .usage }
    guard !scenarios.isEmpty else { return ScenarioOptions.nothingSelected(arguments) }
    guard !arguments.has(RunOptions.noPrograms) || refusesNone(of: scenarios) else { return .usage }
    let plan = try RunOptions.plan(scenarios, arguments)
    let captures = try RunOptions.captures(arguments)
    if try Privilege.obtain() {
      Console.explain("twohost: running in a user namespace, since this user has no privilege")
    }
    let stop = try StopRequest()
    let signals = try SignalWatch(stop: stop)
    let runner = CaseRunner(captures: captures, application: Version.text)
    let reports = try ReportOptions.reports(arguments, giveUp: stop.make)
    let run = ScenarioRun(plan, runner: runner, version: Version.number, stop: stop)
    let summary = try run.run(interruption: { signals.interruption }, beat: reports.beat, reports.take)
    reports.finish()
    Console.explain(failures: reports.failures)
    return reports.failures.isEmpty ? summary.exitStatus : .harnessFailed
  }

  /// Whether no scenario runs a program; those that do are named.
  private static func refusesNone(of cases: [ScenarioCase]) -> Bool {
    let refused = cases.filter(\.scenario.hasPrograms)
    for scenario in refused {
      Console.explain("error: \(Printable.escape(scenario.id)) runs a program, and --no-programs was given")
    }
    return refused.isEmpty
  }
}
