// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What is refused before anything is run is told of in every report, in the place of an earlier run's.
@Suite("A run that is refused")
struct RefusalTests {
  private static let reports = [
    "--report", "github", "--json", "lines.jsonl", "--junit", "junit.xml", "--html", "page.html",
  ]

  private let folder: TestFolder

  /// A folder in which a run has left its reports.
  init() throws {
    folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "s/a.json5")
    try #require(try run(["s"]).status == 0)
    try #require(folder.read("junit.xml").contains("tests=\"1\" failures=\"0\" errors=\"0\""))
  }

  private func run(_ words: [String], by program: [String] = [TwoHostProgram.path, "run"]) throws -> Ended {
    try TwoHostProgram.runProgram(
      program + words + Self.reports, in: folder.path,
      environment: ["GITHUB_STEP_SUMMARY": "\(folder.path)/summary.md"])
  }

  /// What the machine-readable reports say: of JUnit the names of its cases and the messages of their errors, of JSON the
  /// exit status and the errors.
  private func told() throws -> [String] {
    let script = """
      import json, xml.etree.ElementTree as tree
      suite = tree.parse("junit.xml").getroot()
      assert suite.get("failures") == "0" and suite.get("errors") == suite.get("tests") != "0"
      for case in suite.iter("testcase"):
          print(case.get("classname"), case.get("name"), case.find("error").get("message"), sep="|")
      events = [json.loads(line) for line in open("lines.jsonl")]
      assert [event["event"] for event in events] == ["run", "end"] and events[0]["cases"] == 0
      for error in events[1]["errors"]:
          print(events[1]["exitStatus"], error.get("file"), error.get("line"), error.get("column"), error["text"], sep="|")
      """
    let ended = try Program.run(["python3", "-c", script], in: folder.path)
    #expect(ended.status == 0, "\(ended.errors)")
    return ended.output.split(separator: "\n").map(String.init)
  }

  @Test("for its command line says so in place of earlier reports")
  func usage() throws {
    for words in [["s", "--retrise", "1"], ["s", "--retries", "many"], ["s", "--shard", "3/2"]] {
      let ended = try run(words)
      #expect(ended.status == 2 && ended.output.hasPrefix("::error title=nothing was run::"), "\(ended)")
      let told = try told()
      #expect(
        told.count == 2 && told[0].hasPrefix("twohost|the run|") && told[1].hasPrefix("2|None|None|None|"),
        "\(told)")
      #expect(
        folder.read("page.html").contains("class=\"problems\"")
          && !folder.read("page.html").contains("1 passed"))
    }
    #expect(folder.read("summary.md").contains("unknown option"))
  }

  @Test("for files says where each is wrong")
  func files() throws {
    try folder.write("{ exchange: ['x'],\n  protocal: 1, ttl: 2 }", to: "s/b.json5")
    try folder.write("{", to: "s/c.json5")
    let ended = try run(["s", "missing"])
    #expect(ended.status == 2, "\(ended)")
    let annotations = ended.output.split(separator: "\n")
    #expect(
      annotations.count == 4 && annotations.allSatisfy { $0.hasPrefix("::error file=") }, "\(ended.output)")
    #expect(
      annotations.contains(
        "::error file=s/c.json5,line=1,col=1,title=nothing was run::this object is not closed; expected } before the end of the file"
      ))
    #expect(
      annotations.contains {
        $0.hasPrefix(
          "::error file=s/b.json5,line=2,col=3,title=nothing was run::unknown key \"protocal\"; did you")
      })
    let told = try told()
    #expect(
      told.count == 8
        && told.contains("2|s/c.json5|1|1|this object is not closed; expected } before the end of the file"),
      "\(told)")
    #expect(told.contains { $0.hasPrefix("s/b.json5|s/b.json5:2:3|s/b.json5:2:3: unknown key") })
    #expect(told.contains { $0.hasPrefix("missing|missing|missing: there is no such file") })
    // What is wrong is on standard error as ever.
    #expect(ended.errors.contains("  --> s/b.json5:2:3\n"))
  }

  @Test("for nothing that is selected, or for a configuration, says so")
  func nothing() throws {
    #expect(try run(["s", "--filter", "b"]).status == 4)
    #expect(try told()[1].hasPrefix("4|None|None|None|no scenario was selected; no id is or contains \"b\""))
    try folder.write("{ jbos: 1 }", to: "s/twohost.json5")
    #expect(
      try run(["s"]).output.hasPrefix(
        "::error file=s/twohost.json5,line=1,col=3,title=nothing was run::unknown"))
    #expect(try told().count == 2)
  }

  @Test("by the machine says so, with the fix")
  func machine() throws {
    // A limit of a namespace holds for those below it, so that the machine's own setting stays as it is.
    let command = """
      echo 0 > /proc/sys/user/max_user_namespaces &&
      exec capsh --drop=cap_sys_admin -- -c 'exec "$0" "$@"' "$@"
      """
    let program = ["unshare", "-Ur", "sh", "-c", command, "sh", TwoHostProgram.path, "run"]
    let ended = try run(["s"], by: program)
    #expect(ended.status == 3, "\(ended)")
    #expect(
      ended.output.hasPrefix("::error title=nothing was run::") && ended.output.contains("%0Afix: "),
      "\(ended)")
    #expect(try told()[1].hasPrefix("3|None|None|None|"))
  }

  @Test("fails in TAP too, and a shard that was refused makes the merged run one that is not complete")
  func harnesses() throws {
    let tap = try TwoHostProgram.run("run", "s", "--report", "tap", "--jobs", "0", in: folder.path)
    #expect(tap.status == 2 && tap.output.hasPrefix("TAP version 14\nBail out! --jobs must be"), "\(tap)")
    for shard in ["1/2", "2/2"] {
      let words = ["run", "s", "--shard", shard, "--json", "\(shard.prefix(1)).jsonl"]
      _ = try TwoHostProgram.runProgram(
        [TwoHostProgram.path] + words + (shard == "2/2" ? ["--jobs", "0"] : []), in: folder.path)
    }
    let merged = try TwoHostProgram.run("merge", "1.jsonl", "2.jsonl", in: folder.path)
    #expect(merged.status == 5 && merged.errors.contains("2.jsonl: --jobs must be a number"), "\(merged)")
    let wrong = try run(["missing.jsonl"], by: [TwoHostProgram.path, "merge"])
    #expect(wrong.status == 2 && wrong.output.contains("missing.jsonl cannot be read"))
    #expect(try told()[1].contains("missing.jsonl cannot be read"))
  }
}
