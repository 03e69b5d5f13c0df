// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Report

/// The line that says what a run does.
@Suite struct ProgressTextTests {
  private func text(width: Int, id: String? = "area/case", failed: Int = 2) -> String {
    var progress = ProgressText()
    (progress.done, progress.total, progress.failed, progress.running) = (7, 120, failed, 2)
    progress.slowest = id.map { ($0, .milliseconds(1250)) }
    return progress.text(width: width)
  }

  @Test("it tells what is done, failed and running, and the slowest")
  func whole() {
    #expect(text(width: 80) == "7 of 120 done, 2 failed · 2 running · area/case 1.25 s")
    #expect(text(width: 80, id: nil, failed: 0) == "7 of 120 done · 2 running")
  }

  @Test("it is never wider than the terminal, and an id gives way before its time", arguments: 0...60)
  func width(_ width: Int) {
    #expect(text(width: width).count <= width)
    #expect(text(width: width, id: nil).count <= width)
    if width > 45 { #expect(text(width: width).hasSuffix("1.25 s")) }
  }

  @Test("a hostile id is escaped")
  func hostile() {
    #expect(text(width: 200, id: "\u{1b}[2J\n").contains(#" \u{1b}[2J\n "#))
  }
}
