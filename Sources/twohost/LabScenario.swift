// SPDX-License-Identifier: Apache-2.0

import Report
import Scenario

/// The hosts that a lab is asked for: those of a scenario, of a network, or of the built-in one.
enum LabScenario {
  /// Reads what is asked for; nil, with what is wrong told, where that is nothing that there is.
  static func read(_ arguments: Arguments) throws -> Scenario? {
    guard let operand = arguments.operands.first else {
      return network("lan", in: arguments.value(ScenarioOptions.networks))
    }
    guard operand.hasSuffix(".json5") || operand.contains("/") || operand == "-" else {
      return network(operand, in: arguments.value(ScenarioOptions.networks))
    }
    if let (folder, name) = networkFile(operand) { return network(name, in: folder) }
    let (_, cases) = try ScenarioOptions.load(arguments)
    guard cases.count == 1 else {
      let names = cases.prefix(3).map(\.id).joined(separator: ", ")
      throw UsageError(
        cases.isEmpty
          ? "\(operand) has no such case" : "\(operand) has \(cases.count) cases, but a lab needs one",
        hint: cases.isEmpty ? nil : "choose with --filter, such as \(names)")
    }
    return cases[0].scenario.setUp
  }

  /// The folder and the name of a network whose file is named; nil for a scenario's: networks stand in folders `netns`.
  private static func networkFile(_ path: String) -> (folder: String, name: String)? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[parts.count - 2] == "netns", path.hasSuffix(".json5") else { return nil }
    return (parts.dropLast().joined(separator: "/"), String(parts[parts.count - 1].dropLast(6)))
  }

  private static func network(_ name: String, in folder: String?) -> Scenario? {
    let (scenario, diagnostics) = Scenario.setUp(network: name, networks: folder)
    if !diagnostics.isEmpty { Console.explain(DiagnosticText.render(diagnostics)) }
    return scenario
  }
}
