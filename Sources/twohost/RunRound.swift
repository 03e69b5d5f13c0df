// SPDX-License-Identifier: Apache-2.0

import Harness
import Linux
import Report
import Scenario
import Verdict

/// One run of some cases, from what an earlier one left to what is kept of this one.
struct RunRound {
  /// The cases, less those that the options leave out.
  let scenarios: [ScenarioCase]
  private let arguments: Arguments
  private let captures: CaseRunner.Captures
  private let failures: LastFailed?
  private let plan: RunPlan
  private let shown: CaseRunner.Captures.Choice

  /// Prepares the run of cases; with `isAgain`, of cases that a saved file touches.
  ///
  /// - Throws: when an option has a value that means nothing, or what failed before cannot be read.
  init(of selected: [ScenarioCase], _ arguments: Arguments, isAgain: Bool = false) throws {
    self.arguments = arguments
    captures = try RunOptions.captures(arguments)
    failures = try RunOptions.failures(captures)
    scenarios = isAgain ? selected : try RunOptions.chosen(selected, failures, arguments)
    plan = try RunOptions.plan(scenarios, arguments)
    shown = try RunOptions.shown(arguments)
  }

  /// How many cases it runs, repetitions counted.
  var count: Int { plan.count }

  /// Removes what earlier runs left of these cases, and of those of wrong files where `files` are those of all cases: what
  /// is there is not to be taken for what this one has found.
  ///
  /// - Throws: where that cannot be removed.
  func removeEarlier(wrongFiles: [String] = []) throws(Obstruction) {
    try ReportOptions.removeEarlier(arguments)
    guard captures.choice != .none else { return }
    // Which cases of a wrong file would be run is known where all of them are.
    let isOfAll = ![ScenarioOptions.filter, ScenarioOptions.tag, RunOptions.shard, RunOptions.lastFailed]
      .contains(where: arguments.has)
    do throws(SystemError) {
      try EarlierArtifacts(of: plan.ids, files: isOfAll ? wrongFiles : [], in: captures.folder).remove()
    } catch {
      throw Obstruction(
        .harnessFailed, "what an earlier run left of these cases cannot be removed: \(error)",
        fix: "choose another --artifacts")
    }
  }

  /// Checks that it may begin.
  ///
  /// - Throws: where there is no room for it, or programs are refused and a case has some.
  func checkBeginning() throws {
    let refused = arguments.has(RunOptions.noPrograms) ? scenarios.filter(\.hasPrograms) : []
    guard refused.isEmpty else {
      let sentences = refused.map { "\($0.id) runs a program, and --no-programs was given" }
      throw WrongFiles(problems: [], diagnostics: Diagnostics(), others: sentences)
    }
    if let obstruction = MemoryNeed.obstruction(to: plan) { throw obstruction }
  }

  /// Runs the cases, and tells `listen` too of what happens.
  ///
  /// - Throws: where a report cannot be begun, or threads and descriptors cannot be had.
  func run(
    _ stop: StopRequest, _ signals: SignalWatch, telling listen: (Event) -> Void = { _ in }
  ) throws -> ExitStatus {
    let runner = CaseRunner(
      captures: captures, application: Version.text, confinesFiles: !arguments.has(RunOptions.noConfineFiles),
      showing: shown)
    let reports = try ReportOptions.reports(arguments, giveUp: stop.make)
    let run = ScenarioRun(plan, runner: runner, version: Version.number, stop: stop)
    var failures = failures
    let summary = try run.run(interruption: { signals.interruption }, beat: reports.beat) { event in
      failures?.take(event)
      reports.take(event)
      listen(event)
    }
    reports.finish()
    keep(failures)
    Console.explain(failures: reports.failures)
    return reports.failures.isEmpty ? summary.exitStatus : .harnessFailed
  }

  /// Keeps what failed for the next run; where that cannot be, this one's verdict is none the worse.
  private func keep(_ failures: LastFailed?) {
    do throws(SystemError) {
      try failures?.keep()
    } catch {
      Console.explain(failures: ["what failed cannot be kept for --last-failed: \(error)"])
    }
  }
}
