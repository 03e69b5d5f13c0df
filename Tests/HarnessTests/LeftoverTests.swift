// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Testing

@testable import Harness

// Other tests run in the same process, so a count may rise for a while by their doing; what ten cases left
// behind would stay.
@Suite("what a case leaves behind, as root")
struct LeftoverTests {
  private func entries(of folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  private func links() throws -> [String] {
    let text = try #require(FileManager.default.contents(atPath: "/proc/net/dev"))
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst(2)
    return lines.compactMap { $0.split(separator: ":").first.map { $0.filter { $0 != " " } } }.sorted()
  }

  @Test("the counter of descriptors counts")
  func counterWorks() throws {
    let file = try #require(fopen("/dev/null", "r"))
    let number = fileno(file)
    #expect(try entries(of: "/proc/self/fd").contains("\(number)"))
    fclose(file)
  }

  @Test("ten cases leave no descriptor, no thread and no interface")
  func nothing() throws {
    let one = try scenario(#"{ exchange: ["Hello World !", "Hi"] }"#)
    let runner = CaseRunner(captures: .init(.none, in: "/"), application: "test")
    _ = runner.run(one)
    let descriptors = try entries(of: "/proc/self/fd").count
    let threads = try entries(of: "/proc/self/task").count
    let links = try links()
    for _ in 0..<10 { #expect(runner.run(one).status == .passed) }
    #expect(try self.links() == links)
    #expect(try eventually { try entries(of: "/proc/self/fd").count <= descriptors })
    #expect(try eventually { try entries(of: "/proc/self/task").count <= threads })
  }
}
