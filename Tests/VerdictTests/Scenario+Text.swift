// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

extension Scenario {
  /// The scenario that a text says, checked as a file is; throws what is wrong with it.
  init(text: String) throws {
    let file = SourceFile(path: "scenarios/case.json5", bytes: Array(text.utf8))
    var decoding = Decoding()
    let node = try #require(JSON5Reader.read(file, into: &decoding.diagnostics))
    let decoded = ObjectType<Scenario>.scenario.decodeWhatIsRight(in: node, &decoding)
    let check = ScenarioCheck(try #require(decoded))
    try #require(DiagnosticText.render(decoding.diagnostics) + DiagnosticText.render(check.diagnostics) == "")
    self = check.scenario
  }
}
