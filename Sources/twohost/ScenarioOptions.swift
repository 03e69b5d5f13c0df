// SPDX-License-Identifier: Apache-2.0

import Glibc
import Scenario
import Verdict

/// The options by which commands choose scenarios, and the loading of those chosen.
enum ScenarioOptions {
  static let filter = CommandOption(
    name: "--filter", value: "TEXT",
    help: "only scenarios whose id is or contains this, or matches it with * and ?", isRepeatable: true)
  static let tag = CommandOption(
    name: "--tag", value: "NAME",
    help: "only scenarios with one of these tags, * and ? allowed; !NAME: without it",
    isRepeatable: true)
  static let networks = CommandOption(
    name: "--networks", value: "DIR", help: "look for named networks in this folder first")
  static let allowEmpty = CommandOption(
    name: "--allow-empty", help: "exit with status 0 when nothing is selected")

  static let set = CommandOption(
    name: "--set", value: "NAME=VALUE",
    help: "set a scenario variable, overriding the file's value",
    isRepeatable: true)

  static let all = configurable + [allowEmpty, ConfigurationOptions.noConfig]

  /// Those that a configuration may have.
  static let configurable = [filter, tag, set, networks]

  private static let defaultPath = "scenarios"
  /// What stands for standard input among the paths.
  static let standardInput = "-"

  /// Reads the scenarios that the command line asks for.
  ///
  /// - Throws: when a file is wrong, or a value is set that is none, or of a variable that no selected scenario has.
  static func load(
    _ arguments: Arguments
  ) throws -> (library: ScenarioLibrary, selected: [ScenarioCase]) {
    let read = try read(arguments)
    try check(read.library)
    return read
  }

  /// The paths of a command line, or the folder that is meant where there is none.
  static func paths(_ arguments: Arguments) -> [String] {
    arguments.operands.isEmpty ? [defaultPath] : arguments.operands
  }

  /// Checks that no file is wrong.
  ///
  /// - Throws: with all that is wrong with any.
  static func check(_ library: ScenarioLibrary) throws(WrongFiles) {
    if !library.isRight { throw wrongFiles(of: library) }
  }

  /// What is wrong with any file.
  static func wrongFiles(of library: ScenarioLibrary) -> WrongFiles {
    WrongFiles(problems: library.problems, diagnostics: library.diagnostics)
  }

  /// Reads the scenarios that the command line asks for, of which those of wrong files are missing, unless it is given
  /// up.
  ///
  /// - Throws: when a value is set that is none, or of a variable that no selected scenario has.
  static func read(
    _ arguments: Arguments, isGivenUp: @escaping () -> Bool = { false }
  ) throws(UsageError) -> (library: ScenarioLibrary, selected: [ScenarioCase]) {
    guard !arguments.operands.isEmpty || access(defaultPath, F_OK) == 0 else {
      throw UsageError(
        "no PATH was given, and there is no folder \"\(defaultPath)\" here",
        hint: "name a file or a folder, or write a first scenario: twohost new hello")
    }
    let given = try settings(arguments.given(set) ?? [])
    let settings =
      given
      + (try settings(arguments.byDefault(set))).filter { one in
        !given.contains { $0.name == one.name }
      }
    let library = ScenarioLibrary(
      paths: paths(arguments), networks: arguments.value(networks), settings: settings, isGivenUp: isGivenUp)
    let selected = selection(arguments).selected(of: library.cases)
    // What goes by default is for those scenarios that have such a variable.
    if library.isRight { try check(given, selected) }
    return (library, selected)
  }

  private static func selection(_ arguments: Arguments) -> ScenarioSelection {
    ScenarioSelection(filters: arguments.all(filter), tags: arguments.all(tag))
  }

  /// The values that are set, each of another variable.
  private static func settings(_ texts: [String]) throws(UsageError) -> [VariableSetting] {
    var settings: [VariableSetting] = []
    for text in texts {
      guard let setting = VariableSetting(text) else {
        throw UsageError("--set needs a name and a value such as port=7777, not \"\(text)\"")
      }
      guard !settings.contains(where: { $0.name == setting.name }) else {
        throw UsageError("--set \(setting.name) is given twice")
      }
      settings.append(setting)
    }
    return settings
  }

  /// Where nothing is selected there is nothing that a value could be meant for.
  private static func check(
    _ settings: [VariableSetting], _ selected: [ScenarioCase]
  ) throws(UsageError) {
    guard !settings.isEmpty, !selected.isEmpty else { return }
    let names = Set(selected.flatMap(\.variables)).sorted()
    for setting in settings where !names.contains(setting.name) {
      let suggestion = ClosestMatch.suggestion(for: setting.name, among: names)
      let all = names.isEmpty ? nil : "available: \(names.joined(separator: ", "))"
      throw UsageError(
        "no selected scenario has a variable \"\(setting.name)\"",
        hint: suggestion.map { "did you mean \"\($0)\"?" } ?? all)
    }
  }

  /// Why a command found nothing to do in a library.
  static func nothingSelected(_ arguments: Arguments, in library: ScenarioLibrary) -> NothingSelected {
    let empty = paths(arguments).map { "\"\($0)\"" }.joined(separator: ", ")
    let reasons =
      library.fileCount == 0
      ? ["no file below \(empty) ends in .json5"] : selection(arguments).misses(among: library.cases)
    return NothingSelected(reasons: ["no scenario was selected"] + reasons)
  }

  /// Checks that something is selected, or need not be.
  ///
  /// - Returns: whether something is.
  static func check(_ isSelected: Bool, _ arguments: Arguments, in library: ScenarioLibrary) throws -> Bool {
    guard !isSelected else { return true }
    let nothing = nothingSelected(arguments, in: library)
    guard arguments.has(allowEmpty) else { throw nothing }
    Console.explain(failures: nothing.reasons)
    return false
  }
}
