// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Report

/// Words that a person can copy into a POSIX shell.
@Suite struct ShellWordTests {
  @Test(
    "a word is quoted only where a shell would read it otherwise",
    arguments: [
      ("scenarios/a-b_1.json5", "scenarios/a-b_1.json5"), ("a b", "'a b'"), ("", "''"), ("$HOME", "'$HOME'"),
      ("it's", #"'it'\''s'"#), ("a;b", "'a;b'"), ("*", "'*'"), ("~", "'~'"), ("ä", "'ä'"),
      ("a\u{1b}b", #"$'a\033b'"#), ("a\nb'c\\d", #"$'a\012b\047c\134d'"#),
    ])
  func quote(_ text: String, _ word: String) {
    #expect(ShellWord.quote(text) == word)
  }

  @Test(
    "bash reads a word as the text that it stands for",
    arguments: ["a\nb", "\u{1b}[31m'\\", "ä\u{202e}b", "a'b"])
  func bash(_ text: String) throws {
    let judge = try IndependentJudge("exec bash \"$1\"", of: "printf %s \(ShellWord.quote(text))")
    #expect(judge.output == text && judge.status == 0)
  }
}
