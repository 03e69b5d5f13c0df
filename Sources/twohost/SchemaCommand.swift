// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// `twohost schema`: says what a file may hold, to programs and to people.
enum SchemaCommand: Command {
  static let name = "schema"
  static let operands = ""
  static let summary = "print the JSON Schema of a scenario file"
  static let details = ["JSON Schema 2020-12, for editors. No privilege is needed."]
  static let options = [network, reference]

  private static let network = CommandOption(
    name: "--network", help: "print the schema of a network file instead")
  private static let reference = CommandOption(
    name: "--reference", help: "print the reference page instead, in Markdown")

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard arguments.operands.isEmpty else { throw UsageError("schema takes no operand") }
    switch (arguments.has(network), arguments.has(reference)) {
    case (false, false): try Console.write(LanguageSchema.scenario())
    case (true, false): try Console.write(LanguageSchema.network())
    case (false, true): try Console.write(LanguageReference.markdown())
    case (true, true): throw UsageError("--network and --reference are two things to print")
    }
    return .passed
  }
}
