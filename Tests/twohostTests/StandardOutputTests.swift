// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `-` stands for standard input and output wherever a file is named.
@Suite("A report on standard output")
struct StandardOutputTests {
  @Test("is the only one there, whole, and no file is made", arguments: ["--junit", "--json", "--html"])
  func alone(option: String) throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "x.json5")
    let ended = try TwoHostProgram.run("run", "x.json5", option, "-", in: folder.path)
    #expect(ended.status == 0 && folder.files == ["x.json5"], "\(ended)")
    let beginning = ["--junit": "<?xml", "--json": "{\"", "--html": "<!"][option] ?? ""
    let end = ["--junit": "</testsuites>\n", "--json": "}\n", "--html": "</html>\n"][option] ?? ""
    #expect(ended.output.hasPrefix(beginning) && ended.output.hasSuffix(end), "\(ended.output)")
    #expect(!ended.output.contains("1 passed, 0 failed in"))
  }

  @Test("is refused beside another one there")
  func two() throws {
    for words in [["--junit", "-", "--json", "-"], ["--junit", "-", "--report", "tap"]] {
      let ended = try TwoHostProgram.runProgram([TwoHostProgram.path, "run", "x"] + words)
      #expect(ended.status == 2 && ended.output.isEmpty, "\(ended)")
    }
  }

  @Test("may be merged from standard input")
  func merged() throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "x.json5")
    let script = "'\(TwoHostProgram.path)' run x.json5 --json - | '\(TwoHostProgram.path)' merge - --junit -"
    let ended = try Program.run(["sh", "-c", script], in: folder.path)
    #expect(
      ended.status == 0 && ended.output.hasPrefix("<?xml") && ended.output.contains("name=\"x\""), "\(ended)")
  }
}
