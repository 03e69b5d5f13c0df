// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Wire

@testable import Report

/// Lists and columns for a person.
@Suite struct TableTests {
  @Test("columns are as wide as their widest cell, and no line ends in spaces")
  func columns() {
    #expect(TextTable.lines([["a", "bb", ""], ["ccc", "d"], []]) == ["a     bb", "ccc   d", ""])
  }

  @Test("a scenario is listed by id, title and tags, escaped")
  func list() {
    let cases = [
      ListedScenario(id: "a/b", title: "one", tags: ["x", "y"], programs: false, file: "a/b.json5"),
      ListedScenario(id: "longer/id", title: "\u{1b}[2J", tags: [], programs: true, file: "longer/id.json5"),
    ]
    #expect(
      ScenarioListText.text(cases) == """
        a/b         one         #x #y
        longer/id   \\u{1b}[2J

        """)
    #expect(ScenarioListText.text([]) == "")
  }

  @Test(
    "a duration is read as people say it",
    arguments: [
      (Duration.zero, "0.0 ms"), (.microseconds(450), "0.4 ms"), (.microseconds(9999), "9.9 ms"),
      (.milliseconds(10), "10 ms"), (.milliseconds(999), "999 ms"), (.milliseconds(1000), "1.00 s"),
      (.milliseconds(1050), "1.05 s"), (.milliseconds(61_250), "61.25 s"),
    ])
  func durations(_ duration: Duration, _ text: String) {
    #expect(duration.formatted == text)
  }

  @Test("a dissection shows layers, fields with what is wrong, and the bytes")
  func dissection() throws {
    // The documented packet "Hi" with the last bit of its checksum flipped.
    let bytes = try HexDump.bytes(fromHex: "4500001636dd000080fdfea601010164010101014869")
    let dissection = Dissection(packet: bytes, as: .v4)
    let text = DissectionText(palette: Palette(isColoured: false)).text(dissection, bytes: bytes)
    #expect(text.hasPrefix("Internet Protocol Version 4\n  Version "))
    #expect(text.contains("incorrect: "))
    #expect(text.contains("\nData\n  Data   4869\n"))
    #expect(text.hasSuffix("\n  0010  01 01 01 01 48 69                                 ....Hi\n"))
    let coloured = DissectionText(palette: Palette(isColoured: true)).text(
      Dissection(packet: bytes, as: .v4), bytes: bytes)
    let red = coloured.split(separator: "\n").filter { $0.hasPrefix("\u{1b}[31m") }
    #expect(red.count == 1 && red.allSatisfy { $0.contains("Header Checksum") && $0.hasSuffix("\u{1b}[0m") })
  }
}
