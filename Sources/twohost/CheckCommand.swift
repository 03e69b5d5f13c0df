// SPDX-License-Identifier: Apache-2.0

import Verdict

/// `twohost check`: validates scenarios and runs nothing.
enum CheckCommand: Command {
  static let name = "check"
  static let operands = "[PATH…]"
  static let summary = "validate scenario files, run nothing"
  static let details = ["All errors of all files are said at once. No privilege is needed."]
  static let options = [
    ScenarioOptions.set, ScenarioOptions.networks, ScenarioOptions.allowEmpty,
    ConfigurationOptions.noConfig,
  ]
  static let configurable = [ScenarioOptions.set, ScenarioOptions.networks]

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard let (library, _) = try ScenarioOptions.load(arguments) else { return .usage }
    guard library.fileCount > 0 else { return ScenarioOptions.nothingSelected(arguments, in: library) }
    let noun = library.fileCount == 1 ? "1 scenario file is" : "\(library.fileCount) scenario files are"
    try Console.write("\(noun) right\n")
    return .passed
  }
}
