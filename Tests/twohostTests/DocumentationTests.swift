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

  @Test("both kinds of example are there, so that neither test is about nothing")
  func kinds() {
    #expect(Self.failing.count >= 5)
  }
}
