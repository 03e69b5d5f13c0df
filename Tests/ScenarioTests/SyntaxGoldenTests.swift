// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

@Suite("The golden files of JSON5 syntax")
struct SyntaxGoldenTests {
  private static let folder = GoldenFolder("syntax")

  @Test(
    "each file gets exactly the errors that stand beside it", arguments: folder.names(withExtension: ".json5")
  )
  func expectedErrors(name: String) throws {
    let file = SourceFile(path: "\(name).json5", bytes: try Self.folder.source(name))
    var diagnostics = Diagnostics()
    _ = JSON5Reader.read(file, into: &diagnostics)
    #expect(DiagnosticText.render(diagnostics) == (try Self.folder.expected(name)))
  }

  @Test("no file of errors is left without its source, and the folder is there")
  func pairs() {
    let sources = Self.folder.names(withExtension: ".json5")
    #expect(sources.count > 50)
    #expect(sources == Self.folder.names(withExtension: ".err"))
  }
}
