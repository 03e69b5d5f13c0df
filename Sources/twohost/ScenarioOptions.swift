// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// The options by which commands choose scenarios, and the loading of those chosen.
enum ScenarioOptions {
  static let filter = CommandOption(
    name: "--filter", value: "TEXT", help: "only scenarios whose id contains it")
  static let tag = CommandOption(
    name: "--tag", value: "NAME", help: "only scenarios with one of these tags; !NAME: without it",
    isRepeatable: true)
  static let networks = CommandOption(
    name: "--networks", value: "DIR", help: "look for networks in this folder first")
  static let allowEmpty = CommandOption(name: "--allow-empty", help: "end well when nothing is selected")

  static let all = [filter, tag, networks, allowEmpty]

  private static let defaultPath = "scenarios"

  /// Reads the scenarios that the command line asks for; what is wrong with any file is said in full.
  ///
  /// - Returns: nil when a file is wrong.
  static func load(_ arguments: Arguments) -> (library: ScenarioLibrary, selected: [ScenarioCase])? {
    let paths = arguments.operands.isEmpty ? [defaultPath] : arguments.operands
    let library = ScenarioLibrary(paths: paths, networks: arguments.value(networks))
    for problem in library.problems { Console.explain("error: \(problem)") }
    if !library.diagnostics.isEmpty { Console.explain(DiagnosticText.render(library.diagnostics)) }
    guard library.isRight else { return nil }
    let selection = ScenarioSelection(filter: arguments.value(filter), tags: arguments.all(tag))
    return (library, library.cases.filter(selection.includes))
  }

  /// The status for a command that found nothing to do.
  static func nothingSelected(_ arguments: Arguments) -> ExitStatus {
    Console.explain("twohost: no scenario was selected")
    return arguments.has(allowEmpty) ? .passed : .nothingSelected
  }
}
