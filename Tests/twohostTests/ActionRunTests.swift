// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The GitHub action's run")
struct ActionRunTests {
  @Test("of one case that passes and one that fails, the reports tell both, and what failed has a capture")
  func passingAndFailing() throws {
    let folder = try TestFolder()
    try folder.write(#"{ exchange: ["x"] }"#, to: "s/passing.json5")
    try folder.write(
      #"{ exchange: [{ payload: "x", expect: { header: { ttl: 1 } } }] }"#, to: "s/failing.json5")
    let ended = try Program.run(
      ["\(TwoHostProgram.checkout)/ci/action/run"], in: folder.path,
      environment: [
        "TWOHOST_PROGRAM": TwoHostProgram.path, "TWOHOST_FOLDER": "out", "TWOHOST_PATHS": "s",
        "TWOHOST_ARGUMENTS": "", "GITHUB_STEP_SUMMARY": "\(folder.path)/summary.md",
      ])
    #expect(ended.status == 1, "\(ended)")
    #expect(ended.output.contains("::error file=s/failing.json5,line=1"), "\(ended)")
    #expect(folder.read("summary.md").contains("failing"))
    #expect(folder.files.contains("out/captures/failing/capture.pcapng"), "\(folder.files)")

    let count = """
      import json, sys, xml.etree.ElementTree as tree
      cases = list(tree.parse("out/junit.xml").iter("testcase"))
      print(len(cases), sum(case.find("failure") is not None for case in cases))
      for line in open("out/results.jsonl"): json.loads(line)
      """
    let counted = try Program.run(["python3", "-c", count], in: folder.path)
    #expect(counted.output == "2 1\n", "\(counted)")
  }
}
