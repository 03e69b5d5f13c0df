// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

@Suite("The variables of a scenario")
struct VariablesTests {
  /// The cases of a scenario's text, and what is wrong with it, with some values set.
  private func read(_ text: String, set: [String] = []) -> (cases: [Scenario], errors: Diagnostics) {
    var reader = ScenarioReader(settings: set.compactMap { VariableSetting($0) })
    let file = SourceFile(path: "v.json5", bytes: Array(text.utf8))
    let cases = reader.read(file, id: "v", networksAround: "/")
    return (cases.map(\.scenario), reader.allDiagnostics)
  }

  private func cases(_ text: String, set: [String] = []) throws -> [Scenario] {
    let (cases, errors) = read(text, set: set)
    try #require(errors.isEmpty, "\(DiagnosticText.render(errors))")
    return cases
  }

  private func payload(_ scenario: Scenario) -> String {
    String(decoding: scenario.exchange[0].payload.value, as: UTF8.self)
  }

  @Test("a variable has the file's value, whatever its type, wherever its name stands")
  func defaults() throws {
    let cases = try cases(
      """
      {
        variables: { program: "./server", port: 7777, df: true, ttl: 9 },
        receiver: { run: ["${program}", "--port", "${port}", "${program}:${port}", "${df}"] },
        exchange: [{ payload: "${port}", header: { ttl: "${ttl}", dontFragment: "${df}" } }],
      }
      """)
    let scenario = try #require(cases.first)
    #expect(cases.count == 1 && scenario.id == "v" && !scenario.isOfMatrix)
    let arguments = scenario.program(in: .receiver)?.arguments
    #expect(arguments == ["./server", "--port", "7777", "./server:7777", "true"])
    #expect(payload(scenario) == "7777")
    #expect(scenario.exchange[0].header.values[.ttl]?.value == 9)
    #expect(scenario.exchange[0].header.values[.dontFragment]?.value == 1)
    #expect(scenario.settings.isEmpty)
  }

  @Test("what is set stands in the place of the file's value, and the scenario knows it")
  func set() throws {
    let text = #"{ variables: { a: "x", b: "y" }, exchange: ["${a}${b}"] }"#
    for (set, result) in [
      (["a=1"], "1y"), (["b=", "a=p=q"], "p=q"), (["b=${a}"], "x${a}"), (["other=1"], "xy"),
    ] {
      let scenario = try #require(try cases(text, set: set).first)
      #expect(payload(scenario) == result)
      #expect(scenario.settings.map(\.text) == set.filter { $0 != "other=1" }.sorted())
    }
  }

  @Test(
    "a value that is set has the type of the file's where it reads as one, else it is text",
    arguments: [
      ("1", "7", true), ("1", "0x7", true), ("1.5", "7", true), ("1", "seven", false), ("1", "", false),
      (#""1""#, "7", false), ("true", "7", false),
    ])
  func types(value: String, set: String, isNumber: Bool) throws {
    let (cases, errors) = read(
      #"{ variables: { ttl: \#(value) }, exchange: [{ header: { ttl: "${ttl}" } }] }"#, set: ["ttl=\(set)"])
    #expect(errors.isEmpty == isNumber)
    #expect(cases.first?.exchange[0].header.values[.ttl]?.value == (isNumber ? 7 : nil))
  }

  @Test("true and false are read as such where the file has one of them")
  func booleans() throws {
    func isSet(_ value: String, _ set: String) -> UInt128? {
      read(
        #"{ variables: { df: \#(value) }, exchange: [{ header: { dontFragment: "${df}" } }] }"#,
        set: ["df=\(set)"]
      ).cases.first?.exchange[0].header.values[.dontFragment]?.value
    }
    #expect(isSet("true", "false") == 0 && isSet("false", "true") == 1)
    #expect(isSet("true", "yes") == nil && isSet(#""true""#, "false") == nil && isSet("1", "true") == nil)
  }

  @Test("a variable may stand in the values of either form of matrix, and the cases are named by what it is")
  func inMatrix() throws {
    let forms = [
      #"{ a: ["${v}", "${v}2", "x"] }"#, #"[{ a: "${v}" }, { a: "${v}2" }, { a: "x" }]"#,
    ]
    for matrix in forms {
      let text = #"{ variables: { v: 1 }, matrix: \#(matrix), exchange: ["${a}"] }"#
      let plain = try cases(text)
      #expect(plain.map(\.id) == ["v[a=1]", "v[a=12]", "v[a=x]"])
      #expect(plain.map(payload) == ["1", "12", "x"])
      let set = try cases(text, set: ["v=x"])
      #expect(set.map(payload) == ["x", "x2", "x"])
      #expect(Set(set.map(\.id)).count == 3)
      #expect(
        try cases(text, set: ["v=${a}"]).map(payload) == ["${a}", "${a}2", "x"], "nothing is put in twice")
    }
  }

  @Test("of a file without variables the values of a matrix are what they say")
  func noVariables() throws {
    let cases = try cases(#"{ matrix: { a: ["${b}"], b: ["y"] }, exchange: ["${a}${b}"] }"#)
    #expect(cases.map(payload) == ["${b}y"])
  }

  @Test("an error says what was set, so that nobody looks for it in the file")
  func notes() {
    let text = #"{ variables: { ttl: 1, x: 2 }, exchange: [{ payload: "${x}", header: { ttl: "${ttl}" } }] }"#
    let errors = read(text, set: ["ttl=256"]).errors.reported
    #expect(errors.map(\.message) == [#""ttl" must be a number from 0 to 255, not the number 256"#])
    #expect(errors.first?.notes == ["with --set ttl=256"])
  }

  @Test("a setting is a name, a sign of equality and any value")
  func setting() {
    #expect(VariableSetting("a=b").map { [$0.name, $0.value] } == ["a", "b"])
    #expect(VariableSetting("a==b=").map { [$0.name, $0.value] } == ["a", "=b="])
    #expect(VariableSetting("a=").map { [$0.name, $0.value] } == ["a", ""])
    #expect(VariableSetting("=b") == nil && VariableSetting("a") == nil && VariableSetting("") == nil)
  }
}
