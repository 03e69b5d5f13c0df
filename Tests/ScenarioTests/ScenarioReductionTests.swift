// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

/// What becomes of a case of which parts are left out, by a rule that stands for a run.
@Suite("Reduced scenarios")
struct ScenarioReductionTests {
  private func captured(_ text: String, case name: String = "", set: [String] = []) throws -> CapturedCase {
    let heading =
      #"{"case":"\#(name)","file":"s/x.json5","hasText":true,"set":[\#(set.joined())],"twohost":"case"}"#
    return try #require(CapturedCase(comment: heading + "\n" + text))
  }

  /// The lines of the smallest file for which a rule holds.
  private func reduced(
    _ text: String, case name: String = "", mostRuns: Int = 1000, _ holds: (Scenario) -> Bool
  ) throws -> (text: String, reduction: ScenarioReduction) {
    var reduction = try ScenarioReduction(captured(text, case: name))
    reduction.reduce(mostRuns: mostRuns) { holds($0.scenario) }
    return (reduction.text(comment: []), reduction)
  }

  @Test("nothing is left that could go: no message, no field, no member around a value")
  func smallest() throws {
    let text = """
      // A comment.
      { title: "long", tags: ["a", "b"], network: { mtu: 1400 },
        exchange: ["one", { payload: { text: "two" }, header: { ttl: 9, dscp: 3 }, expect: { header: { ttl: 8 } } }, "three"],
        expect: { every: { header: { ttl: 64 } } } }
      """
    let (smallest, reduction) = try reduced(text) { scenario in
      scenario.exchange.contains {
        $0.header.values[.ttl]?.value == 9 && $0.payload.value == Array("two".utf8)
      }
    }
    #expect(smallest == "{ exchange: [{ payload: \"two\", header: { ttl: 9 } }] }\n")
    #expect(!reduction.isCutShort)
    #expect(reduction.runs > 0)
  }

  @Test("two messages that matter together stay, of however many")
  func together() throws {
    let messages = (0..<200).map { "\"message \($0)\"" }.joined(separator: ", ")
    let (smallest, reduction) = try reduced("{ exchange: [\(messages)] }") { scenario in
      let payloads = Set(scenario.exchange.map { String(decoding: $0.payload.value, as: UTF8.self) })
      return payloads.isSuperset(of: ["message 3", "message 150"])
    }
    #expect(smallest == "{ exchange: [\"message 3\", \"message 150\"] }\n")
    // Two hundred tries one by one would be more.
    #expect(reduction.runs < 120, "\(reduction.runs)")
  }

  @Test("a case of a matrix is a file without the matrix, with its values")
  func matrix() throws {
    let text = "{ matrix: { ttl: [1, 0x40] }, exchange: [{ header: { ttl: \"${ttl}\" } }, \"x\"] }"
    let (smallest, _) = try reduced(text, case: "[ttl=64]") {
      $0.exchange[0].header.values[.ttl]?.value == 64
    }
    #expect(smallest == "{ exchange: [{ header: { ttl: 64 } }] }\n")
  }

  @Test("no more is played than may be, and that it was too little is said")
  func bounded() throws {
    let (_, reduction) = try reduced("{ exchange: [\"a\", \"b\", \"c\", \"d\"] }", mostRuns: 2) {
      $0.exchange.count == 4
    }
    #expect(reduction.runs == 2)
    #expect(reduction.isCutShort)
  }

  @Test(
    "what cannot be reduced says why",
    arguments: [
      ("{ exchange: [] }", "", "cannot be read here"), ("{ exchange: [", "", "its scenario is wrong"),
      ("{ exchange: [\"x\"] }", "[ttl=1]", "has no case [ttl=1]"),
      ("{ network: \"nowhere\", exchange: [\"x\"] }", "", "there is no network \"nowhere\""),
    ])
  func problems(text: String, name: String, reason: String) throws {
    let problem = #expect(throws: ScenarioReduction.Problem.self) {
      _ = try ScenarioReduction(captured(text, case: name))
    }
    #expect(problem?.reason.contains(reason) == true, "\(String(describing: problem))")
  }

  @Test("what a capture would run that is not here in the same words is not run")
  func foreignProgram() throws {
    let text = "{ receiver: { run: [\"sh\", \"-c\", \"true\"] }, exchange: [\"x\"] }"
    let problem = #expect(throws: ScenarioReduction.Problem.self) {
      _ = try ScenarioReduction(captured(text))
    }
    #expect(problem?.reason == "the capture's scenario runs a program, and s/x.json5 is not the same here")
  }

  @Test("a comment says which case it is of, and reads as it was written; others are none")
  func comment() throws {
    let scenario = try scenario("{ exchange: [\"é \\\"x\\\"\"] }")
    let comment = try #require(CapturedCase(scenario).comment)
    let read = try #require(CapturedCase(comment: comment))
    #expect(read.path == scenario.file.path)
    #expect(read.text.map { Array($0.utf8) } == scenario.file.bytes)
    #expect(CapturedCase(comment: "a capture of mine") == nil)
    #expect(
      CapturedCase(comment: #"{"twohost":"page","file":"x","case":"","set":[],"hasText":false}"#) == nil)
    let long = SourceFile(path: "long.json5", bytes: [UInt8](repeating: 0x20, count: 70_000))
    #expect(try #require(CapturedCase(Scenario(file: long)).comment).utf8.count < 1000)
  }
}
