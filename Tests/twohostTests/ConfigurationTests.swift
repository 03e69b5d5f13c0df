// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `twohost.json5`: defaults of options beside the scenarios.
@Suite("Defaults of options")
struct ConfigurationTests {
  private let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "s/a.json5")
    try folder.write("{ exchange: [{ expect: { header: { ttl: 1 } } }], tags: ['t'] }", to: "s/sub/b.json5")
  }

  private func configure(_ text: String, _ name: String = "s/twohost.json5") throws {
    try folder.write(text, to: name)
  }

  private func run(_ words: String...) throws -> Ended {
    try TwoHostProgram.runProgram([TwoHostProgram.path, "run"] + words, in: folder.path)
  }

  @Test("go for what is not given; paths begin in the file's folder; it is no scenario")
  func defaults() throws {
    try configure(
      "{ retries: 1, artifacts: 'out', junit: 'out/junit.xml', json: '/dev/null', timing: true, jobs: 1 }")
    let ended = try run("s")
    #expect(ended.status == 1 && ended.output.contains("· 2 cases\n") && ended.output.contains("set-up"))
    #expect(ended.output.contains("2 attempts"), "\(ended)")
    #expect(
      folder.files.contains("s/out/sub/b/attempt-2/capture.pcapng")
        && folder.files.contains("s/out/junit.xml"))
    // Of a file, and of a folder below, it is the same one.
    #expect(try run("s/sub/b.json5").output.contains("2 attempts"))
    #expect(try run("s/sub").output.contains("2 attempts"))
  }

  @Test("are outweighed by what is given, and passed over with --no-config")
  func outweighed() throws {
    try configure("{ retries: 1, tag: 't', artifacts: 'out' }")
    #expect(try run("s").output.contains("· 1 case\n"))
    let given = try run("s", "--retries", "0", "--tag", "!none", "--artifacts", "given")
    #expect(given.output.contains("· 2 cases") && !given.output.contains("attempts"))
    #expect(folder.files.contains("given/sub/b/capture.pcapng"))
    let without = try run("s", "--no-config")
    #expect(without.output.contains("· 2 cases") && !without.output.contains("attempts"))
    #expect(try TwoHostProgram.run("list", "s", in: folder.path).output.split(separator: "\n").count == 1)
    #expect(try TwoHostProgram.run("list", "--no-config", "s", in: folder.path).output.contains("a  "))
  }

  @Test("of variables are for the scenarios that have them, and one that is given outweighs one")
  func variables() throws {
    let variable = "{ variables: { port: 5, size: 1 }, udp: { destinationPort: '${port}' },"
    try folder.write("\(variable) exchange: [{ payload: { size: '${size}' } }] }", to: "s/v.json5")
    try configure("{ set: { port: 7777, size: 3, other: 'x' } }")
    func explain(_ words: String...) throws -> String {
      try TwoHostProgram.runProgram([TwoHostProgram.path, "explain", "s/v.json5"] + words, in: folder.path)
        .output
    }
    #expect(try explain().contains("7777"))
    #expect(try explain("--set", "port=1234").contains("1234"))
    #expect(try run("s/a.json5").status == 0)
    #expect(
      try run("s/a.json5", "--set", "port=1").errors.contains("no selected scenario has a variable \"port\""))
  }

  @Test("that are wrong are told at their place, all at once, with status 2, and nothing is run")
  func wrong() throws {
    try configure(
      "{ jbos: 2, retries: 101, timeoutFactor: 0, programs: 'no', capture: 'faild', set: { a: [] } }")
    for command in ["run", "check", "list"] {
      let ended = try TwoHostProgram.run(command, "s", in: folder.path)
      #expect(ended.status == 2 && ended.output.isEmpty)
      for text in [
        "error: unknown key \"jbos\"\n  --> s/twohost.json5:1:3\n", "  ^^^^ did you mean \"jobs\"?",
        "\"retries\" must be a number from 0 to 100, not the number 101\n  --> s/twohost.json5:1:21\n",
        "\"timeoutFactor\" must be a number from 0.1 to 1000",
        "\"programs\" must be true or false, not \"no\"",
        "did you mean \"failed\"?", "\"a\" must be a text, a number, true or false, not an empty list",
      ] { #expect(ended.errors.contains(text), "\(text) is not in \(ended.errors)") }
    }
    try configure("{")
    #expect(try run("s").errors.contains("this object is not closed"))
    try configure("{ programs: false }")
    try folder.write("{ receiver: { run: ['true'] }, exchange: ['x'] }", to: "s/p.json5")
    #expect(try run("s").errors.contains("p runs a program, and --no-programs was given"))
    let named = try run("s/twohost.json5")
    #expect(
      named.status == 2
        && named.errors.contains(
          "this sets defaults for options and is not a scenario")
    )
    try FileManager.default.removeItem(atPath: "\(folder.path)/s/twohost.json5")
    symlink("nowhere", "\(folder.path)/s/twohost.json5")
    #expect(try run("s").errors.contains("s/twohost.json5: there is no such file"))
  }

  @Test("are those of the nearest file up to the working folder, and of one file only")
  func nearest() throws {
    try configure("{ jobs: 300 }", "twohost.json5")
    #expect(try run("s").status == 2)
    try configure("{ }")
    #expect(try run("s").status == 1)
    let two = try run("s/a.json5", "twohost.json5")
    #expect(
      two.status == 2
        && two.errors.contains("\"s/a.json5\" uses s/twohost.json5, and \"twohost.json5\" uses"))
    // What lies above the working folder could be anybody's.
    let below = try TwoHostProgram.run("run", "--no-config", "a.json5", in: folder.path + "/s")
    #expect(below.status == 0)
    try FileManager.default.removeItem(atPath: "\(folder.path)/s/twohost.json5")
    #expect(try TwoHostProgram.run("run", "a.json5", in: folder.path + "/s").status == 0)
    #expect(try TwoHostProgram.run("run", "\(folder.path)/s/a.json5", in: folder.path).status == 2)
  }

  @Test("that are saved while files are watched go for the next run of all")
  func watched() throws {
    try configure("{ retries: 1 }")
    let watch = try Program([TwoHostProgram.path, "run", "--watch", "s"], in: folder.path)
    try watch.await("the first run") { watch.errors.contains("1 of 2 fail") }
    try configure("{ retries: 101 }")
    try watch.await("the error") { watch.errors.contains("nothing runs while a file has errors") }
    try configure("{ retries: 2 }")
    try watch.await("the second run") { watch.output.contains("3 attempts") }
    kill(watch.process.processIdentifier, SIGINT)
    #expect(try watch.awaitEnd().status == 130)
  }
}
