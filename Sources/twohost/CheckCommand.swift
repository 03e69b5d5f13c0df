// SPDX-License-Identifier: Apache-2.0

import Verdict

/// `twohost check`: validates scenarios and runs nothing.
enum CheckCommand: Command {
  static let name = "check"
  static let operands = "[PATH…]"
  static let summary = "validate scenario files without running them"
  static let details = ["All errors in all files are reported at once. No privilege is needed."]
  static let options = [
    ScenarioOptions.set, ScenarioOptions.networks, ScenarioOptions.allowEmpty,
    ConfigurationOptions.noConfig,
  ]
  static let configurable = [ScenarioOptions.set, ScenarioOptions.networks]

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let (library, _) = try ScenarioOptions.load(arguments)
    guard try ScenarioOptions.check(library.fileCount > 0, arguments, in: library) else { return .passed }
    let noun = library.fileCount == 1 ? "1 scenario file is" : "\(library.fileCount) scenario files are"
    try Console.write("\(noun) valid\n")
    return .passed
  }
}
