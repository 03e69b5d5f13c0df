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
    "hidden ones and those in folders named netns; - is standard input. Nothing is run while any file is wrong.",
  ]
  static let options = ScenarioOptions.all + RunOptions.all + ReportOptions.all

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    // Before anything else: a signal that comes while files are read is not to go without a report.
    let stop = try StopRequest()
    let signals = try SignalWatch(stop: stop)
    try ReportOptions.check(arguments)
    var givenUp: Interruption?
    let (library, selected) = try ScenarioOptions.read(arguments) {
      givenUp = givenUp ?? signals.overdue
      return givenUp != nil
    }
    let captures = try RunOptions.captures(arguments)
    var failures = try RunOptions.failures(captures)
    let scenarios = try RunOptions.chosen(selected, failures, arguments)
    let plan = try RunOptions.plan(scenarios, arguments)
    let shown = try RunOptions.shown(arguments)
    // Before anything can keep the run from being: what is there is not to be taken for what it has found.
    try ReportOptions.removeEarlier(arguments)
    try removeEarlier(plan, library, captures, arguments)
    if let givenUp {
      Console.explain("twohost: ended by \(givenUp.rawValue) while files were read: nothing was run")
      return givenUp.exitStatus
    }
    guard library.isRight else { return .usage }
    if arguments.has(RunOptions.lastFailed), scenarios.isEmpty, !selected.isEmpty {
      Console.explain("twohost: of the selected cases all passed when they were run last")
      return .passed
    }
    guard !scenarios.isEmpty || arguments.has(ScenarioOptions.allowEmpty) else {
      return ScenarioOptions.nothingSelected(arguments, in: library)
    }
    guard !arguments.has(RunOptions.noPrograms) || refusesNone(of: scenarios) else { return .usage }
    if let obstruction = MemoryNeed.obstruction(to: plan) { throw obstruction }
    if try plan.count > 0 && Privilege.obtain() {
      Console.explain("twohost: running in a user namespace, since this user has no privilege")
    }
    try signals.start()
    let runner = CaseRunner(
      captures: captures, application: Version.text, confinesFiles: !arguments.has(RunOptions.noConfineFiles),
      showing: shown)
    let reports = try ReportOptions.reports(arguments, giveUp: stop.make)
    let run = ScenarioRun(plan, runner: runner, version: Version.number, stop: stop)
    let summary = try run.run(interruption: { signals.interruption }, beat: reports.beat) { event in
      failures?.take(event)
      reports.take(event)
    }
    reports.finish()
    keep(failures)
    Console.explain(failures: reports.failures)
    guard reports.failures.isEmpty else { return .harnessFailed }
    return summary.exitStatus == .nothingSelected ? passing(without: scenarios) : summary.exitStatus
  }

  /// Keeps what failed for the next run; where that cannot be, this one's verdict is none the worse.
  private static func keep(_ failures: LastFailed?) {
    do throws(SystemError) {
      try failures?.keep()
    } catch {
      Console.explain(failures: ["what failed cannot be kept for --last-failed: \(error)"])
    }
  }

  /// A run without cases passes where that is allowed, or where the other shards have them.
  private static func passing(without scenarios: [ScenarioCase]) -> ExitStatus {
    let reason = scenarios.isEmpty ? "no scenario was selected" : "no case belongs to this shard"
    Console.explain("twohost: \(reason)")
    return .passed
  }

  /// Removes what earlier runs left of the cases of a plan, and of those of files that are wrong now.
  private static func removeEarlier(
    _ plan: RunPlan, _ library: ScenarioLibrary, _ captures: CaseRunner.Captures, _ arguments: Arguments
  ) throws(Obstruction) {
    guard captures.choice != .none else { return }
    // Which cases of a wrong file would be run is known where all of them are.
    let isOfAll = ![ScenarioOptions.filter, ScenarioOptions.tag, RunOptions.shard, RunOptions.lastFailed]
      .contains(
        where: arguments.has)
    do throws(SystemError) {
      try EarlierArtifacts(
        of: plan.ids, files: isOfAll ? library.wrongFiles : [], in: captures.folder
      ).remove()
    } catch {
      throw Obstruction(
        .harnessFailed, "what an earlier run left of these cases cannot be removed: \(error)",
        fix: "choose another --artifacts")
    }
  }

  /// Whether no scenario runs a program; those that do are named.
  private static func refusesNone(of cases: [ScenarioCase]) -> Bool {
    let refused = cases.filter(\.hasPrograms)
    for scenario in refused {
      Console.explain("error: \(Printable.escape(scenario.id)) runs a program, and --no-programs was given")
    }
    return refused.isEmpty
  }
}
