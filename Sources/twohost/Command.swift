// SPDX-License-Identifier: Apache-2.0

import Verdict

/// One of the program's commands.
protocol Command: SendableMetatype {
  /// Its name.
  static var name: String { get }
  /// What stands behind its name: `[PATH…]`.
  static var operands: String { get }
  /// What it does, in one line.
  static var summary: String { get }
  /// What else there is to know, in lines.
  static var details: [String] { get }
  /// Its options beside `--help` and `--version`.
  static var options: [CommandOption] { get }
  /// Those of them that a file beside the scenarios may have defaults of.
  static var configurable: [CommandOption] { get }
  /// Whether it writes reports, which are to say so where it is refused.
  static var writesReports: Bool { get }

  /// Does it.
  ///
  /// - Throws: `UsageError`, `OutputError`, or an `Obstruction` that says why it cannot be done.
  static func run(_ arguments: Arguments) throws -> ExitStatus
}

extension Command {
  static var configurable: [CommandOption] { [] }
  static var writesReports: Bool { false }

  /// The page that `--help` prints.
  static var help: String {
    let all = options + [.help, .version]
    let names = all.map { [$0.names, $0.value].compactMap { $0 }.joined(separator: " ") }
    let width = (names.map(\.count).max() ?? 0) + 2
    let lines = zip(names, all).map { name, option in
      "  " + name + String(repeating: " ", count: width - name.count) + option.help
    }
    let usage = "usage: twohost \(name) [options] \(operands)".trimmedEnd
    return ([usage, "", summary] + (details.isEmpty ? [] : [""] + details) + ["", "options:"] + lines)
      .map { $0 + "\n" }.joined()
  }
}

extension String {
  /// The text without a space at its end.
  var trimmedEnd: String { hasSuffix(" ") ? String(dropLast()) : self }
}
