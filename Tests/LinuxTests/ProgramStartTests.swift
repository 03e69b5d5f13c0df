// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Testing

@testable import Linux

/// What a program has when it starts, and what is left when nobody has it any more.
@Suite("the start and the end of programs, as root")
struct ProgramStartTests {
  // MARK: - Where it is looked for

  /// A folder for each kind of thing that can stand at a program's name on the PATH.
  private func makePath(in folder: String) throws {
    let manager = FileManager.default
    for name in [
      "good", "other", "not-executable", "is-a-folder", "no-program", "no-interpreter",
      "interpreter-in-a-file", "unreadable",
    ] {
      try manager.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    func write(_ text: String, in place: String, _ rights: mode_t = 0o755) throws {
      try writeProgram(text, to: "\(folder)/\(place)/prog", rights: rights)
    }
    try write("#!/bin/sh\necho good\n", in: "good")
    try write("#!/bin/sh\necho other\n", in: "other")
    try write("#!/bin/sh\necho wrong\n", in: "not-executable", 0o644)
    try write("echo of no known format\n", in: "no-program")
    try write("#!/no/such/interpreter\n", in: "no-interpreter")
    try write("#!/etc/passwd/interpreter\n", in: "interpreter-in-a-file")
    try write("#!/bin/sh\necho unreadable\n", in: "unreadable")
    try manager.createDirectory(atPath: "\(folder)/is-a-folder/prog", withIntermediateDirectories: true)
    try write("#!/bin/sh\necho a file\n", in: "good/..")
    try #require(chmod("\(folder)/unreadable", 0o700) == 0 && chmod(folder, 0o755) == 0)
  }

  @Test(
    "a program is taken from the first folder of the PATH that has one which may be run",
    arguments: [
      (["good"], "good\n"), (["good", "other"], "good\n"), (["other", "good"], "other\n"),
      (["missing", "good"], "good\n"), (["prog", "good"], "good\n"), (["not-executable", "good"], "good\n"),
      (["is-a-folder", "good"], "good\n"), (["no-interpreter", "good"], "good\n"),
      (["interpreter-in-a-file", "good"], "good\n"),
      (["unreadable", "good"], "good\n"), (["not-executable", "missing", "unreadable", "good"], "good\n"),
    ])
  func search(places: [String], printed: String) throws {
    try withTemporaryFolder { folder in
      try makePath(in: folder)
      let path = places.map { "\(folder)/\($0)" }.joined(separator: ":")
      // As a user to whom not every folder is open, as it is to root.
      let nobody = UserIdentity(user: 65_534, group: 65_534)
      var program = try ConfinedProgramTests.start(["prog"], capabilities: [], user: nobody, path: path)
      let seen = try program.awaitEnd()
      #expect(seen.printed == printed && seen.end == .exited(0), "\(seen.errors)")
    }
  }

  @Test(
    "where none may be run, it is told what stands in its place, and what may not be run says more than absence",
    arguments: [
      (["missing"], "execve", "ENOENT"), (["prog"], "execve", "ENOENT"),
      (["not-executable"], "execve", "EACCES"), (["not-executable", "missing"], "execve", "EACCES"),
      (["missing", "not-executable"], "execve", "EACCES"), (["unreadable", "missing"], "execve", "EACCES"),
      (["no-interpreter"], "execve(interpreter)", "ENOENT"),
      (["no-interpreter", "missing"], "execve(interpreter)", "ENOENT"),
      (["no-interpreter", "not-executable"], "execve", "EACCES"),
      (["interpreter-in-a-file"], "execve(interpreter)", "ENOENT"),
      // A file that is there and may be run, and is no program, ends the search.
      (["no-program"], "execve", "ENOEXEC"), (["no-program", "good"], "execve", "ENOEXEC"),
      (["not-executable", "no-program", "good"], "execve", "ENOEXEC"),
    ])
  func notFound(places: [String], call: String, errno: String) throws {
    try withTemporaryFolder { folder in
      try makePath(in: folder)
      let path = places.map { "\(folder)/\($0)" }.joined(separator: ":")
      let nobody = UserIdentity(user: 65_534, group: 65_534)
      let error = #expect(throws: SystemError.self) {
        _ = try ConfinedProgramTests.start(["prog"], capabilities: [], user: nobody, path: path)
      }
      #expect(error?.call == call && error?.errno.name == errno, "\(String(describing: error))")
    }
  }

