// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The documentation's examples")
struct DocumentationTests {
  private static let pages = ["README.md": 4, "scenarios/GUIDE.md": 15]
  private static let failing = pages.keys.sorted().flatMap { page in
    DocumentedExamples(page: page).examples.filter { $0.failure != nil }
  }

  /// A folder with the examples of a page that pass, and what they need beside them.
  private static func folder(of examples: [DocumentedExamples.Example]) throws -> TestFolder {
    let folder = try TestFolder()
    for example in examples {
      try folder.write(example.text, to: "s/\(example.file ?? "line-\(example.line).json5")")
    }
    let programs = TwoHostProgram.checkout + "/scenarios/programs"
    for name in ["receiver.py", "echo-server.py", "ask.py"] {
      try folder.write(String(contentsOfFile: "\(programs)/\(name)", encoding: .utf8), to: "s/\(name)")
    }
    return folder
  }

  @Test("every example is right, and passes unless it says that it fails", arguments: pages)
  func passes(page: String, fewest: Int) throws {
    let passing = DocumentedExamples(page: page).examples.filter { $0.failure == nil }
    let scenarios = passing.filter { $0.file == nil }
    #expect(scenarios.count >= fewest, "the page has lost its examples")
    let folder = try Self.folder(of: passing)
    let check = try TwoHostProgram.run("check", "s", in: folder.path)
    #expect(check.status == 0, "\(check.errors)")

    let ended = try TwoHostProgram.run("run", "s", in: folder.path)
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
    let lines = ended.output.split(separator: "\n")
    for example in scenarios {
      let word = example.text.contains("knownFailure") ? "KNOWN" : "PASS"
      #expect(
        lines.contains { $0.hasPrefix(word) && $0.contains("line-\(example.line)") }, "line \(example.line)")
    }
  }

  @Test("an example that says that it fails does, at the place that it names", arguments: failing)
  func fails(example: DocumentedExamples.Example) throws {
    let folder = try Self.folder(of: [example])
    let ended = try TwoHostProgram.run("run", "s", in: folder.path)
    #expect(ended.status == 1, "\(ended.output) \(ended.errors)")
    let marked = ended.output.split(separator: "\n").filter { $0.hasPrefix("  ! ") || $0.contains(/\| +\^/) }
    #expect(marked.contains { $0.contains(example.failure ?? "") }, "\(ended.output)")
  }

  /// A text without what differs from run to run: the kernel, the jobs, times, and bytes that a kernel chooses.
  private static func timeless(_ text: String) -> [String] {
    let lines = text.split(separator: "\n").map(String.init)
    return lines.filter { !$0.hasPrefix("    0") && !$0.contains("again  ") }.map { line in
      line.replacing(#/Linux [^ ]+/#, with: "Linux").replacing(#/ · \d+ jobs/#, with: "")
        .replacing(#/[0-9.]+ ms/#, with: "ms").replacing(#/0x[0-9a-f]{4}/#, with: "0x").replacing(
          #/ +/#, with: " ")
    }
  }

  @Test(
    "the README shows what is printed today: where all passes, where a case fails, and where a file is wrong")
  func printed() throws {
    let readme = try String(contentsOfFile: "\(TwoHostProgram.checkout)/README.md", encoding: .utf8)
    let blocks = readme.components(separatedBy: "```").enumerated().filter { !$0.offset.isMultiple(of: 2) }
      .map(\.element)
    func shown(_ text: String) throws -> String {
      String(try #require(blocks.first { $0.contains(text) }).drop { $0 != "\n" })
    }
    let passing = try TwoHostProgram.run(
      "run", "scenarios/documented", "--artifacts", "/dev/null", "--capture", "none",
      in: TwoHostProgram.checkout)
    let command = "$ sudo twohost run scenarios/documented\n"
    #expect(
      Self.timeless(String(try shown(command).dropFirst(1 + command.count))) == Self.timeless(passing.output))

    let folder = try TestFolder()
    let lines =
      "{\n  exchange: [\n    { payload: \"Hi\", header: { ttl: 64 }, expect: { header: { ttl: 128 } } },\n  ],\n}\n"
    try folder.write(lines, to: "wrong.json5")
    let failing = try TwoHostProgram.run("run", "wrong.json5", in: folder.path)
    let printed = Self.timeless(failing.output)
    #expect(
      Self.timeless(try shown("FAIL  wrong")) == Array(printed[1..<(printed.count - 1)]), "\(failing.output)")

    try folder.write("{\n  exchange: [\"x\"],\n  protocal: 253,\n}\n", to: "new.json5")
    let wrong = try TwoHostProgram.run("check", "new.json5", in: folder.path)
    #expect(try shown("unknown key \"protocal\"") == "\n" + wrong.errors)
  }

  @Test("both kinds of example are there, so that neither test is about nothing")
  func kinds() {
    #expect(Self.failing.count >= 5)
  }
}
