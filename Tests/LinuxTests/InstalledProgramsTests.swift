// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Linux

@Suite struct InstalledProgramsTests {
  @Test("a program of the PATH is there whenever it is asked for, and one of no such name never")
  func names() {
    let programs = InstalledPrograms()
    for _ in 0..<2 {
      #expect(programs.has("sh"))
      #expect(!programs.has("no-such-program-anywhere") && !programs.has("") && !programs.has("/bin/sh"))
    }
  }
}
