// SPDX-License-Identifier: Apache-2.0

import Verdict

/// What the program is and can do, in short: what `--help` prints, and what the manual page says too.
enum Overview {
  static let purpose = """
    Makes two hosts joined by a cable, plays an exchange of packets between them, watches both ends, and says
    whether it went right, and if not, why.
    """

  static let exitStatuses: [(statuses: [ExitStatus], meaning: String)] = [
    ([.passed], "every selected case passed"),
    ([.failed], "a case failed, or a known failure passed"),
    ([.usage], "the command line or a file is wrong: nothing was run"),
    ([.cannotRunHere], "this machine or user cannot run it: see twohost doctor"),
    ([.nothingSelected], "nothing was selected"),
    ([.harnessFailed], "the harness could not do its work: the verdict cannot be trusted"),
    ([.hungUp, .interrupted, .terminated], "ended by SIGHUP, SIGINT or SIGTERM, in order and with reports"),
  ]

  static var text: String {
    let calls = TwoHost.commands.map { ("\($0.name) \($0.operands)", $0.summary) }
    let statuses = exitStatuses.map { (numbers($0.statuses), $0.meaning) }
    return """
      usage: twohost COMMAND [options]

      \(purpose)

      \(columns(calls, width: 24))

      twohost help COMMAND says more about one; twohost --version prints the version.

      exit status:
      \(columns(statuses, width: 4))
      """
  }

  /// Exit statuses as numbers: `129, 130, 143`.
  static func numbers(_ statuses: [ExitStatus]) -> String {
    statuses.map { "\($0.rawValue)" }.joined(separator: ", ")
  }

  private static func columns(_ rows: [(String, String)], width: Int) -> String {
    rows.map { left, right in
      "  " + left + String(repeating: " ", count: max(2, width - left.count)) + right
    }.joined(separator: "\n")
  }
}
