// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Nothing left behind", .serialized)
struct NothingLeftBehindTests {
  @Test("a runner that is killed in the middle of a case leaves no namespace, link, process or file")
  func killed() throws {
    let folder = try TestFolder()
    // Enough messages to be in the middle of when the first host is seen.
    let messages = (0..<20_000).map { "\"message \($0)\"" }.joined(separator: ", ")
    try folder.write("{ exchange: [\(messages)], timeout: \"1min\" }", to: "s/long.json5")
    let before = try Machine.links()

    let runner = try Program(
      [TwoHostProgram.path, "run", "s", "--artifacts", "out", "--capture", "all"], in: folder.path,
      environment: ["TWOHOST_TEST": folder.path])
    let identifier = runner.process.processIdentifier
    var held: Set<String> = []
    try runner.await("both hosts") {
      held.formUnion(try Machine.heldNamespaces(of: identifier))
      return held.count >= 2
    }
    #expect(try Machine.links() == before, "the machine's own links while a case runs")
    #expect(kill(identifier, SIGKILL) == 0)
    let ended = try runner.awaitEnd()

    #expect(ended.status == 128 + SIGKILL)
    #expect(!ended.output.contains("PASS"), "it was killed in the middle")
    #expect(try Machine.links() == before)
    #expect(Machine.areGone(folder.path))
    #expect(folder.files == ["s/long.json5"])
  }

  @Test("a run that ends well leaves no link and no file either")
  func endedWell() throws {
    let folder = try TestFolder()
    try folder.write(#"{ exchange: ["x"] }"#, to: "s/x.json5")
    let before = try Machine.links()
    #expect(try TwoHostProgram.run("run", "s", in: folder.path).status == 0)
    #expect(try Machine.links() == before)
    #expect(folder.files == ["s/x.json5"])
  }

  /// Runs cases with only so many descriptors.
  private func run(cases: Int, descriptors: Int) throws -> Ended {
    let folder = try TestFolder()
    let texts = (0..<cases).map { "\"\($0)\"" }.joined(separator: ", ")
    try folder.write("{ exchange: [\"${text}\"], matrix: { text: [\(texts)] } }", to: "s/x.json5")
    let command = "ulimit -n \(descriptors); exec '\(TwoHostProgram.path)' run s --capture none"
    return try Program.run(["bash", "-c", command], in: folder.path)
  }

  @Test("five hundred cases need no more descriptors than those that wait to be closed: none is kept")
  func descriptors() throws {
    // At most 256 wait, and 32 threads close one each; one kept by each case would be 500.
    let ended = try run(cases: 500, descriptors: 350)
    #expect(ended.status == 0, "\(ended.output.suffix(500)) \(ended.errors.suffix(500))")
    #expect(ended.output.contains("500 passed, 0 failed"))
  }

  @Test("with too few descriptors for a single case none passes, and the harness says which call failed")
  func tooFewDescriptors() throws {
    let ended = try run(cases: 3, descriptors: 8)
    #expect(ended.status == 5)
    #expect(ended.output.contains("EMFILE"))
    #expect(!ended.output.contains("PASS"))
  }
}
