// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The command line")
struct CommandLineTests {
  private static let commands = [
    "run", "check", "list", "decode", "import", "send", "receive", "explain", "schema", "merge",
  ]

  @Test("help names every command and every exit status, and goes to standard output")
  func help() throws {
    let ended = try TwoHostProgram.run("--help")
    #expect(ended.status == 0)
    #expect(ended.errors.isEmpty)
    for command in Self.commands { #expect(ended.output.contains("\n  \(command) "), "\(command)") }
    for status in 0...5 { #expect(ended.output.contains("\(status) "), "\(status)") }
  }

  /// The version, and the commit where the build could know it.
  private static var version: Regex<Substring> {
    #/twohost 0\.1\.0 \((?:[0-9a-f]{12}(?:, changed)?|no commit known: not built by ci/build)\)\n/#
  }

  @Test("each command has help and a version", arguments: commands)
  func helpOfCommand(command: String) throws {
    let help = try TwoHostProgram.run(command, "--help")
    #expect(help.status == 0)
    #expect(help.output.hasPrefix("usage: twohost \(command) "))
    let version = try TwoHostProgram.run(command, "--version")
    #expect(version.status == 0)
    #expect(version.output.wholeMatch(of: Self.version) != nil, "\(version.output)")
  }

  @Test("the version is the answer whatever else is asked, and one that cannot be written is status 5")
  func version() throws {
    for words in [["--version"], ["--version", "--unknown"]] {
      let ended = try Program.run([TwoHostProgram.path] + words)
      #expect(ended.status == 0)
      #expect(ended.output.wholeMatch(of: Self.version) != nil, "\(ended.output)")
    }
    for output in [">/dev/full", ">&-"] {
      let ended = try Program.run(["sh", "-c", "exec '\(TwoHostProgram.path)' --version \(output)"])
      #expect(ended.status == 5)
      #expect(ended.errors.hasPrefix("twohost: standard output cannot be written: "))
    }
  }

  @Test(
    "a command line that says nothing that can be done is status 2, and says what would be right",
    arguments: [
      (["rum"], #"did you mean "run"?"#), (["run", "--fliter", "x"], #"did you mean "--filter"?"#),
      (["run", "--capture", "some"], "must be one of all, failed, none"),
      (["run", "--filter"], "--filter needs a value"),
      (["run", "--allow-empty=yes"], "--allow-empty takes no value"),
      (["run", "--jobs", "1", "-j2"], "--jobs is given twice"), (["run", "-j"], "--jobs needs a value"),
      (["run", "-jx"], "--jobs must be a number from 1 to 256"), (["run", "-qv"], #"unknown option "-qv""#),
      (["run", "-q", "-v"], "see: twohost help run"), (["run", "--fliter"], "see: twohost help run"),
      (["send"], "needs one IP address"), (["send", "1.1.1"], "needs one IP address"),
      (["receive", "--protocol", "255"], "--protocol must be a number from 1 to 254"),
      (["receive", "--bind", "host"], "--bind must be an IP address"),
      (["receive", "x"], "takes no operand"), (["decode"], "needs a packet"),
      (["import"], "import needs one capture"),
      (["import", "x.pcap", "--conversation", "0"], "--conversation must be a number from 1"),
      (["explain"], "needs one scenario file"), (["schema", "x"], "takes no operand"),
      (["schema", "--network", "--reference"], "cannot be combined"),
      (["decode", ""], "at least one byte"), (["merge"], "needs the JSON lines of a run"),
      (["merge", "x", "--quiet", "--verbose"], "contradict each other"),
      (["decode", "45 0"], "neither a readable file nor hexadecimal"),
      (["decode", "none.pcap"], "\"none.pcap\" does not exist"),
    ])
  func usage(words: [String], remedy: String) throws {
    let ended = try Program.run([TwoHostProgram.path] + words)
    #expect(ended.status == 2)
    #expect(ended.errors.contains(remedy), "\(ended.errors)")
    #expect(ended.output.isEmpty)
  }

  @Test(
    "where no path is given and the usual folder is not there, that is said", arguments: ["run", "check"])
  func noFolder(command: String) throws {
    let folder = try TestFolder()
    let ended = try TwoHostProgram.run(command, in: folder.path)
    #expect(
      ended.status == 2 && ended.errors.contains("no PATH was given, and there is no folder \"scenarios\""))
    #expect(ended.errors.contains("twohost new hello"))
  }

  @Test("without a command the help goes to standard error, status 2")
  func nothing() throws {
    let ended = try TwoHostProgram.run()
    #expect(ended.status == 2)
    #expect(ended.output.isEmpty)
    #expect(ended.errors.hasPrefix("usage: twohost COMMAND"))
  }

  @Test("nothing is run while any file is wrong, and the errors of all files are told")
  func wrongFiles() throws {
    let folder = try TestFolder()
    try folder.write(#"{ exchange: ["x"] }"#, to: "s/right.json5")
    try folder.write(#"{ exchange: ["x"], titel: "y" }"#, to: "s/wrong.json5")
    try folder.write("{ exchange: [", to: "s/broken.json5")
    for command in ["run", "check", "list"] {
      let ended = try TwoHostProgram.run(command, "s", in: folder.path)
      #expect(ended.status == 2)
      #expect(ended.output.isEmpty)
      #expect(ended.errors.contains("--> s/wrong.json5:1:20"))
      #expect(ended.errors.contains("--> s/broken.json5:1:"))
    }
  }

  @Test("where nothing is selected the status is 4, or 0 where that is allowed")
  func nothingSelected() throws {
    let folder = try TestFolder()
    try folder.write(#"{ tags: ["a"], exchange: ["x"] }"#, to: "s/x.json5")
    #expect(try TwoHostProgram.run("run", "s", "--tag", "b", in: folder.path).status == 4)
    #expect(try TwoHostProgram.run("list", "s", "--filter", "y", in: folder.path).status == 4)
    #expect(try TwoHostProgram.run("run", "s", "--tag", "!a", "--allow-empty", in: folder.path).status == 0)
    #expect(try TwoHostProgram.run("run", "none", in: folder.path).status == 2)
    let misses = try TwoHostProgram.run("list", "s", "--filter", "xx", "--tag", "aa", in: folder.path)
    #expect(misses.errors.contains(#"no id is or contains "xx": did you mean "x"?"#), "\(misses.errors)")
    #expect(misses.errors.contains(#"no scenario has the tag "aa": did you mean "a"?"#), "\(misses.errors)")
    try folder.write("", to: "empty/notes.txt")
    for command in ["check", "run", "list"] {
      let ended = try TwoHostProgram.run(command, "empty", in: folder.path)
      #expect(
        ended.status == 4 && ended.errors.contains(#"no file below "empty" ends in .json5"#), "\(ended)")
    }
  }

  @Test("options have short names, and filters and tags may be given more than once")
  func short() throws {
    let folder = try TestFolder()
    for name in ["a", "b", "c"] {
      try folder.write(#"{ tags: ["\#(name)"], exchange: ["x"] }"#, to: "s/\(name).json5")
    }
    let quiet = try TwoHostProgram.run(
      "run", "s", "-j1", "-q", "--filter", "a", "--filter", "?", in: folder.path)
    #expect(quiet.status == 0 && quiet.output.hasPrefix("3 passed, 0 failed in "), "\(quiet)")
    let verbose = try TwoHostProgram.run(
      "run", "s", "-j", "2", "-v", "--tag", "a", "--tag", "b", in: folder.path)
    #expect(verbose.output.contains("2 passed") && verbose.output.contains("· 2 jobs"), "\(verbose)")
  }

  @Test("a scenario may come by standard input, and its errors say so")
  func standardInput() throws {
    let folder = try TestFolder()
    try folder.write(
      "{ sender: { address: '10.0.0.1/8' }, receiver: { address: '10.0.0.2/8' } }", to: "netns/ten.json5")
    let text = "{ network: 'ten', exchange: ['x'] }"
    for command in ["check", "list", "explain", "run"] {
      let program = try Program([TwoHostProgram.path, command, "-"], in: folder.path)
      try program.type(text)
      let ended = try program.awaitEnd()
      #expect(ended.status == 0, "\(ended)")
      if command == "explain" { #expect(ended.output.contains("10.0.0.2"), "\(ended.output)") }
    }
    let wrong = try Program([TwoHostProgram.path, "check", "-"], in: folder.path)
    try wrong.type("{ exchange: }")
    let ended = try wrong.awaitEnd()
    #expect(ended.status == 2 && ended.errors.contains("--> -:1:13"), "\(ended)")
  }

  @Test(
    "a run that waits for a scenario to be typed ends when it is interrupted, and says that nothing was run")
  func interruptedInput() throws {
    let folder = try TestFolder()
    let program = try Program([TwoHostProgram.path, "run", "-"], in: folder.path)
    try program.type("{ exchange: [")
    // It holds the signal back before it reads: the mask says when.
    let path = "/proc/\(program.process.processIdentifier)/status"
    try program.await("its mask") {
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      let mask = lines.first { $0.hasPrefix("SigBlk:\t") }.flatMap { UInt64($0.dropFirst(8), radix: 16) }
      return (mask ?? 0) & (1 << UInt64(SIGINT - 1)) != 0
    }
    kill(program.process.processIdentifier, SIGINT)
    let status = program.process.awaitEnd(seconds: 60)
    #expect(
      status == 130 && program.errors.contains("ended by SIGINT while files were read: nothing was run"))
    #expect(!program.errors.contains("error:"), "\(program.errors)")
  }

  @Test(
    "a reader that goes away is no error to tell of, and a status that is not 0",
    arguments: ["list", "schema", "help"])
  func closedPipe(command: String) throws {
    let folder = try TestFolder()
    try folder.write(#"{ exchange: ["x"] }"#, to: "s/x.json5")
    let script = """
      import os, subprocess, sys
      reading, writing = os.pipe()
      os.close(reading)
      print(subprocess.run(sys.argv[1:], stdout=writing).returncode)
      """
    let words = [TwoHostProgram.path, command] + (command == "list" ? ["s"] : [])
    let ended = try Program.run(["python3", "-c", script] + words, in: folder.path)
    #expect(ended.output == "5\n" && ended.errors.isEmpty, "\(ended)")
  }

  @Test("a list for programs has an object a line")
  func listForPrograms() throws {
    let folder = try TestFolder()
    try folder.write(#"{ title: "a \"b\"", tags: ["t"], exchange: ["x"] }"#, to: "s/x.json5")
    try folder.write(
      "{ matrix: { n: [1, 2] }, sender: { run: ['echo', '${n}'] }, receiver: { run: ['true'] } }",
      to: "s/y.json5")
    let ended = try TwoHostProgram.run("list", "--json", "s", in: folder.path)
    struct Line: Decodable, Equatable {
      let id: String
      let title: String
      let tags: [String]
      let programs: Bool
      let file: String
    }
    let lines = try ended.output.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    #expect(lines.map(\.id) == ["x", "y[n=1]", "y[n=2]"])
    try #require(lines.count == 3)
    let first = Line(id: "x", title: "a \"b\"", tags: ["t"], programs: false, file: "s/x.json5")
    #expect(lines[0] == first && lines[2].programs && lines[2].file == "s/y.json5")
  }

  @Test("colours come where they are asked for, and NO_COLOR keeps them away")
  func colours() throws {
    let folder = try TestFolder()
    try folder.write(#"{ exchange: ["x"] }"#, to: "x.json5")
    func output(_ options: [String], _ environment: [String: String]) throws -> String {
      let words = [TwoHostProgram.path, "run", "x.json5"] + options
      let clean = ["NO_COLOR": "", "CLICOLOR_FORCE": ""]
      return try Program.run(words, in: folder.path, environment: clean.merging(environment) { $1 }).output
    }
    #expect(try !output([], [:]).contains("\u{1b}"), "a pipe gets none")
    #expect(try output(["--color", "always"], [:]).contains("\u{1b}[32mPASS"))
    #expect(try output([], ["CLICOLOR_FORCE": "1"]).contains("\u{1b}[32mPASS"))
    #expect(try !output([], ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]).contains("\u{1b}"))
    #expect(try !output(["--color=never"], ["CLICOLOR_FORCE": "1"]).contains("\u{1b}"))
  }

  @Test("a report that cannot be written is status 5, not a pass")
  func fullDisk() throws {
    let folder = try TestFolder()
    try folder.write(#"{ exchange: ["x"] }"#, to: "x.json5")
    let command = "exec '\(TwoHostProgram.path)' run x.json5 > /dev/full"
    let ended = try Program.run(["sh", "-c", command], in: folder.path)
    #expect(ended.status == 5)
    #expect(ended.errors.contains("No space left on device"))
  }
}

@Suite("Without privilege")
struct UnprivilegedTests {
  @Test("what touches no network needs none")
  func pure() throws {
    let folder = try TestFolder()
    try folder.write(#"{ exchange: ["x"] }"#, to: "x.json5")
    try CapturedLAN.write(to: folder)
    for words in [
      ["check", "x.json5"], ["list", "x.json5"], ["decode", "45"], ["explain", "x.json5"], ["schema"],
      ["import", "lan.pcap", "--conversation", "1"],
    ] {
      let ended = try TwoHostProgram.runUnprivileged(words, in: folder.path)
      #expect(ended.status == 0, "\(words): \(ended)")
    }
  }

  /// A command that runs another where no user namespace may be made inside of it.
  private func withoutUserNamespaces(_ command: String) -> [String] {
    let limit = "echo 0 > /proc/sys/user/max_user_namespaces"
    // The limit holds in a user namespace of its own: the machine's is left alone.
    return [
      "unshare", "-Ur", "sh", "-c", "\(limit) && exec setpriv --bounding-set=-all --inh-caps=-all \(command)",
    ]
  }

  @Test("run says what is missing, which setting forbids it and how to get it, status 3")
  func run() throws {
    let folder = try TestFolder()
    for name in ["x", "y"] { try folder.write(#"{ exchange: ["x"] }"#, to: "s/\(name).json5") }
    let ended = try Program.run(withoutUserNamespaces("'\(TwoHostProgram.path)' run s"), in: folder.path)
    #expect(ended.status == 3, "\(ended)")
    #expect(ended.errors.contains("/proc/sys/user/max_user_namespaces is 0"))
    #expect(ended.errors.contains("fix: as root: sysctl -w user.max_user_namespaces="))
    #expect(ended.output.isEmpty)
  }

  @Test(
    "an ordinary user's run makes a user namespace by itself, says so, and passes the documented exchange")
  func ordinaryUser() throws {
    let folder = try TestFolder()
    for place in ["scenarios/documented", "netns"] {
      try folder.copy("\(TwoHostProgram.checkout)/\(place)", to: place)
    }
    let ended = try TwoHostProgram.runUnprivileged(
      ["run", "scenarios", "--capture", "none"], in: folder.path)
    #expect(ended.status == 0, "\(ended)")
    #expect(ended.errors.contains("user namespace"))
    #expect(ended.output.contains("5 passed, 0 failed"))
  }

  @Test("a run where a thread may leave the home network and not come back makes a home of its own")
  func foreignHome() throws {
    let folder = try TestFolder()
    try folder.write(#"{ exchange: ["x"] }"#, to: "x.json5")
    let ended = try Program.run(["unshare", "-Ur", TwoHostProgram.path, "run", "x.json5"], in: folder.path)
    #expect(ended.status == 0, "\(ended)")
    #expect(ended.output.contains("1 passed, 0 failed"))
  }

  @Test("with the three capabilities alone, as in a container, all passes that root passes")
  func threeCapabilities() throws {
    let three = "-all,+sys_admin,+net_admin,+net_raw"
    let scenarios = "\(TwoHostProgram.checkout)/scenarios"
    let words = ["setpriv", "--bounding-set=\(three)", "--inh-caps=\(three)", TwoHostProgram.path, "run"]
    for area in ["documented", "programs"] {
      // What a container by default adds to the three is needed by a program alone that changes its user.
      let options = ["\(scenarios)/\(area)", "--capture", "none", "--tag", "!setuid"]
      let ended = try TwoHostProgram.runProgram(words + options)
      #expect(ended.status == 0, "\(ended)")
      #expect(ended.errors.isEmpty, "no user namespace is needed")
    }
  }

  @Test("send and receive do too", arguments: [["send", "1.1.1.1", "--message", "x"], ["receive"]])
  func byHand(words: [String]) throws {
    let folder = try TestFolder()
    let ended = try TwoHostProgram.runUnprivileged(words, in: folder.path)
    #expect(ended.status == 3, "\(ended)")
    #expect(ended.errors.contains("CAP_NET_RAW"))
    #expect(ended.errors.contains("setcap cap_net_raw+ep"))
    #expect(ended.output.isEmpty)
  }
}
