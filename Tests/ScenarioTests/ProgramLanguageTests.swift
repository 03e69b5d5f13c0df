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

  @Test("a scenario may need programs and modules of Python, in any order")
  func requires() throws {
    let text =
      "{ exchange: ['x'], requires: ['socat', { pythonModule: 'icmplib' }, { pythonModule: '_a1' }] }"
    #expect(
      try ScenarioTests.scenario(text).requires.map(\.value)
        == [.program("socat"), .pythonModule("icmplib"), .pythonModule("_a1")])
  }

  @Test(
    "an end is a status, a signal, or any",
    arguments: [
      ("0", .status(0)), ("255", .status(255)), ("'SIGRTMIN'", .signal("SIGRTMIN")), ("'any'", .any),
    ] as [(String, ExitExpectation)])
  func exit(text: String, end: ExitExpectation) throws {
    #expect(try scenario(expect: "{ exit: \(text) }").expect.receiver.exit?.value == end)
  }

  @Test("a whole number among arguments, variables, lines and texts of outputs is its digits")
  func numbers() throws {
    let receiver = """
      {
        run: ['server', '--port', 7777, -1, 0x10], stdin: [1, 'two', 3], environment: { DEPTH: 9007199254740993 },
        ready: { stdout: 5 },
      }
      """
    let scenario = try scenario(
      receiver: receiver, expect: "{ stdout: { contains: [1, 'x'] }, stderr: { equals: 404 } }")
    let program = try #require(scenario.program(in: .receiver))
    #expect(program.arguments == ["server", "--port", "7777", "-1", "16"])
    guard case .lines(let lines) = program.input.value else {
      Issue.record("lines are typed")
      return
    }
    #expect(lines == ["1", "two", "3"])
    #expect(program.environment.map(\.value) == ["9007199254740993"])
    #expect(program.ready == .stdout("5"))
    #expect(scenario.expect.receiver.stdout?.value == .contains(["1", "x"]))
    #expect(scenario.expect.receiver.stderr?.value == .equals("404"))
    let lined = try ScenarioTests.scenario(
      "{ receiver: { run: ['x'] }, exchange: ['x'], expect: { receiver: { stdout: { lines: [200] } } } }")
    #expect(lined.expect.receiver.stdout?.value == .lines(["200"]))
  }

  @Test(
    "one thing shows that a program is ready, and its raw socket where the file says nothing",
    arguments: [
      ("{ stdout: 'up' }", .stdout("up")), ("{ stderr: 'up' }", .stderr("up")),
      ("{ listening: 65535 }", .listening(port: 65_535)), ("{ descriptor: true }", .descriptor),
    ] as [(String, RunRole.Ready)])
  func ready(text: String, ready: RunRole.Ready) throws {
    #expect(try scenario(receiver: "{ run: ['x'], ready: \(text) }").program(in: .receiver)?.ready == ready)
    #expect(try scenario().program(in: .receiver)?.ready == nil)
  }

  @Test("a program leaves nothing unread where the file says nothing")
  func unread() throws {
    #expect(try scenario().expect.receiver.unread.value == .nothing)
    #expect(try scenario(expect: "{ unread: 'none' }").expect.receiver.unread.value == .nothing)
    #expect(try scenario(expect: "{ unread: 'any' }").expect.receiver.unread.value == .anything)
  }

  @Test("where programs run in both hosts the exchange may be left out, but not where it would be nobody's")
  func noExchange() throws {
    let scenario = try ScenarioTests.scenario("{ sender: { run: ['a'] }, receiver: { run: ['b'] } }")
    #expect(scenario.exchange.isEmpty && scenario.plays.isEmpty)
    let roles = ["{ run: ['a'] }", "{ idle: true }"]
    for (index, role) in roles.enumerated() {
      var reader = ScenarioReader()
      let text = "{ sender: '${role}', receiver: { run: ['b'] }, matrix: { role: [\(role)] } }"
      let file = SourceFile(path: "p", bytes: Array(text.utf8))
      #expect(reader.read(file, id: "p", networksAround: "/").count == 1 - index)
      let messages = reader.allDiagnostics.reported.map(\.message)
      #expect(messages == (index == 0 ? [] : [#"a scenario needs the key "exchange""#]))
    }
  }
}
