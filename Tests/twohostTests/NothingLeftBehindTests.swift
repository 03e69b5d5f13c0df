// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Nothing left behind", .serialized)
struct NothingLeftBehindTests {
  /// The names of the links in the machine's own namespace.
  private static func links() throws -> Set<String> {
    let text = String(decoding: try Data(contentsOf: URL(filePath: "/proc/net/dev")), as: UTF8.self)
    return Set(
      text.split(separator: "\n").dropFirst(2).map { $0.split(separator: ":")[0].filter { $0 != " " } })
  }

  /// The network namespaces that a process holds open beside the one it was started in.
  private static func heldNamespaces(of process: Int32) throws -> Set<String> {
    let folder = "/proc/\(process)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let targets = names.compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
    }
    return Set(targets.filter { $0.hasPrefix("net:[") }).subtracting([try home()])
  }

  /// The network namespace that this machine's processes live in.
  private static func home() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/net")
  }

  /// The network namespaces that any process on this machine holds or is in.
  private static func namespacesInUse() throws -> Set<String> {
    let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
    let own = processes.compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/ns/net")
    }
    return try processes.reduce(into: Set(own)) { $0.formUnion(try heldNamespaces(of: $1)) }
  }

  @Test("a runner that is killed in the middle of a case leaves no namespace, link, process or file")
  func killed() throws {
    let folder = try TestFolder()
    // Enough messages to be in the middle of when the first host is seen.
    let messages = (0..<20_000).map { "\"message \($0)\"" }.joined(separator: ", ")
    try folder.write("{ exchange: [\(messages)], timeout: \"1min\" }", to: "s/long.json5")
    let before = try Self.links()

    let runner = try Program(
      [TwoHostProgram.path, "run", "s", "--artifacts", "out", "--capture", "all"], in: folder.path)
    let identifier = runner.process.processIdentifier
    var held: Set<String> = []
    try runner.await("both hosts") {
      held.formUnion(try Self.heldNamespaces(of: identifier))
      return held.count >= 2
    }
    #expect(try Self.links() == before, "the machine's own links while a case runs")
    #expect(kill(identifier, SIGKILL) == 0)
    let ended = try runner.awaitEnd()

    #expect(ended.status == 128 + SIGKILL)
    #expect(!ended.output.contains("PASS"), "it was killed in the middle")
    #expect(try Self.links() == before)
    #expect(try Self.namespacesInUse().isDisjoint(with: held))
    #expect(folder.files == ["s/long.json5"])
  }

  @Test("a run that ends well leaves no link and no file either")
  func endedWell() throws {
    let folder = try TestFolder()
    try folder.write(#"{ exchange: ["x"] }"#, to: "s/x.json5")
    let before = try Self.links()
    #expect(try TwoHostProgram.run("run", "s", in: folder.path).status == 0)
    #expect(try Self.links() == before)
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
