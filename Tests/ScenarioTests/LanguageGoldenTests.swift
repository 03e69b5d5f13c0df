// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

@Suite("The golden files of the scenario language")
struct LanguageGoldenTests {
  private static let folder = GoldenFolder("language")

  @Test(
    "each file gets exactly the errors that stand beside it", arguments: folder.names(withExtension: ".json5")
  )
  func expectedErrors(name: String) throws {
    let library = ScenarioLibrary(paths: ["\(Self.folder.path)/\(name).json5"])
    let text = DiagnosticText.render(library.diagnostics).replacing(Self.folder.path + "/", with: "")
    #expect(text == (try Self.folder.expected(name)))
    #expect(library.scenarios.isEmpty, "a scenario with errors is not run")
  }

  @Test("no file of errors is left without its source, and the folder is there")
  func pairs() {
    let sources = Self.folder.names(withExtension: ".json5")
    #expect(sources.count > 15)
    #expect(sources == Self.folder.names(withExtension: ".err"))
  }

  @Test("the errors of all files are reported at once, by file and place")
  func allFilesAtOnce() throws {
    let library = ScenarioLibrary(paths: [Self.folder.path])
    let files = Self.folder.names(withExtension: ".err").map { $0 + ".json5" }.sorted()
    let names = files.map { String($0.dropLast(6)) }
    let together = try names.map { try Self.folder.expected($0) }.joined(separator: "\n")
    #expect(
      DiagnosticText.render(library.diagnostics).replacing(Self.folder.path + "/", with: "") == together)
  }

  @Test("ten different mistakes in one file are ten errors")
  func tenMistakes() {
    let library = ScenarioLibrary(paths: ["\(Self.folder.path)/ten-mistakes.json5"])
    #expect(library.diagnostics.reported.count == 10)
  }
}
