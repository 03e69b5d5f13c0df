// SPDX-License-Identifier: Apache-2.0

/// Lines for the log of a CI that takes some lines for commands.
enum LogLine {
  private static let commands = ["##[", "##vso[", "##teamcity["].map { Array($0.unicodeScalars) }

  /// The line with nothing left in it that GitHub, Azure or TeamCity would obey.
  ///
  /// They obey a line that begins with `::` behind spaces, and `##[`, `##vso[`, `##teamcity[` anywhere; the first
  /// character of each is written as an escape. They compare code points, not characters.
  static func guarded(_ line: String) -> String {
    let start = line.unicodeScalars.firstIndex { !$0.properties.isWhitespace } ?? line.endIndex
    let isCommand = line.unicodeScalars[start...].starts(with: "::".unicodeScalars)
    guard isCommand || line.utf8.contains(UInt8(ascii: "#")) else { return line }
    var guarded = ""
    for index in line.unicodeScalars.indices {
      let rest = line.unicodeScalars[index...]
      if (isCommand && index == start) || commands.contains(where: rest.starts(with:)) {
        guarded += "\\u{\(String(line.unicodeScalars[index].value, radix: 16))}"
      } else {
        guarded.unicodeScalars.append(line.unicodeScalars[index])
      }
    }
    return guarded
  }
}
