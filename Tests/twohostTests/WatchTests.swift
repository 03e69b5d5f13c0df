// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `run --watch` with real files, saved as editors save them.
@Suite("Watching files")
struct WatchTests {
  private static let passing = "{ exchange: ['x'] }"
  private static let failing = "{ exchange: [{ expect: { header: { ttl: 1 } } }] }"

  private let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    try folder.write(Self.passing, to: "s/a.json5")
    try folder.write("{ network: 'n', exchange: ['x'] }", to: "s/b.json5")
    try folder.write("{ exchange: [{ payload: { file: 'p.bin' } }] }", to: "s/c.json5")
    try folder.write("{ mtu: 1400 }", to: "netns/n.json5")
    try folder.write("payload", to: "s/p.bin")
  }

  private func start(_ words: String...) throws -> Program {
    try Program([TwoHostProgram.path, "run", "--watch"] + words, in: folder.path)
  }

  /// The ids of each run so far, in its order.
  private func runs(_ program: Program) -> [[String]] {
    program.output.components(separatedBy: "\ntwohost ").map { run in
      run.split(separator: "\n").filter { $0.hasPrefix("PASS ") || $0.hasPrefix("FAIL ") }
        .map { String($0.split(separator: " ")[1]) }
    }
  }

  /// How many times it has said that it waits.
  private func states(_ program: Program) -> Int {
    program.errors.components(separatedBy: "watching ").count - 1
  }

  /// Saves a file as most editors do: under another name first.
  private func save(_ text: String, to name: String) throws {
    try folder.write(text, to: name + "~new")
    try #require(rename("\(folder.path)/\(name)~new", "\(folder.path)/\(name)") == 0)
  }

  private func end(_ program: Program, _ signal: Int32 = SIGINT) throws -> Ended {
    kill(program.process.processIdentifier, signal)
    return try program.awaitEnd()
  }

  @Test("what a saved scenario, network or payload touches is run again, and nothing else")
  func touched() throws {
    let program = try start("s")
    try program.await("the first run") { states(program) == 1 }
    #expect(runs(program) == [["a", "b", "c"]], "\(program.output)")
    #expect(program.errors.contains("watching 5 files · 3 pass · Ctrl-C ends\n"), "\(program.errors)")
    try save(Self.failing, to: "s/a.json5")
    try program.await("the second run") { states(program) == 2 }
    #expect(program.errors.contains("saved: a.json5\n") && program.errors.contains("1 of 3 fail: a · "))
    try folder.write("{ mtu: 1300 }", to: "netns/n.json5")
    try program.await("the third run") { states(program) == 3 }
    try save("other", to: "s/p.bin")
    try program.await("the fourth run") { states(program) == 4 }
    // What no scenario is made of is saved without a run; one that is new is run.
    try folder.write("x", to: "s/notes.txt")
    try folder.write(Self.passing, to: "s/new/d.json5")
    try program.await("the fifth run") { runs(program).last == ["new/d"] }
    let ended = try end(program)
    #expect(runs(program) == [["a", "b", "c"], ["a"], ["b"], ["c"], ["new/d"]], "\(program.output)")
    #expect(ended.status == 130)
  }

  @Test(
    "what is saved while cases run is not lost, and what is saved while a file is wrong is run when it is right"
  )
  func during() throws {
    // It goes on until the test has saved the other file.
    let program = "while ! test -e go; do :; done"
    try folder.write(
      "{ sender: { run: ['true'] }, receiver: { run: ['sh', '-c', '\(program)'] }, timeout: '1min' }",
      to: "s/slow.json5")
    let watch = try start("s", "--jobs", "4")
    try watch.await("the other cases") {
      ["a", "b", "c"].allSatisfy { watch.output.contains("PASS  \($0) ") }
    }
    try save(Self.failing, to: "s/a.json5")
    try folder.write("", to: "s/go")
    try watch.await("the run of what was saved meanwhile") { runs(watch).last == ["a"] }
    let before = states(watch)
    try save("{", to: "s/b.json5")
    try watch.await("the error") { watch.errors.contains("nothing runs while a file has errors") }
    try save(Self.passing, to: "s/a.json5")
    try watch.await("the next state") { states(watch) > before + 1 }
    try save(Self.passing, to: "s/b.json5")
    try watch.await("the run of both") { runs(watch).last == ["a", "b"] }
    #expect(try end(watch, SIGTERM).status == 143)
  }

  @Test("a program that is saved runs its scenario again, and its own output in the folder does not")
  func program() throws {
    let folder = try TestFolder()
    try folder.write("#!/bin/sh\necho one > written\n", to: "s/program")
    chmod("\(folder.path)/s/program", 0o755)
    try folder.write(
      "{ sender: { run: ['true'] }, receiver: { run: ['./program'] } }", to: "s/p.json5")
    let watch = try Program([TwoHostProgram.path, "run", "--watch", "s"], in: folder.path)
    try watch.await("the first run") { states(watch) == 1 }
    try folder.write("#!/bin/sh\necho two > written\n", to: "s/program")
    try watch.await("the second run") { runs(watch).count == 2 && states(watch) == 2 }
    #expect(folder.read("s/written") == "two\n")
    chmod("\(folder.path)/s/program", 0o644)
    try watch.await("the third run") { states(watch) == 3 }
    #expect(runs(watch).count == 3 && watch.errors.contains("1 of 1 fail: p"))
    #expect(try end(watch).status == 130)
  }

  @Test(
    "captures that a run writes among the scenarios run nothing, whichever of two ways leads there",
    arguments: ["s", "link"], ["s", "link"])
  func artifacts(read: String, written: String) throws {
    let folder = try TestFolder()
    try folder.write(Self.failing, to: "s/a.json5")
    try #require(symlink("s", "\(folder.path)/link") == 0)
    let watch = try Program(
      [TwoHostProgram.path, "run", "--watch", read, "--artifacts", "\(written)/out"], in: folder.path)
    for count in 1...3 {
      try watch.await("run \(count)") { states(watch) == count }
      try folder.write(Self.failing + String(repeating: " ", count: count), to: "s/a.json5")
    }
    try watch.await("the last run") { states(watch) == 4 }
    #expect(try end(watch).status == 130)
    #expect(runs(watch) == [["a"], ["a"], ["a"], ["a"]])
    #expect(folder.files.contains { $0.hasSuffix("capture.pcapng") })
  }

  @Test("Ctrl-C during a run ends it in order")
  func interrupted() throws {
    try folder.write(
      "{ sender: { run: ['true'] }, receiver: { run: ['sh', '-c', 'read x'] }, timeout: '1min' }",
      to: "s/slow.json5")
    let watch = try start("s", "--jobs", "4", "--junit", "junit.xml")
    try watch.await("the other cases") {
      ["a", "b", "c"].allSatisfy { watch.output.contains("PASS  \($0) ") }
    }
    let ended = try end(watch)
    #expect(ended.status == 130 && !ended.errors.contains("watching"))
    #expect(folder.read("junit.xml").contains("interrupted by SIGINT"))
  }

  @Test("standard input cannot be watched")
  func standardInput() throws {
    let ended = try TwoHostProgram.run("run", "--watch", "-")
    #expect(ended.status == 2 && ended.errors.contains("--watch needs files"))
  }
}
