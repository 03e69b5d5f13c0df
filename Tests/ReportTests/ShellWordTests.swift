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
      ("a\u{1b}b", #"'a\u{1b}b'"#),
    ])
  func quote(_ text: String, _ word: String) {
    #expect(ShellWord.quote(text) == word)
  }
}
