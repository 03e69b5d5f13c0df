// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

@Suite("Lines and columns")
struct SourceFileTests {
  @Test(
    "an offset has the line and column that an editor shows",
    arguments: [
      // (text, offset, line, column)
      ("", 0, 1, 1), ("ab", 0, 1, 1), ("ab", 1, 1, 2), ("ab", 2, 1, 3),
      ("a\nb", 1, 1, 2), ("a\nb", 2, 2, 1), ("a\n", 2, 2, 1), ("\n", 0, 1, 1), ("\n\n\n", 2, 3, 1),
      // CR LF is one end of a line, CR alone is another; inside the end counts as its beginning.
      ("a\r\nb", 1, 1, 2), ("a\r\nb", 2, 1, 2), ("a\r\nb", 3, 2, 1), ("a\rb", 2, 2, 1), ("a\r", 2, 2, 1),
      ("\n\rb", 2, 3, 1),
      // Characters, not bytes: é in 2 bytes, 日 in 3, e with a combining accent in 3, a family in 18.
      ("éb", 2, 1, 2), ("日b", 3, 1, 2), ("e\u{301}b", 3, 1, 2), ("👨‍👩‍👧b", 18, 1, 2),
      // A line separator ends no line, as in editors.
      ("a\u{2028}b", 4, 1, 3),
      // A byte order mark takes no column.
      ("\u{feff}ab", 0, 1, 1), ("\u{feff}ab", 3, 1, 1), ("\u{feff}ab", 4, 1, 2),
      // Outside the file: its nearest end.
      ("a\nb", 99, 2, 2), ("a\nb", -1, 1, 1), ("a\nb", .max, 2, 2), ("a\nb", .min, 1, 1),
    ])
  func position(text: String, offset: Int, line: Int, column: Int) {
    let file = SourceFile(path: "f", bytes: Array(text.utf8))
    #expect(file.position(of: offset) == SourcePosition(line: line, column: column))
  }

  @Test("a line comes without its end, and there is one more line than there are ends")
  func lines() {
    let file = SourceFile(path: "f", bytes: Array("\u{feff}one\r\ntwo\n\rfour\n".utf8))
    #expect((0...7).map(file.line) == ["", "one", "two", "", "four", "", "", ""])
  }

  @Test("what is not UTF-8 is shown as replacement characters")
  func invalidUTF8() {
    let file = SourceFile(path: "f", bytes: [0x61, 0xff, 0x62, 0x0a, 0xe2])
    #expect(file.line(1) == "a\u{fffd}b")
    #expect(file.line(2) == "\u{fffd}")
    #expect(file.position(of: 2) == SourcePosition(line: 1, column: 3))
  }

  @Test("columns are right anywhere in a long line, whatever stands in it")
  func longLine() {
    let parts = ["plain ASCII, and ", "é", "e\u{301}", "👨‍👩‍👧", "日本", String(repeating: "x", count: 1500), "\t"]
    let line = (0..<60).map { parts[$0 * 5 % parts.count] }.joined()
    let text = "first\n\(line)\r\nlast"
    let file = SourceFile(path: "f", bytes: Array(text.utf8))
    var (offset, column) = (6, 1)
    for character in line {
      #expect(file.position(of: offset) == SourcePosition(line: 2, column: column))
      (offset, column) = (offset + character.utf8.count, column + 1)
    }
    #expect(file.position(of: offset) == SourcePosition(line: 2, column: column))
    #expect(file.position(of: offset + 2) == SourcePosition(line: 3, column: 1))
  }

  @Test("a mapped value stays where it was, and a default stays nowhere")
  func located() {
    let span = SourceSpan(file: SourceFile(path: "f", bytes: []), range: 2..<5)
    let mapped = Located(20, at: span).map { $0 * 2 }
    #expect(mapped.value == 40)
    #expect(mapped.span?.range == 2..<5)
    #expect(Located(1).map(String.init).span == nil)
  }
}
