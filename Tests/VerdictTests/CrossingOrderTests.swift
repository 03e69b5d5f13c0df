// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// In lockstep programs must send in the file's order; where they do not, one finding says what came too soon.
@Suite struct CrossingOrderTests {
  private static let both = "sender: { run: ['./mine'] }, receiver: { run: ['./yours'] }"

  /// What is found where the plays of an exchange crossed the cable in this order; each is named by its position.
  private static func texts(
    _ exchange: String, programs: String = both, pacing: Pacing = .lockstep, crossing order: [Int]
  ) throws -> [String] {
    let scenario = try Scenario(
      text: "{ \(programs), pacing: '\(pacing.rawValue)', exchange: [\(exchange)] }")
    let (plays, packets) = (scenario.plays, scenario.packetsOfKernel)
    let record = CaseRecord(
      scenario, crossing: order.map { (packet: packets[$0], from: plays[$0].message.from.value) })
    return Judge.judge(scenario, record).allFindings.map { finding in
      "\(finding.kind.name): \(finding.text)"
    }
  }

  private static let dialogue = "'question', { payload: 'answer', from: 'receiver' }, 'thanks'"

  @Test("the file's order passes")
  func right() throws {
    #expect(try Self.texts("'one', 'two', 'three'", crossing: [0, 1, 2]) == [])
    #expect(try Self.texts(Self.dialogue, crossing: [0, 1, 2]) == [])
  }

  @Test("two messages the wrong way round are found at the later one, which came too soon")
  func swapped() throws {
    #expect(
      try Self.texts("'one', 'two'", crossing: [1, 0]) == [
        "outOfTurn: message 2 was sent before message 1"
      ])
    #expect(
      try Self.texts("'one', 'two', 'three'", crossing: [0, 2, 1]) == [
        "outOfTurn: message 3 was sent before message 2"
      ])
  }

  @Test("an answer that was sent before what it answers had arrived is found")
  func unasked() throws {
    #expect(
      try Self.texts(Self.dialogue, crossing: [1, 0, 2]) == [
        "outOfTurn: message 2 was sent before message 1 had arrived"
      ])
    // The sender did not await the answer.
    #expect(
      try Self.texts(Self.dialogue, crossing: [0, 2, 1]) == [
        "outOfTurn: message 3 was sent before message 2 had arrived"
      ])
  }

  @Test("all that came too soon is one finding, which names the first and counts the others")
  func several() throws {
    #expect(
      try Self.texts("'one', 'two', 'three'", crossing: [2, 1, 0]) == [
        "outOfTurn: message 2 was sent before message 1, and 1 more was sent too soon"
      ])
    #expect(
      try Self.texts("'one', 'two', 'three', 'four'", crossing: [3, 2, 1, 0]) == [
        "outOfTurn: message 2 was sent before message 1, and 2 more were sent too soon"
      ])
    // Those that are in order behind each other came too soon all the same.
    #expect(
      try Self.texts("'one', 'two', 'three'", crossing: [1, 2, 0]) == [
        "outOfTurn: message 2 was sent before message 1, and 1 more was sent too soon"
      ])
  }

  @Test("in a burst any order passes")
  func burst() throws {
    #expect(try Self.texts("'one', 'two'", pacing: .burst, crossing: [1, 0]) == [])
    #expect(try Self.texts(Self.dialogue, pacing: .burst, crossing: [2, 1, 0]) == [])
  }

  @Test("equal messages cannot come in a wrong order")
  func equal() throws {
    #expect(try Self.texts("{ payload: 'Hi', repeat: 3 }", crossing: [2, 0, 1]) == [])
  }

  @Test("a message that was never sent keeps none behind it from being in order")
  func missing() throws {
    let found = try Self.texts("'one', 'two', 'three'", crossing: [0, 2])
    #expect(found == ["notSeen sent: not sent: no packet of it left the sender"])
  }
}
