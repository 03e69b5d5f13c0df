// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Verdict

/// `twohost help`: says what there is to know of the commands, to people, manuals and shells.
enum HelpCommand: Command {
  static let name = "help"
  static let operands = "[COMMAND]"
  static let summary = "explain a command, or list all commands"
  static let details = [
    "The manual page and the completions are made from the same table as this help. The page is dated",
    "only if the variable SOURCE_DATE_EPOCH is set.",
  ]
  static let options = [man, completions]

  private static let man = CommandOption(name: "--man", help: "print the manual page, for man -l")
  private static let completions = CommandOption(
    name: "--completions", value: "SHELL", help: "print completions for bash, fish or zsh",
    choices: ShellCompletions.Shell.allCases.map(\.rawValue))

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let shell = arguments.value(completions).flatMap(ShellCompletions.Shell.init)
    switch (arguments.operands.count, arguments.has(man), shell) {
    case (0, false, nil): try Console.write(Overview.text + "\n")
    case (1, false, nil): try Console.write(try TwoHost.command(arguments.operands[0]).help)
    case (0, true, nil): try Console.write(ManPage.text(date: date))
    case (0, false, let shell?): try Console.write(ShellCompletions.text(for: shell))
    default: throw UsageError("help takes one command, or --man, or --completions")
    }
    return .passed
  }

  /// The day of SOURCE_DATE_EPOCH (reproducible-builds.org), in UTC.
  private static var date: String? {
    let text = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"] ?? ""
    return Double(text).map { seconds in
      Date(timeIntervalSince1970: seconds).formatted(.iso8601.year().month().day())
    }
  }
}
