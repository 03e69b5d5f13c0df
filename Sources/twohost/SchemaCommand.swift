// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// `twohost schema`: says what a file may hold, to programs and to people.
enum SchemaCommand: Command {
  static let name = "schema"
  static let operands = ""
  static let summary = "print the JSON Schema of a scenario file"
  static let details = ["JSON Schema 2020-12, for editors. No privilege is needed."]
  static let options = [network, config, reference]

  private static let network = CommandOption(
    name: "--network", help: "print the schema of a network file instead")
  private static let config = CommandOption(
    name: "--config", help: "print the schema of \(Configuration.fileName) instead")
  private static let reference = CommandOption(
    name: "--reference", help: "print the reference page instead, in Markdown")

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard arguments.operands.isEmpty else { throw UsageError("schema takes no operand") }
    let asked = [network, config, reference].filter(arguments.has)
    guard asked.count <= 1 else {
      throw UsageError("\(asked[0].name) and \(asked[1].name) cannot be combined")
    }
    let text =
      switch asked.first?.name {
      case network.name: LanguageSchema.network()
      case config.name: LanguageSchema.configuration()
      case reference.name: LanguageReference.markdown()
      default: LanguageSchema.scenario()
      }
    try Console.write(text)
    return .passed
  }
}
