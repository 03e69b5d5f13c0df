// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What is there from an earlier run is never taken for what this one has found.
@Suite("Running again")
struct RerunTests {
  private static let failing = "{ exchange: [{ expect: { header: { ttl: 1 } } }] }"
  private static let passing = "{ exchange: ['x'] }"
  private static let reports = ["--json", "lines.jsonl", "--junit", "junit.xml"]

  /// A folder in which a run has left a capture of each of three cases, and its reports.
  private func ran() throws -> TestFolder {
    let folder = try TestFolder()
    for name in ["x", "a/y", "a/z"] { try folder.write(Self.failing, to: "s/\(name).json5") }
    let ended = try TwoHostProgram.runProgram(
      [TwoHostProgram.path, "run", "s"] + Self.reports, in: folder.path)
    try #require(ended.status == 1 && artifacts(folder).count == 3, "\(ended)")
    try folder.write("mine", to: "twohost-artifacts/x/notes")
    return folder
  }

  private func artifacts(_ folder: TestFolder) -> [String] {
    folder.files.filter { $0.hasPrefix("twohost-artifacts/") && $0.hasSuffix(".pcapng") }
  }

  /// Whether any report tells of a case.
  private func hasReports(_ folder: TestFolder) -> Bool {
    folder.read("lines.jsonl").contains("\"event\":\"case\"")
      || folder.read("junit.xml").contains("name=\"a/y\"")
  }

  private func run(_ folder: TestFolder, _ words: String...) throws -> Ended {
    try TwoHostProgram.runProgram([TwoHostProgram.path, "run"] + words + Self.reports, in: folder.path)
  }

  @Test("of a case that passes now, and of one that was not run any more, no capture is left")
  func passes() throws {
    let folder = try ran()
    try folder.write(Self.passing, to: "s/x.json5")
    #expect(try run(folder, "s", "--filter", "x").status == 0)
    #expect(artifacts(folder) == ["y", "z"].map { "twohost-artifacts/a/\($0)/capture.pcapng" })
    #expect(folder.read("twohost-artifacts/x/notes") == "mine")
    #expect(try run(folder, "s", "--fail-fast", "--jobs", "1").status == 1)
    #expect(artifacts(folder) == ["twohost-artifacts/a/y/capture.pcapng"])
  }

  @Test("--last-failed runs what did not pass when it was run last, and forgets what passed since")
  func lastFailed() throws {
    let folder = try ran()
    func ids(_ words: String...) throws -> (status: Int32, ids: [String], errors: String) {
      let ended = try TwoHostProgram.runProgram([TwoHostProgram.path, "run", "s"] + words, in: folder.path)
      let lines = ended.output.split(separator: "\n").filter {
        $0.hasPrefix("FAIL ") || $0.hasPrefix("PASS ")
      }
      return (ended.status, lines.map { String($0.split(separator: " ")[1]) }.sorted(), ended.errors)
    }
    try folder.write(Self.passing, to: "s/new.json5")
    #expect(try ids("--last-failed").ids == ["a/y", "a/z", "x"])
    try folder.write(Self.passing, to: "s/x.json5")
    #expect(try ids("--last-failed").ids == ["a/y", "a/z", "x"])
    #expect(try ids("--last-failed").ids == ["a/y", "a/z"])
    // What is not run stays what it was.
    try folder.write(Self.passing, to: "s/a/y.json5")
    #expect(try ids("--filter", "a/y").ids == ["a/y"])
    #expect(try ids("--last-failed").ids == ["a/z"])
    try folder.write(Self.passing, to: "s/a/z.json5")
    #expect(try ids("--last-failed").status == 0)
    let none = try ids("--last-failed")
    #expect(
      none.status == 0 && none.ids.isEmpty
        && none.errors.contains("all selected cases passed when they were last run"))
    let unknown = try ids("--last-failed", "--artifacts", "elsewhere")
    #expect(unknown.status == 2 && unknown.errors.contains("no run has kept what failed in \"elsewhere\""))
  }

  @Test("a run in which all passes leaves no folder, and a link in its place is not followed")
  func keepsNothing() throws {
    let folder = try TestFolder()
    try folder.write(Self.passing, to: "s/x.json5")
    #expect(try TwoHostProgram.run("run", "s", in: folder.path).status == 0)
    #expect(folder.files == ["s/x.json5"])
    try folder.write(Self.failing, to: "s/x.json5")
    try folder.write("mine", to: "notes")
    try folder.write("", to: "twohost-artifacts/x/keep")
    symlink("../notes", folder.path + "/twohost-artifacts/.last-failed")
    #expect(try TwoHostProgram.run("run", "s", in: folder.path).status == 1)
    #expect(folder.read("notes") == "mine")
    #expect(try TwoHostProgram.run("run", "s", "--last-failed", in: folder.path).status == 1)
  }

  @Test("where files are wrong, nothing of an earlier run is left to be taken for this one's")
  func wrong() throws {
    let folder = try ran()
    try folder.write("{", to: "s/a/y.json5")
    #expect(try run(folder, "s").status == 2)
    #expect(artifacts(folder).isEmpty && !hasReports(folder))
  }

  @Test("of a run that names less, only that goes; without captures, none does")
  func less() throws {
    let folder = try ran()
    try folder.write("{", to: "s/a/y.json5")
    #expect(try run(folder, "s", "--filter", "x").status == 2)
    #expect(artifacts(folder).count == 2)
    try folder.write(Self.passing, to: "s/a/y.json5")
    #expect(try run(folder, "s", "--filter", "nothing").status == 4 && !hasReports(folder))
    #expect(try run(folder, "s", "--capture", "none").status == 1)
    #expect(artifacts(folder).count == 2)
  }

  @Test("a command line that is wrong removes no capture, and its reports say so")
  func usage() throws {
    let folder = try ran()
    for words in [["--retries", "many"], ["--quiet", "--verbose"], ["--shard", "2/1"], ["--set", "a=1"]] {
      let ended = try TwoHostProgram.runProgram(
        [TwoHostProgram.path, "run", "s"] + words + Self.reports, in: folder.path)
      #expect(ended.status == 2 && artifacts(folder).count == 3 && !hasReports(folder), "\(words)")
    }
  }

  @Test("cases whose names are those of places for artifacts have places of their own")
  func places() throws {
    let folder = try TestFolder()
    for name in ["x", "x/attempt-2", "x/capture.pcapng", "x[a=1]"] {
      try folder.write(Self.failing, to: "s/\(name).json5")
    }
    let matrix = "{ matrix: { a: [1] }, exchange: [{ expect: { header: { ttl: '${a}' } } }] }"
    try folder.write(matrix, to: "s/x/y.json5")
    try folder.write(Self.failing, to: "s/x/y[a=1].json5")
    let ended = try run(folder, "s", "--retries", "1", "--capture", "all")
    #expect(ended.status == 1 && artifacts(folder).count == 12, "\(ended.output) \(ended.errors)")
    #expect(try TwoHostProgram.run("merge", "lines.jsonl", in: folder.path).status == 1)
    #expect(ended.output.contains("--filter '[a=1]' s/x/y.json5"))
  }
}
