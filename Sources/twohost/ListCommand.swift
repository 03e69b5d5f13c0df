// SPDX-License-Identifier: Apache-2.0

import Report
import Verdict

/// `twohost list`: says which scenarios there are.
enum ListCommand: Command {
  static let name = "list"
  static let operands = "[PATH…]"
  static let summary = "list scenarios: ids, titles, tags"
  static let details = ["No privilege is needed."]
  static let options = ScenarioOptions.all

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard let (_, scenarios) = try ScenarioOptions.load(arguments) else { return .usage }
    guard !scenarios.isEmpty else { return ScenarioOptions.nothingSelected(arguments) }
    try Console.write(ScenarioListText.text(scenarios.map { ($0.id, $0.title, $0.tags) }))
    return .passed
  }
}
