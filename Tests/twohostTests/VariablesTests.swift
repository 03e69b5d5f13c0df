// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `--set NAME=VALUE`, which puts a value in the place of the one that scenario files give a variable.
@Suite("Variables on the command line")
struct VariablesTests {
  private static let receiver = """
    {
      tags: ["program"],
      variables: { program: "true", status: 0 },
      sender: { run: ["true"] },
      receiver: { run: ["sh", "-c", "${program}; exit ${status}"], ready: { stdout: "up" } },
    }
    """

  private func folder() throws -> TestFolder {
    let folder = try TestFolder()
    try folder.write(Self.receiver, to: "s/program.json5")
    try folder.write(
      #"{ tags: ["ttl"], variables: { ttl: 64 }, exchange: [{ payload: "${ttl}", header: { ttl: "${ttl}" } }] }"#,
      to: "s/ttl.json5")
    try folder.write(#"{ tags: ["none"], exchange: ["x"] }"#, to: "s/none.json5")
    return folder
  }

  private func twohost(_ words: String..., in folder: TestFolder) throws -> Ended {
    try Program.run([TwoHostProgram.path] + words, in: folder.path)
  }

  @Test("a value that is set is what is run, checked, listed and explained")
  func set() throws {
    let folder = try folder()
    let run = try twohost(
      "run", "s", "--set", "program=echo up", "--set=ttl=7", "--json", "r.jsonl", in: folder)
    #expect(run.status == 0, "\(run)")
    #expect(folder.read("r.jsonl").contains(#""variables":{"program":"echo up"}"#))
    let explained = try twohost("explain", "s/ttl.json5", "--set", "ttl=7", in: folder)
    #expect(explained.output.contains("Time to Live                        7\n"), "\(explained)")
    for command in ["check", "list"] {
      #expect(try twohost(command, "s", "--set", "ttl=255", in: folder).status == 0)
      let wrong = try twohost(command, "s", "--set", "ttl=256", in: folder)
      #expect(wrong.status == 2)
      #expect(wrong.errors.contains("not the number 256\n"))
      #expect(wrong.errors.contains("= with --set ttl=256\n"))
    }
  }

  @Test("the line that runs a failed case again sets what was set, in a shell's words")
  func again() throws {
    let folder = try folder()
    let words = ["run", "s/program.json5", "--set", "status=3", "--set", "program=echo 'up'"]
    let failed = try Program.run([TwoHostProgram.path] + words, in: folder.path)
    #expect(failed.status == 1)
    #expect(failed.output.contains("exited with status 3"))
    let again = try #require(failed.output.split(separator: "\n").last { $0.contains("again    ") })
    let rest = #" run --set 'program=echo '\''up'\''' --set status=3 s/program.json5"#
    #expect(again.hasSuffix(rest), "\(again)")
  }

  @Test(
    "a value for nothing that is selected, or that is none, is a usage error with the nearest name",
    arguments: [
      (
        ["s", "--set", "programm=x"],
        #"no selected scenario has a variable "programm": did you mean "program"?"#
      ),
      (["s", "--set", "xyz=1"], #"variable "xyz": available: program, status, ttl"#),
      (["s", "--tag", "ttl", "--set", "program=x"], #"variable "program": available: ttl"#),
      (["s", "--tag", "none", "--set", "ttl=1"], #"no selected scenario has a variable "ttl""#),
      (["s", "--set", "ttl"], #"--set needs a name and a value such as port=7777, not "ttl""#),
      (["s", "--set", "=1"], #"--set needs a name and a value such as port=7777, not "=1""#),
      (["s", "--set", "ttl=1", "--set", "ttl=2"], "--set ttl is given twice"),
      (["s", "--set"], "--set needs a value: NAME=VALUE"),
    ])
  func usage(words: [String], remedy: String) throws {
    let folder = try folder()
    for command in ["run", "list"] {
      let ended = try Program.run([TwoHostProgram.path, command] + words, in: folder.path)
      #expect(ended.status == 2)
      #expect(ended.errors.contains("twohost: ") && ended.errors.contains(remedy), "\(ended.errors)")
      #expect(ended.output.isEmpty)
    }
  }

  @Test("where nothing is selected that is what is said, whatever is set")
  func nothingSelected() throws {
    let folder = try folder()
    #expect(try twohost("run", "s", "--tag", "nobody", "--set", "x=1", in: folder).status == 4)
  }

  @Test("help, manual page and completions of the commands that take scenarios have it")
  func help() throws {
    for command in ["run", "check", "list", "explain"] {
      #expect(try TwoHostProgram.run("help", command).output.contains("  --set NAME=VALUE "))
      let fish = try TwoHostProgram.run("help", "--completions", "fish").output
      #expect(fish.contains("__twohost_command_is \(command)' -l set -x -d "), "\(command)")
    }
    #expect(try !TwoHostProgram.run("help", "merge").output.contains("--set"))
    #expect(try TwoHostProgram.run("help", "--man").output.contains(#"\-\-set\fR \fINAME=VALUE\fR"#))
  }
}
