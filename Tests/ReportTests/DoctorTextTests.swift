// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Report

/// What the doctor prints.
@Suite struct DoctorTextTests {
  @Test("each requirement is a line that begins with ok or no, and the fix stands below what is not met")
  func table() {
    let lines = [
      DoctorLine(name: "/proc", finding: "mounted", isMet: true),
      DoctorLine(name: "CAP_NET_RAW", finding: "missing; the user namespace provides it", isMet: false),
      DoctorLine(
        name: "a program", finding: "execve: \u{1b}[2J", isMet: false, fix: "install it", onlyFor: "some"),
      DoctorLine(name: "python3", finding: "on the PATH", isMet: true, onlyFor: "some"),
    ]
    #expect(
      DoctorText.text(lines, canRun: true) == """
        ok   /proc         mounted
        no   CAP_NET_RAW   missing; the user namespace provides it
        no   a program     execve: \\u{1b}[2J (some)
             fix: install it
        ok   python3       on the PATH

        scenarios can be run here

        """)
    #expect(DoctorText.text([], canRun: false) == "\nscenarios cannot be run here\n")
  }
}
