// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

@Suite("How errors are printed")
struct DiagnosticTextTests {
  private static func file(_ text: String, path: String = "f") -> SourceFile {
    SourceFile(path: path, bytes: Array(text.utf8))
  }

  private static func excerpt(_ text: String, _ range: Range<Int>, label: String? = nil) -> [String] {
    DiagnosticText.excerpt(of: SourceSpan(file: file(text), range: range), label: label)
  }

  @Test("the documented example is printed as it is documented")
  func documented() {
    let file = Self.file("// New.\n{\n  protocal: 253,\n}\n", path: "scenarios/new.json5")
    let diagnostic = Diagnostic(
      #"unknown key "protocal""#, at: SourceSpan(file: file, range: 12..<20),
      label: #"did you mean "protocol"?"#)
    #expect(
      DiagnosticText.render(diagnostic) == """
        error: unknown key "protocal"
          --> scenarios/new.json5:3:3
           3 |   protocal: 253,
             |   ^^^^^^^^ did you mean "protocol"?

        """)
  }

  @Test("notes stand below the carets, and an empty line between two errors, in the order of the places")
  func several() {
    var diagnostics = Diagnostics()
    let (a, b) = (Self.file("xy", path: "a"), Self.file("z", path: "b"))
    diagnostics.report("fourth", at: SourceSpan(file: b, range: 0..<1))
    diagnostics.report("second", at: SourceSpan(file: a, range: 1..<2), notes: ["one", "two"])
    diagnostics.report("third", at: SourceSpan(file: a, range: 1..<1))
    diagnostics.report("first", at: SourceSpan(file: a, range: 0..<2))
    #expect(
      DiagnosticText.render(diagnostics) == """
        error: first
          --> a:1:1
           1 | xy
             | ^^

        error: second
          --> a:1:2
           1 | xy
             |  ^
             = one
             = two

        error: third
          --> a:1:2
           1 | xy
             |  ^

        error: fourth
          --> b:1:1
           1 | z
             | ^

        """)
  }

  @Test("nothing is printed where nothing is wrong")
  func nothing() {
    #expect(DiagnosticText.render(Diagnostics()).isEmpty)
  }

  @Test("what comes from a file is escaped wherever it stands")
  func escaped() {
    let file = Self.file("\u{1b}[2J", path: "a\u{1b}\nb")
    let diagnostic = Diagnostic(
      "bad \u{7}", at: SourceSpan(file: file, range: 1..<4), label: "not \u{202e}", notes: ["see \u{9b}"])
    #expect(
      DiagnosticText.render(diagnostic) == #"""
        error: bad \u{7}
          --> a\u{1b}\nb:1:2
           1 | \u{1b}[2J
             |       ^^^ not \u{202e}
             = see \u{9b}

        """#)
  }

  @Test("a number of more than four digits widens the gutter")
  func gutter() {
    let text = String(repeating: "\n", count: 12344) + "ab"
    #expect(Self.excerpt(text, 12345..<12346) == ["12345 | ab", "      |  ^"])
  }

  @Test("a span that is empty, or only the end of a line, gets one caret")
  func emptySpans() {
    #expect(Self.excerpt("ab\ncd", 1..<1) == ["   1 | ab", "     |  ^"])
    #expect(Self.excerpt("ab\ncd", 2..<3) == ["   1 | ab", "     |   ^"])
    #expect(Self.excerpt("ab", 2..<2) == ["   1 | ab", "     |   ^"])
    #expect(Self.excerpt("ab", 9..<99) == ["   1 | ab", "     |   ^"])
    #expect(Self.excerpt("\n\u{301}", 1..<3) == ["   2 | \u{301}", "     | ^"])
  }

  @Test("a span over several lines is cut at the end of the first")
  func severalLines() {
    #expect(Self.excerpt("a{b\r\nc}", 1..<7, label: "here") == ["   1 | a{b", "     |  ^^ here"])
  }

  @Test("carets stand under what is escaped, wide, combining or a tab")
  func columns() {
    #expect(Self.excerpt("\t\u{202e}x", 4..<5) == [#"   1 |  \u{202e}x"#, "     |          ^"])
    #expect(Self.excerpt("a\u{200f}b", 1..<4) == [#"   1 | a\u{200f}b"#, "     |  ^^^^^^^^"])
    #expect(Self.excerpt("日本x", 3..<6) == ["   1 | 日本x", "     |   ^^"])
    #expect(Self.excerpt("e\u{301}x", 3..<4) == ["   1 | e\u{301}x", "     |  ^"])
    #expect(Self.excerpt("👨‍👩‍👧x", 18..<19) == ["   1 | 👨‍👩‍👧x", "     |   ^"])
  }

  @Test("a line of 120 columns is printed whole, and one of 121 is cut")
  func longLine() {
    let whole = String(repeating: "a", count: 120)
    #expect(Self.excerpt(whole, 0..<1)[0] == "   1 | " + whole)
    let cut = "   1 | " + String(repeating: "a", count: 119) + "…"
    #expect(Self.excerpt(whole + "a", 0..<1) == [cut, "     | ^"])
  }

  @Test("a long line is cut on both sides of the span, and the carets move with it")
  func longLineCutTwice() {
    let side = String(repeating: "a", count: 200)
    let lines = Self.excerpt(side + "xyz" + side, 200..<203, label: "here")
    // 120 columns: 3 of the span, 58 before it, 59 behind it, an ellipsis in each of the two.
    let (before, after) = (String(repeating: "a", count: 57), String(repeating: "a", count: 58))
    #expect(lines[0] == "   1 | …\(before)xyz\(after)…")
    #expect(lines[1] == "     | " + String(repeating: " ", count: 58) + "^^^ here")
  }

  @Test("near the end of a long line the room is given to what stands before")
  func longLineEnd() {
    let lines = Self.excerpt(String(repeating: "a", count: 200) + "xyz", 200..<203)
    #expect(lines[0] == "   1 | …" + String(repeating: "a", count: 116) + "xyz")
    #expect(lines[1] == "     | " + String(repeating: " ", count: 117) + "^^^")
  }

  @Test("marks without end upon one letter are cut too")
  func manyMarks() {
    let marks = String(repeating: "\u{301}", count: 100_000)
    let lines = Self.excerpt("a\(marks)b\(marks)", 200_001..<200_002)
    #expect(lines[0].unicodeScalars.starts(with: "   1 | …".unicodeScalars))
    #expect(lines[0].unicodeScalars.last == "…")
    #expect(lines[0].utf8.count < 10_000)
    #expect(lines[1].hasSuffix(" ^"))
  }

  @Test("a span longer than the room is cut with the line, and wide characters are not cut in two")
  func longSpan() {
    let text = "ab" + String(repeating: "日", count: 100)
    let lines = Self.excerpt(text, 2..<302)
    // 120 columns: a, b, 58 wide characters and an ellipsis make 119; a 59th would make 121.
    #expect(lines[0] == "   1 | ab" + String(repeating: "日", count: 58) + "…")
    #expect(lines[1] == "     |   " + String(repeating: "^", count: 117))
  }
}
