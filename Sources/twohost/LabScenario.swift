// SPDX-License-Identifier: Apache-2.0

import Report
import Scenario

/// The hosts that a lab is asked for: those of a scenario, of a network, or of the built-in one.
enum LabScenario {
  /// Reads what is asked for; nil, with what is wrong told, where that is nothing that there is.
  static func read(_ arguments: Arguments) throws -> Scenario? {
    guard let operand = arguments.operands.first else { return network("lan", arguments) }
    guard operand.hasSuffix(".json5") || operand.contains("/") || operand == "-" else {
      return network(operand, arguments)
    }
    guard let (_, cases) = try ScenarioOptions.load(arguments) else { return nil }
    guard cases.count == 1 else {
      let names = cases.prefix(3).map(\.id).joined(separator: ", ")
      throw UsageError(
        cases.isEmpty
          ? "\(operand) has no such case" : "\(operand) has \(cases.count) cases, and a lab is of one",
        hint: cases.isEmpty ? nil : "choose by --filter, such as \(names)")
    }
    return cases[0].scenario.setUp
  }

  private static func network(_ name: String, _ arguments: Arguments) -> Scenario? {
    let (scenario, diagnostics) = Scenario.setUp(
      network: name, networks: arguments.value(ScenarioOptions.networks))
    if !diagnostics.isEmpty { Console.explain(DiagnosticText.render(diagnostics)) }
    return scenario
  }
}
