// SPDX-License-Identifier: Apache-2.0

import Report
import Verdict

/// `twohost explain`: says what a scenario would send, and how.
enum ExplainCommand: Command {
  static let name = "explain"
  static let operands = "SCENARIO"
  static let summary = "print a scenario's network and every packet as it would be sent"
  static let details = [
    "For each packet: its way out (datagram, socket, header or frame) and why, its fields, and its bytes.",
    "Each case of a matrix is printed; --filter chooses among them. No privilege is needed.",
  ]
  static let options = [
    ScenarioOptions.filter, ScenarioOptions.set, ScenarioOptions.networks, ConfigurationOptions.noConfig,
  ]
  static let configurable = [ScenarioOptions.set, ScenarioOptions.networks]

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard arguments.operands.count == 1 else { throw UsageError("explain needs one scenario file") }
    let (library, scenarios) = try ScenarioOptions.load(arguments)
    guard try ScenarioOptions.check(!scenarios.isEmpty, arguments, in: library) else { return .passed }
    let text = ExplainText(palette: Console.palette(nil))
    for (index, scenario) in scenarios.map(\.scenario).enumerated() {
      try Console.write((index > 0 ? "\n" : "") + text.text(scenario))
    }
    return .passed
  }
}
