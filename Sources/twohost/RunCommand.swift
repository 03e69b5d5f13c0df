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
  static let details =
    [
      "A PATH is a scenario file, or a folder, whose .json5 files are all run except hidden ones,",
      "twohost.json5, and those in folders named netns; - is standard input. If any file is wrong, nothing",
      "is run.",
    ] + ConfigurationOptions.details
  static let options = ScenarioOptions.all + RunOptions.all + ReportOptions.all
  static let configurable =
    ScenarioOptions.configurable + RunOptions.configurable + ReportOptions.configurable
  static let writesReports = true

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    // Before anything else: a signal that comes while files are read is not to go without a report.
    let stop = try StopRequest()
    let signals = try SignalWatch(stop: stop)
    try ReportOptions.check(arguments)
    if arguments.has(RunOptions.watch) {
      var watch = try RunWatch(arguments, stop, signals)
      return try watch.run()
    }
    var givenUp: Interruption?
    let (library, selected) = try ScenarioOptions.read(arguments) {
      givenUp = givenUp ?? signals.overdue
      return givenUp != nil
    }
    let round = try RunRound(of: selected, arguments)
    // Before anything can keep the run from being.
    try round.removeEarlier(wrongFiles: library.wrongFiles)
    if let givenUp {
      if !library.isRight { ScenarioOptions.wrongFiles(of: library).explain() }
      throw Obstruction(
        givenUp.exitStatus, "ended by \(givenUp.rawValue) while files were read: nothing was run")
    }
    try ScenarioOptions.check(library)
    if arguments.has(RunOptions.lastFailed), round.scenarios.isEmpty, !selected.isEmpty {
      Console.explain("twohost: nothing to run: none of the selected cases failed when it was run last")
      return .passed
    }
    guard !round.scenarios.isEmpty || arguments.has(ScenarioOptions.allowEmpty) else {
      throw ScenarioOptions.nothingSelected(arguments, in: library)
    }
    try round.checkBeginning()
    if round.count > 0 { try obtainPrivilege() }
    try signals.start()
    let status = try round.run(stop, signals)
    return status == .nothingSelected ? passing(without: round.scenarios) : status
  }

  /// Gets the right to make hosts, before any thread is started, and says how where that is worth a word.
  ///
  /// - Throws: where it cannot be had.
  static func obtainPrivilege() throws(Obstruction) {
    if try Privilege.obtain() {
      Console.explain("twohost: running in a user namespace, because this user has no privilege")
    }
  }

  /// A run without cases passes where that is allowed, or where the other shards have them.
  private static func passing(without scenarios: [ScenarioCase]) -> ExitStatus {
    let reason = scenarios.isEmpty ? "no scenario was selected" : "no case belongs to this shard"
    Console.explain("twohost: \(reason)")
    return .passed
  }
}