  // MARK: - What it has

  /// The soft and the hard limit of a name, as `/proc/PID/limits` has them; nil for none.
  private func limits(_ name: String, in text: String) throws -> [UInt64?] {
    let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("Max \(name) ") }, "\(text)")
    return row.dropFirst("Max \(name) ".count).split(separator: " ").prefix(2).map { UInt64($0) }
  }

  @Test(
    "a program has the limits that are documented, or this process's where they are lower",
    // The last of 1 byte, which also keeps the kernel from handing a core to a program (core(5)).
    arguments: [("processes", 4096), ("open files", 1024), ("file size", 67_108_864), ("core file size", 1)])
  func limits(name: String, documented: UInt64) throws {
    let own = try limits(
      name, in: String(decoding: #require(contents(of: "/proc/self/limits")), as: UTF8.self))
    let text = try ConfinedProgramTests.output(of: "cat /proc/self/limits")
    let most = min(documented, try #require(own.last) ?? .max)
    #expect(try limits(name, in: text) == [most, most])
  }

  @Test("a file that a program writes ends at 64 MiB, and with it the program")
  func fileSize() throws {
    try withTemporaryFolder { folder in
      var program = try ConfinedProgramTests.start(
        ["sh", "-c", "exec head -c 70000000 /dev/zero > file"], directory: folder)
      let seen = try program.awaitEnd()
      #expect(seen.end == .signalled("SIGXFSZ"), "\(seen)")
      var status = stat()
      #expect(stat("\(folder)/file", &status) == 0 && status.st_size == 64 << 20)
    }
  }

  @Test("a program leads a session and a process group of its own, and has no terminal")
  func session() throws {
    let script = """
      import os
      print(os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid())
      print(open('/proc/self/stat').read().rsplit(')', 1)[1].split()[4])
      """
    var program = try ConfinedProgramTests.start(["python3", "-c", script])
    // The number of the terminal is the fifth behind the name (proc_pid_stat(5)).
    #expect(try program.awaitEnd().printed == "True True\n0\n")
  }

  @Test("what this process has open, for all its children too, a program has not", arguments: [0, 1, 2])
  func descriptors(stream: Int32) throws {
    // Numbers below and above those that are used on the way.
    let numbers = [4, 9, 20, 900].map { fcntl(stream, F_DUPFD, Int32($0)) }
    defer { for number in numbers { close(number) } }
    try #require(numbers.allSatisfy { $0 >= 0 && fcntl($0, F_GETFD) & FD_CLOEXEC == 0 })
    // ls has one of its own for the folder that it lists.
    #expect(try ConfinedProgramTests.output(of: "ls /proc/self/fd") == "0\n1\n2\n3\n")
  }

  @Test(
    "a program has its three streams though this process has none of its own, or lacks one", arguments: 0...3)
  func noStreams(missing: Int) async {
    await #expect(processExitsWith: .success) { [missing] in
      let space = try NetworkNamespace()
      // What is opened from now on has these numbers.
      for number: Int32 in 0...2 where missing == 3 || missing == number { close(number) }
      let script = "read line; echo got $line; echo wrong >&2; ls /proc/self/fd"
      let launch = ProgramLaunch(
        arguments: ["sh", "-c", script], environment: [("PATH", "/usr/bin:/bin")], directory: "/",
        capabilities: [], user: .root, input: Array("typed\n".utf8), endsInput: true)
      var program = try ConfinedProgram(launch, in: space, until: Deadline(after: .seconds(30)))
      let seen = try program.awaitEnd()
      #expect(seen.printed == "got typed\n0\n1\n2\n3\n" && seen.errors == "wrong\n")
    }
  }

  // MARK: - Its init

  @Test("what a program sends to its init is taken, and reaches nobody")
  func signalToInit() throws {
    var program = try ConfinedProgramTests.start(["sh", "-c", "kill -TERM 1; echo sent; read line; exit 7"])
    try program.await { $0.standardOutput.total > 0 }
    let status = "/proc/\(try initNumber(of: program))/status"
    let isTaken = eventually {
      let text = String(decoding: contents(of: status) ?? [], as: UTF8.self)
      let pending = text.split(separator: "\n").first { $0.hasPrefix("ShdPnd:") }?.split(separator: "\t").last
      // SIGTERM is the fifteenth (proc_pid_status(5)).
      return pending.flatMap { UInt64($0, radix: 16) }.map { $0 >> 14 & 1 == 0 } == true
    }
    #expect(isTaken)
    try program.closeInput()
    #expect(try program.awaitEnd().end == .exited(7))
  }

  // MARK: - What is left

  /// The number of the init of a program that runs: the parent of its first process, as this process counts.
  private func initNumber(of program: borrowing ConfinedProgram) throws -> Int32 {
    let first = try #require(program.processesLeft().first)
    let text = try #require(
      contents(of: "/proc/\(first.number)/stat").map { String(decoding: $0, as: UTF8.self) })
    let words = try #require(text.split(separator: ") ").last).split(separator: " ")
    return try #require(Int32(words[1]))
  }

  /// Whether there is such a process, be it that it has ended and nobody has asked how.
  private func isThere(_ number: Int32) -> Bool { kill(number, 0) == 0 || errno != ESRCH }

  @Test(
    "of a program that is let go nothing is left, whatever it does to stay, nor of its init",
    arguments: ["exec sleep 30", "trap '' TERM HUP INT; sleep 30 & setsid sleep 30 & wait"])
  func letGo(script: String) throws {
    var numbers: [Int32] = []
    var start = ContinuousClock.now
    do {
      var program = try ConfinedProgramTests.start(["sh", "-c", "echo up; \(script)"])
      let count = script.hasPrefix("exec") ? 1 : 3
      try program.await { $0.standardOutput.total > 0 && $0.processesLeft().count == count }
      numbers = program.processesLeft().map(\.number) + [try initNumber(of: program)]
      start = ContinuousClock.now
    }
    #expect(numbers.count > 1 && eventually { !numbers.contains(where: isThere) })
    #expect(ContinuousClock.now - start < .seconds(15), "it did not end by itself")
  }

  @Test("of a program that has ended, or was ended, nothing is left either", arguments: [false, true])
  func ended(isKilled: Bool) throws {
    var number: Int32 = 0
    do {
      var program = try ConfinedProgramTests.start(["sh", "-c", "echo up; read line"])
      try program.await { $0.standardOutput.total > 0 }
      number = try initNumber(of: program)
      if isKilled {
        let left = program.processesLeft()
        try program.kill()
        #expect(left.count == 1 && !left.contains { isThere($0.number) }, "it is gone when that returns")
        try program.kill()
      } else {
        try program.closeInput()
        #expect(try program.awaitEnd().end == .exited(1))
      }
    }
    #expect(eventually { !isThere(number) })
  }

  @Test("of many programs that are let go, run out or are killed, no zombie stays a child of anybody here")
  func noZombies() throws {
    var inits: [Int32] = []
    for round in 0..<12 {
      var program = try ConfinedProgramTests.start(["sh", "-c", "echo up; exec timeout 10 cat"])
      try program.await { $0.standardOutput.total > 0 }
      inits.append(try initNumber(of: program))
      if round % 3 == 0 { try program.kill() }
      if round % 3 == 1 { try program.closeInput() }
    }
    #expect(eventually { !inits.contains(where: isThere) })
  }
}
