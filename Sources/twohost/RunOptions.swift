// SPDX-License-Identifier: Apache-2.0

import Glibc
import Harness
import Linux
import Scenario
import Verdict

/// The options of `twohost run` beside those that choose scenarios.
enum RunOptions {
  static let jobs = CommandOption(
    name: "--jobs", short: "-j", value: "N", help: "run this many cases at once (default: one per core)")
  static let shard = CommandOption(
    name: "--shard", value: "I/N", help: "run only the I-th of N parts; a case's part depends only on its id"
  )
  static let repetitions = CommandOption(
    name: "--repeat", value: "N", help: "run all cases this many times")
  static let retries = CommandOption(
    name: "--retries", value: "N",
    help: "run a failing case up to this many more times; one that then passes is flaky")
  static let allowFlaky = CommandOption(
    name: "--allow-flaky", help: "do not fail the run because of flaky cases")
  static let failFast = CommandOption(name: "--fail-fast", help: "start no more cases once one has failed")
  static let timeoutFactor = CommandOption(
    name: "--timeout-factor", value: "X", help: "multiply each case's timeout by X, for slow machines")
  static let noPrograms = CommandOption(
    name: "--no-programs", help: "refuse to run if any selected scenario runs a program")
  static let noConfineFiles = CommandOption(
    name: "--no-confine-files", help: "let programs change files wherever their user may")
  static let artifacts = CommandOption(
    name: "--artifacts", value: "DIR", help: "where captures and outputs go (default: twohost-artifacts)")
  static let capture = CommandOption(
    name: "--capture", value: "WHICH", help: "keep the captures of all, failed (default) or none",
    choices: CaseRunner.Captures.Choice.allCases.map(\.rawValue))

  static let lastFailed = CommandOption(
    name: "--last-failed",
    help: "run only what did not pass last time, as recorded in the --artifacts folder")

  static let watch = CommandOption(
    name: "--watch", help: "keep running: run again what a saved file affects, until Ctrl-C")

  static let htmlAll = CommandOption(
    name: "--html-all", help: "show packets of passing cases too on the --html page")

  static let all = [
    jobs, shard, repetitions, retries, allowFlaky, failFast, timeoutFactor, noPrograms, noConfineFiles,
    artifacts, capture, lastFailed, watch, htmlAll,
  ]

  /// Those that a configuration may have.
  static let configurable = [
    jobs, retries, allowFlaky, failFast, timeoutFactor, noPrograms, artifacts, capture,
  ]

  private static let defaultFolder = "twohost-artifacts"

  /// The plan for the selected scenarios.
  ///
  /// - Throws: when an option has a value that means nothing.
  static func plan(_ cases: [ScenarioCase], _ arguments: Arguments) throws(UsageError) -> RunPlan {
    var plan = RunPlan(
      cases, shard: try shard(arguments),
      repetitions: try arguments.number(repetitions, in: 1...1_000_000) ?? 1)
    plan.jobs = try arguments.number(jobs, in: 1...256) ?? CPUAffinity.processorCount
    plan.retries = try arguments.number(retries, in: 0...100) ?? 0
    plan.timeoutFactor = try factor(arguments)
    plan.allowsFlaky = arguments.has(allowFlaky)
    plan.endsAtFailure = arguments.has(failFast)
    plan.invocation = invocation(arguments)
    return plan
  }

  /// Where captures go, and of which cases.
  ///
  /// - Throws: where something stands in the folder's place that nothing can be written below.
  static func captures(_ arguments: Arguments) throws(UsageError) -> CaseRunner.Captures {
    let folder = folder(arguments)
    let choice = arguments.value(capture).flatMap(CaseRunner.Captures.Choice.init) ?? .failed
    guard !folder.isEmpty else { throw UsageError("--artifacts needs the name of a folder") }
    if choice != .none, let obstacle = OutputFolder.obstacle(at: folder) {
      throw UsageError(
        "nothing can be written below \"\(folder)\": \(obstacle)", hint: "choose another --artifacts")
    }
    return CaseRunner.Captures(choice, in: folder)
  }

  /// The folder of artifacts, without a slash at its end: behind a link it would lead to where the link does.
  static func folder(_ arguments: Arguments) -> String {
    (arguments.value(artifacts) ?? defaultFolder).withoutSlashes
  }

  /// What did not pass before, where runs with these options keep it.
  static func failures(_ captures: CaseRunner.Captures) throws(Obstruction) -> LastFailed? {
    guard captures.choice != .none else { return nil }
    do throws(SystemError) {
      return try LastFailed(in: captures.folder)
    } catch {
      throw Obstruction(
        .harnessFailed, "what failed before cannot be read in \"\(captures.folder)\": \(error)",
        fix: "choose another --artifacts")
    }
  }

  /// Of some cases those that did not pass when they were run last, where only they are asked for.
  ///
  /// - Throws: where nobody knows what failed.
  static func chosen(
    _ cases: [ScenarioCase], _ failures: LastFailed?, _ arguments: Arguments
  ) throws(UsageError) -> [ScenarioCase] {
    guard arguments.has(lastFailed) else { return cases }
    guard let places = failures?.places else {
      let folder = arguments.value(artifacts) ?? defaultFolder
      throw UsageError(
        "--last-failed: \"\(folder)\" keeps no failure of an earlier run, and one in which all passes keeps nothing",
        hint: "run without it")
    }
    let failed = Set(places)
    return cases.filter { failed.contains($0.place) }
  }

  /// Of which cases a page shows what went between the hosts.
  ///
  /// - Throws: where all are asked for, and no page is.
  static func shown(_ arguments: Arguments) throws(UsageError) -> CaseRunner.Captures.Choice {
    let isAsked = arguments.value(ReportOptions.html) != nil
    guard arguments.has(htmlAll) else { return isAsked ? .failed : .none }
    guard isAsked else { throw UsageError("--html-all needs --html", hint: "add --html FILE") }
    return .all
  }

  /// How this run was called, for what is said of repeating one of its cases.
  private static func invocation(_ arguments: Arguments) -> Invocation {
    let options = [ScenarioOptions.networks, timeoutFactor].flatMap { option in
      arguments.value(option).map { [option.name, $0] } ?? []
    }
    return Invocation(program: program, options: options)
  }

  /// How this program was called, behind `sudo` where that was used.
  static var program: [String] {
    (SudoCaller.ofThisProcess == nil ? [] : ["sudo"]) + [ProcessArguments.words.first ?? "twohost"]
  }

  /// Which part of the cases is asked for; nil for all.
  ///
  /// - Throws: where that is none.
  static func shard(_ arguments: Arguments) throws(UsageError) -> Shard? {
    guard let text = arguments.value(shard) else { return nil }
    let words = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard words.count == 2, let number = words[0], let count = words[1], let part = Part(number, of: count)
    else {
      throw UsageError(
        "--shard must be two numbers such as 1/4, the first from 1 to the second, not \"\(text)\"")
    }
    return Shard(part)
  }

  private static func factor(_ arguments: Arguments) throws(UsageError) -> Double {
    guard let text = arguments.value(timeoutFactor) else { return 1 }
    guard let factor = Double(text), (0.1...1000).contains(factor) else {
      throw UsageError("--timeout-factor must be a number from 0.1 to 1000, not \"\(text)\"")
    }
    return factor
  }
}

extension String {
  /// The text without the slashes that it ends with.
  fileprivate var withoutSlashes: String {
    lastIndex { $0 != "/" }.map { String(self[...$0]) } ?? self
  }
}
