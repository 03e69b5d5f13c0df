// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

/// What a file says of programs under test, as it is taken.
@Suite("Programs in the scenario language")
struct ProgramLanguageTests {
  /// A scenario whose receiver is a program.
  private func scenario(receiver: String = "{ run: ['x'] }", expect: String = "{}") throws -> Scenario {
    try ScenarioTests.scenario(
      "{ receiver: \(receiver), exchange: ['x'], expect: { receiver: \(expect) } }")
  }

  @Test(
    "an end is a status, a signal, or any",
    arguments: [
      ("0", .status(0)), ("255", .status(255)), ("'SIGRTMIN'", .signal("SIGRTMIN")), ("'any'", .any),
    ] as [(String, ExitExpectation)])
  func exit(text: String, end: ExitExpectation) throws {
    #expect(try scenario(expect: "{ exit: \(text) }").expect.receiver.exit?.value == end)
  }
}
