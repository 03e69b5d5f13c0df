// SPDX-License-Identifier: Apache-2.0

/// The manual page, in the macros of man(7).
enum ManPage {
  /// The page, dated by a day such as `2026-01-31` or not at all.
  static func text(date: String?) -> String {
    let title = #".TH TWOHOST 1 "\#(date ?? "")" "\#(Version.text)""#
    return ([title] + opening + commands + exitStatuses + files + example).map { $0 + "\n" }.joined()
  }

  private static let opening = [
    ".SH NAME", #"twohost \- test programs that send and receive IP packets"#, ".SH SYNOPSIS",
    ".B twohost", ".I COMMAND", "[options] [operands]", ".SH DESCRIPTION",
    text(Overview.purpose), ".PP", "Scenario files say what is played and what must hold;",
    #"\fBtwohost schema \-\-reference\fR prints everything that they can say."#,
  ]

  private static var commands: [String] {
    [".SH COMMANDS"] + TwoHost.commands.flatMap(section)
  }

  private static func section(of command: any Command.Type) -> [String] {
    let heading = ".SS " + escape("twohost \(command.name) [options] \(command.operands)".trimmedEnd)
    let details = command.details.isEmpty ? [] : [".PP", text(command.details.joined(separator: " "))]
    return [heading, text(command.summary.sentence)] + details + command.options.flatMap(item)
  }

  private static func item(of option: CommandOption) -> [String] {
    let value = option.value.map { #" \fI\#(escape($0))\fR"# } ?? ""
    return [".TP", #"\fB\#(escape(option.names))\fR\#(value)"#, text(option.help.sentence)]
  }

  private static var exitStatuses: [String] {
    [".SH EXIT STATUS"]
      + Overview.exitStatuses.flatMap { [".TP", Overview.numbers($0.statuses), text($0.meaning.sentence)] }
  }

  private static let files = [
    ".SH FILES", ".TP", ".I scenarios/", "The scenarios that are run if none is named.", ".TP",
    ".I netns/",
    "Networks that scenarios name, next to or above the scenario file.", ".TP", ".I twohost\\-artifacts/",
    "Captures of cases that failed, and what their programs printed.",
  ]

  private static let example = [
    ".SH EXAMPLES", "A scenario that passes as it is, and its run:", ".PP", ".EX",
    "twohost new scenarios/first",
    "sudo twohost run scenarios/first.json5", ".EE",
  ]

  /// A text in lines of the length that readers of the source expect.
  private static func text(_ text: String) -> String {
    var lines = [""]
    for word in text.split(whereSeparator: \.isWhitespace).map(escape) {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = word
      } else if line.count + word.count < longestLine {
        lines[lines.count - 1] = "\(line) \(word)"
      } else {
        lines.append(word)
      }
    }
    return lines.map { $0.hasPrefix(".") || $0.hasPrefix("'") ? #"\&"# + $0 : $0 }.joined(separator: "\n")
  }

  private static let longestLine = 78

  /// The text as roff prints it as it stands: a hyphen stays one that can be copied.
  private static func escape(_ text: some StringProtocol) -> String {
    String(text).replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("…", with: "...")
  }
}

extension String {
  /// The text as a sentence: with a capital and a full stop.
  fileprivate var sentence: String { prefix(1).uppercased() + dropFirst() + "." }
}
