// SPDX-License-Identifier: Apache-2.0

import Scenario

/// Lines for the log of a CI that takes some lines for commands.
enum LogLine {
  /// The line with nothing left in it that GitHub, Azure or TeamCity would obey.
  ///
  /// They obey a line that begins with `::` behind spaces, and `##[`, `##vso[`, `##teamcity[` anywhere; the first
  /// character of each is written as an escape.
  static func guarded(_ line: String) -> String {
    let text = line.drop { $0 == " " }
    let isCommand = text.hasPrefix("::")
    let begun = isCommand ? "\(line.prefix(line.count - text.count))\\u{3a}\(text.dropFirst())" : line
    guard begun.contains("##") else { return begun }
    return ["##[", "##vso[", "##teamcity["].reduce(begun) { line, command in
      line.replacing(command, with: "\\u{23}" + command.dropFirst())
    }
  }
}
