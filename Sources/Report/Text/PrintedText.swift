// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// What programs under test printed, as it is shown in a report: foreign text, so that each line has a prefix and
/// is escaped, and no line begins where a CI would take it for a command.
enum PrintedText {
  private static let mostLines = 8
  private static let mostCharacters = 120

  /// The last lines of each stream: `receiver| Hello`, or `receiver! Traceback` for its standard error.
  static func lines(_ prints: [ProgramPrint]) -> [String] {
    prints.flatMap { print in
      let mark = print.stream == "stderr" ? "!" : "|"
      return lastLines(of: print.output).map { "\(print.host.rawValue)\(mark) \($0)" }
    }
  }

  private static func lastLines(of output: PrintedOutput) -> [String] {
    // Bytes, since CR and LF together are one character and no LF.
    let lines = output.kept.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let printed = lines.last?.isEmpty == true ? lines.dropLast() : lines[...]
    let shown = printed.suffix(mostLines).map { line in
      let start = String(decoding: line, as: UTF8.self).prefix(mostCharacters + 1)
      let text = Printable.escape(String(start))
      return text.count > mostCharacters ? "\(text.prefix(mostCharacters)) …" : text
    }
    let before = printed.count - shown.count
    return before > 0 ? ["… \(count(before, "line")) before"] + shown : shown
  }
}
