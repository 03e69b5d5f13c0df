// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Lines as shards write them, merged by the program.
@Suite("merge")
struct MergeTests {
  private let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    try folder.write(Self.shard(1, cases: [("area/b", "passed"), ("area/d", "passed")]), to: "1.jsonl")
    try folder.write(Self.shard(2, cases: [("area/a", "passed"), ("area/c", "failed")]), to: "2.jsonl")
  }

  private static func shard(_ number: Int, cases: [(id: String, status: String)], isCut: Bool = false)
    -> String
  {
    let run = """
      {"event":"run","format":1,"version":"0.1.0","kernel":"6.18.44","cases":\(cases.count),"jobs":2,\
      "shard":{"number":\(number),"of":2},"allowsFlaky":false}
      """
    let lines = cases.enumerated().map { index, result in
      """
      {"event":"case","position":\(index + 1),"id":"\(result.id)","file":"scenarios/\(result.id).json5","line":2,\
      "title":"","tags":[],"status":"\(result.status)","seconds":0.01,"attempts":1,"failedAttempts":[],\
      "packets":{"sent":1,"arrived":1,"delivered":0},"seeds":{},"findings":\
      \(result.status == "failed" ? finding(result.id) : "[]")}
      """
    }
    let counts = ["passed", "failed", "flaky", "knownFailure", "cannotRun", "notJudged", "notRun"].map {
      status in
      "\"\(status)\":\(cases.count { $0.status == status })"
    }
    let end = """
      {"event":"end","counts":{\(counts.joined(separator: ","))},"seconds":0.5,"exitStatus":0,"problems":[]}
      """
    return ([run] + lines + (isCut ? [] : [end])).map { $0 + "\n" }.joined()
  }

  private static func finding(_ id: String) -> String {
    """
    [{"kind":"notSeen delivered","places":["delivered"],"file":"scenarios/\(id).json5","line":3,"column":5,\
    "text":"not delivered"}]
    """
  }

  private func merge(_ words: String..., environment: [String: String] = [:]) throws -> Ended {
    try Program.run([TwoHostProgram.path, "merge"] + words, in: folder.path, environment: environment)
  }

  @Test("two shards are one report, in the order of ids, with the status of one run")
  func shards() throws {
    let ended = try merge("2.jsonl", "1.jsonl")
    #expect(ended.status == 1)
    #expect(ended.errors.isEmpty)
    let lines = ended.output.split(separator: "\n").map(String.init)
    #expect(lines.first == "twohost 0.1.0 · Linux 6.18.44 · 4 cases · merged from 2 shards")
    #expect(lines.last == "3 passed, 1 failed in 500 ms")
    let ids = lines.filter { $0.hasPrefix("PASS") || $0.hasPrefix("FAIL") }.map {
      $0.split(separator: " ")[1]
    }
    #expect(ids == ["area/a", "area/b", "area/c", "area/d"])
    #expect(try merge("1.jsonl", "2.jsonl").output == ended.output)
  }

  @Test(
    "it writes JUnit XML, JSON lines that it merges again, and on GitHub the step's summary behind the others"
  )
  func documents() throws {
    try folder.write("before\n", to: "summary.md")
    let ended = try merge(
      "1.jsonl", "2.jsonl", "--report", "github", "--junit", "out/junit.xml", "--json", "out/merged.jsonl",
      environment: ["GITHUB_STEP_SUMMARY": folder.path + "/summary.md"])
    #expect(ended.status == 1)
    #expect(
      ended.output.contains("\n::error file=scenarios/area/c.json5,line=3,col=5,title=area/c%3A failed::"))
    #expect(folder.read("summary.md").hasPrefix("before\n### twohost: 3 passed, 1 failed in 500 ms\n"))
    #expect(folder.read("out/junit.xml").contains("tests=\"4\" failures=\"1\" errors=\"0\""))
    let again = try merge("out/merged.jsonl", "--report=tap")
    #expect(again.status == 1)
    #expect(again.output.hasPrefix("TAP version 14\n1..4\n"))
    #expect(again.output.contains("\nnot ok 3 - area/c\n"))
  }

  @Test("a shard that is missing or was cut short is status 5, behind the report of what there is")
  func incomplete() throws {
    let missing = try merge("1.jsonl")
    #expect(missing.status == 5)
    #expect(missing.errors == "error: shard 2 of 2 is missing\n")
    #expect(missing.output.contains("PASS  area/b") && missing.output.contains("not complete: shard 2 of 2"))
    try folder.write(Self.shard(2, cases: [("area/c", "failed")], isCut: true), to: "2.jsonl")
    let cut = try merge("1.jsonl", "2.jsonl")
    #expect(cut.status == 5)
    #expect(cut.errors == "error: 2.jsonl was cut short\n")
    #expect(cut.output.contains("FAIL  area/c"))
  }

  @Test("files that are wrong are status 2, all of them told, and there is no report")
  func wrong() throws {
    try folder.write("{}\n", to: "empty-object.jsonl")
    let ended = try merge("1.jsonl", "none.jsonl", "empty-object.jsonl", ".")
    #expect(ended.status == 2)
    #expect(ended.output.isEmpty)
    #expect(
      ended.errors == """
        error: none.jsonl cannot be read
        error: empty-object.jsonl:1: there is no "event"
        error: . cannot be read

        """)
    let twice = try merge("1.jsonl", "1.jsonl")
    #expect(twice.status == 2)
    #expect(twice.errors == "error: 1.jsonl and 1.jsonl are both shard 1 of 2\n")
  }

  @Test("a report that cannot be written is status 5")
  func unwritable() throws {
    try folder.write("", to: "file")
    let ended = try merge("1.jsonl", "2.jsonl", "--junit", "file/junit.xml")
    #expect(ended.status == 5)
    #expect(ended.errors.contains("file"))
  }
}
