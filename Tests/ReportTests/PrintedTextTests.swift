// SPDX-License-Identifier: Apache-2.0

import Testing
import Verdict

@testable import Report

/// The last lines of what programs printed.
@Suite struct PrintedTextTests {
  private static func lines(of text: String) -> [String] {
    let output = PrintedOutput(head: Array(text.utf8), total: UInt64(text.utf8.count))
    return PrintedText.lines([ProgramPrint(host: .sender, stream: "stdout", output: output)])
  }

  @Test("lines that end with CR and LF are lines", arguments: ["\n", "\r\n"])
  func lineEnds(end: String) {
    let shown = Self.lines(of: (1...30).map { "line \($0)\(end)" }.joined())
    let carriageReturn = end == "\n" ? "" : "\\r"
    let last = (23...30).map { "sender| line \($0)\(carriageReturn)" }
    #expect(shown == ["sender| … 22 lines before"] + last)
  }

  @Test("a last line without its end is one, and an empty one is shown")
  func lastLine() {
    #expect(Self.lines(of: "one\n\ntwo") == ["sender| one", "sender| ", "sender| two"])
    #expect(Self.lines(of: "one\n\n") == ["sender| one", "sender| "])
  }
}
