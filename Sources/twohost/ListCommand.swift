// SPDX-License-Identifier: Apache-2.0

import Report
import Verdict

/// `twohost list`: says which scenarios there are.
enum ListCommand: Command {
  static let name = "list"
  static let operands = "[PATH…]"
  static let summary = "list scenarios: ids, titles, tags"
  static let details = ["No privilege is needed."]
  static let options = ScenarioOptions.all + [json]
  static let configurable = ScenarioOptions.configurable

  private static let json = CommandOption(
    name: "--json", help: "print one JSON object per line: id, title, tags, programs, file")

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let (library, scenarios) = try ScenarioOptions.load(arguments)
    guard try ScenarioOptions.check(!scenarios.isEmpty, arguments, in: library) else { return .passed }
    let listed = scenarios.map { ListedScenario($0) }
    try Console.write(arguments.has(json) ? ScenarioListText.json(listed) : ScenarioListText.text(listed))
    return .passed
  }
}
