// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

@Suite("Written JSON5")
struct JSON5TreeTests {
  @Test(
    "what is written reads as it was",
    arguments: [
      #"{ a: [1, 0x1F, -2.5, true, null], "b-c": "\u0000\u202e\"\\\r\n\té😀", d: {}, e: [] }"#,
      "{ long: [\(String(repeating: "\"a text of some length\", ", count: 20))], x: { y: { z: [[1], [2]] } } }",
    ])
  func roundTrip(text: String) throws {
    let first = try tree(text)
    #expect(try tree(first.text) == first)
    #expect(first.text.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  private func tree(_ text: String) throws -> JSON5Tree {
    var diagnostics = Diagnostics()
    let file = SourceFile(path: "x.json5", bytes: Array(text.utf8))
    return JSON5Tree(
      try #require(JSON5Reader.read(file, into: &diagnostics), "\(DiagnosticText.render(diagnostics))"))
  }
}
