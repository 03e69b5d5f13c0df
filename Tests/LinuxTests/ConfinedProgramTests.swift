// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

/// Programs are /bin/sh and python3, which are there wherever these tests run.
@Suite struct ConfinedProgramTests {
  static let netRaw: UInt8 = 13

  /// Starts a program with the least that it needs.
  static func start(
    _ arguments: [String], capabilities: [UInt8] = [netRaw], user: UserIdentity = .root,
    directory: String = "/", writableFolders: [String] = [], on processors: CPUAffinity? = nil,
    input: [UInt8]? = nil, path: String = "/usr/local/bin:/usr/bin:/bin"
  ) throws -> ConfinedProgram {
    var launch = ProgramLaunch(
      arguments: arguments, environment: [("PATH", path)], directory: directory,
      capabilities: capabilities, user: user, processors: processors, input: input ?? [],
      endsInput: input != nil)
    launch.writableFolders = writableFolders
    return try ConfinedProgram(launch, in: NetworkNamespace(), until: Deadline(after: .seconds(30)))
  }

  /// Runs a script to its end and gives back what it printed.
  static func output(
    of script: String, capabilities: [UInt8] = [netRaw], user: UserIdentity = .root
  ) throws -> String {
    var program = try start(["sh", "-c", script], capabilities: capabilities, user: user)
    return try program.awaitEnd().printed
  }

  private static func error(of arguments: [String], directory: String = "/") -> SystemError? {
    do throws(any Error) {
      _ = try start(arguments, directory: directory)
      return nil
    } catch {
      return error as? SystemError
    }
  }

  @Test(
    "an exit status and a signal are told apart",
    arguments: [
      ("exit 0", ConfinedEnd.exited(0)), ("exit 42", .exited(42)), ("exit 127", .exited(127)),
      ("exit 128", .exited(128)), ("exit 137", .exited(137)), ("exit 200", .exited(200)),
      ("exit 255", .exited(255)), ("kill -KILL $$", .signalled("SIGKILL")),
      ("kill -SEGV $$", .signalled("SIGSEGV")), ("kill -HUP $$", .signalled("SIGHUP")),
      ("kill -SYS $$", .signalled("SIGSYS")),
      // Signals for whatever a program likes have no names of their own (signal(7)).
      ("kill -40 $$", .signalled("SIG40")), ("kill -64 $$", .signalled("SIG64")),
    ])
  func end(script: String, expected: ConfinedEnd) throws {
    var program = try Self.start(["sh", "-c", script])
    let seen = try program.awaitEnd()
    #expect(seen.end == expected)
  }

  @Test("both streams are kept apart, and what is typed is read")
  func streams() throws {
    var program = try Self.start(["sh", "-c", "cat; echo wrong >&2"])
    try program.type(Array("one\n".utf8))
    try program.type(Array("two\n".utf8))
    try program.closeInput()
    let seen = try program.awaitEnd()
    #expect(seen.output.head == Array("one\ntwo\n".utf8))
    #expect(seen.errors == "wrong\n")
    #expect(!seen.refusesInput)
  }

  @Test("more is typed than the pipe holds, and all of it is read")
  func muchInput() throws {
    var program = try Self.start(["wc", "-c"], input: [UInt8](repeating: 0x61, count: 1_000_000))
    let seen = try program.awaitEnd()
    #expect(seen.printed == "1000000\n")
  }

  @Test("typing to a program that closed its standard input is refused, without a signal")
  func closedInput() throws {
    var program = try Self.start(["sh", "-c", "exec <&-; echo closed; cat /dev/zero >/dev/null"])
    try program.await { $0.standardOutput.total > 0 }
    try program.type([0x61])
    let seen = try program.await { $0.refusesInput }
    #expect(seen.end == nil)
  }

  @Test("an input that a program closes unread is known as such every time, with what was not read")
  func unreadInput() throws {
    for _ in 0..<30 {
      var program = try Self.start(["sh", "-c", "exec <&-; exec sleep 1000"], input: Array("x\n".utf8))
      try program.await { $0.refusesInput }
      let unread = program.unreadInput
      #expect(unread == 2)
    }
  }

  @Test("of what was typed it is known how much was not read yet", arguments: [0, 1, 5000, 10_000])
  func leftInput(count: Int) throws {
    let input = [UInt8](repeating: 0x61, count: 10_000)
    var program = try Self.start(
      ["sh", "-c", "head -c \(count) >/dev/null; echo read; exec sleep 1000"], input: input)
    try program.await { $0.standardOutput.total > 0 }
    try program.update()
    let (isRefused, unread) = (program.refusesInput, program.unreadInput)
    #expect(!isRefused && unread == 10_000 - count)
  }

  @Test("programs start while threads of this process come and go")
  func amongThreads() throws {
    // glibc changes the user of every thread of a process, and in a child that it did not make itself it waits for
    // threads that are not there.
    let pool = ClosingPool()
    for _ in 0..<200 {
      for _ in 0..<16 { pool.close(dup(STDERR_FILENO)) }
      var program = try Self.start(["true"])
      #expect(try program.awaitEnd().end == .exited(0))
    }
  }

  @Test("of much output the first and the last 64 KiB are kept")
  func flood() throws {
    var program = try Self.start(["seq", "1", "300000"])
    let seen = try program.awaitEnd()
    // seq prints 6 × 10^5 digits and more; counted by wc -c.
    #expect(seen.output.total == 1_988_895)
    #expect(seen.output.head.count == 64 << 10)
    #expect(seen.output.head.starts(with: Array("1\n2\n3\n".utf8)))
    #expect(seen.output.tail.count == 64 << 10)
    #expect(seen.output.tail.suffix(7) == Array("300000\n".utf8)[...])
  }

  @Test(
    "a program that cannot be run is told by the call and its error",
    arguments: [
      (["no-such-program"], "execve", Errno(rawValue: ENOENT)),
      (["./no-such-program"], "execve", Errno(rawValue: ENOENT)),
      (["/etc/passwd"], "execve", Errno(rawValue: EACCES)), (["/"], "execve", Errno(rawValue: EACCES)),
    ])
  func cannotRun(arguments: [String], call: String, errno: Errno) throws {
    let error = try #require(Self.error(of: arguments))
    #expect(error.call == call)
    #expect(error.errno == errno)
  }

  @Test("a script whose interpreter is missing is told apart from one that is missing itself")
  func noInterpreter() throws {
    let folder = try #require(Self.temporaryFolder())
    defer { rmdir(folder) }
    let script = "\(folder)/script"
    try writeProgram("#!/no/such\n", to: script)
    defer { unlink(script) }
    let error = try #require(Self.error(of: [script]))
    #expect(error.call == "execve(interpreter)")
    #expect(error.errno == Errno(rawValue: ENOENT))
  }

  private static func temporaryFolder() -> String? {
    var template = Array("/tmp/twohost-XXXXXX".utf8CString)
    return mkdtemp(&template).map { String(cString: $0) }
  }

  @Test("a text is found wherever it comes, also behind the bytes that are kept")
  func text() throws {
    var program = try Self.start([
      "sh", "-c", "head -c 70000 /dev/zero; echo ready; cat",
    ])
    program.look(for: "ready", in: .standardOutput)
    #expect(try !program.await { $0.standardOutput.total >= 70_000 }.output.head.isEmpty)
    let seen = try program.await { $0.standardOutput.hasText }
    #expect(seen.output.total == 70_006)
  }

  @Test("a text is found that comes in parts, and not one of which a part is missing")
  func textInParts() {
    let parts = [
      ("xrea", "dyx", "", true), ("r", "ead", "y", true), ("rea", "", "dy", true), ("rea", "x", "dy", false),
    ]
    for (first, second, third, isFound) in parts {
      var output = ProgramOutput()
      output.look(for: Array("ready".utf8))
      for part in [first, second, third] { output.append(Array(part.utf8)) }
      #expect(output.hasText == isFound, "\(first) \(second) \(third)")
    }
  }

  @Test("texts are counted in their order, wherever parts end and whatever is kept of them")
  func texts() {
    for size in [1, 2, 3, 7, 100, 300_000] {
      var output = ProgramOutput()
      output.count([Array("one".utf8), Array("two".utf8), Array("one".utf8), Array("three".utf8)])
      let filling = [UInt8](repeating: 0x2e, count: 100_000)
      let all =
        filling + Array("two onetwo".utf8) + filling + Array("ononee".utf8) + filling + Array("thre".utf8)
      for start in stride(from: 0, to: all.count, by: size) { output.append(all[start...].prefix(size)) }
      #expect(output.textsFound == 3, "\(size)")
      output.append([UInt8(ascii: "e")])
      #expect(output.textsFound == 4 && !output.hasText)
    }
  }

  @Test("a program has the processors that it is given, whatever those of the thread are that starts it")
  func processors() throws {
    let all = try CPUAffinity.ofThisThread()
    try all.keepCurrent()
    defer { all.restore() }
    var program = try Self.start(
      ["python3", "-c", "import os; print(*sorted(os.sched_getaffinity(0)))"], on: all)
    let seen = try program.awaitEnd()
    #expect(seen.printed == all.processors.map(String.init).joined(separator: " ") + "\n")
  }

  @Test("shared memory that a program makes is gone with it")
  func sharedMemory() throws {
    let key = 0x7477_6f68
    let script = "import ctypes; print(ctypes.CDLL(None).shmget(\(key), 4096, 0o1666) >= 0)"
    #expect(try Self.output(of: "python3 -c '\(script)'") == "True\n")
    #expect(shmget(key_t(key), 4096, 0) == -1 && errno == ENOENT)
  }

  @Test("a folder that is not there is told as such")
  func noFolder() throws {
    let error = try #require(Self.error(of: ["true"], directory: "/no/such/folder"))
    #expect(error.call == "chdir")
    #expect(error.errno == Errno(rawValue: ENOENT))
  }

  @Test(
    "a program has the capabilities that it is given and no others, for good",
    arguments: [
      ([netRaw], UserIdentity.root), ([], .root), ([netRaw], UserIdentity(user: 65_534, group: 65_534)),
      ([], UserIdentity(user: 65_534, group: 65_534)),
    ])
  func leastPrivilege(capabilities: [UInt8], user: UserIdentity) throws {
    let text = try Self.output(of: "cat /proc/self/status", capabilities: capabilities, user: user)
    let bits = capabilities.isEmpty ? "0000000000000000" : "0000000000002000"
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
      #expect(text.contains("\(set):\t\(bits)\n"))
    }
    #expect(text.contains("NoNewPrivs:\t1\n"))
    #expect(text.contains("Uid:\t\(user.user)\t\(user.user)\t\(user.user)\t\(user.user)\n"))
    #expect(text.contains("Gid:\t\(user.group)\t\(user.group)\t\(user.group)\t\(user.group)\n"))
    #expect(text.contains("Groups:\t \n"))
  }

  @Test("a program has its standard streams and no other descriptor, no core dumps and a session of its own")
  func surroundings() throws {
    // ls has a descriptor of its own for the folder that it lists: the fourth line is that one.
    #expect(try Self.output(of: "ls /proc/self/fd") == "0\n1\n2\n3\n")
    #expect(try Self.output(of: "ulimit -c; ulimit -n; umask") == "0\n1024\n0022\n")
    // Of 1 byte, which also keeps the kernel from handing a core to a program (core(5)).
    let limits = try Self.output(of: "grep '^Max core' /proc/self/limits")
    #expect(limits.split(whereSeparator: \.isWhitespace).suffix(3) == ["1", "1", "bytes"], "\(limits)")
    let ids = try Self.output(of: "cut -d' ' -f5,6 /proc/self/stat; sleep 0")
    let numbers = ids.split(whereSeparator: \.isWhitespace)
    #expect(numbers.count == 2 && numbers[0] == numbers[1])
  }

  @Test(
    "raw sockets can be opened with net_raw, by an ordinary user too, and not without",
    arguments: [
      ([netRaw], "open\n"), ([], ""),
    ])
  func rawSocket(capabilities: [UInt8], printed: String) throws {
    let script = "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 253); print('open')"
    var program = try Self.start(
      ["python3", "-c", script], capabilities: capabilities, user: UserIdentity(user: 65_534, group: 65_534))
    let seen = try program.awaitEnd()
    #expect(seen.printed == printed)
    let isRefused = seen.errors.contains("Operation not permitted")
    #expect(isRefused == capabilities.isEmpty)
  }

  @Test("a daemon that forked twice and ignores every signal is found, and ended with the namespace")
  func daemon() throws {
    let script = """
      import os, signal, time
      if os.fork() == 0:
          os.setsid()
          if os.fork() == 0:
              for number in range(1, 65):
                  try: signal.signal(number, signal.SIG_IGN)
                  except (OSError, ValueError): pass
              os.write(1, b'here')
              while True: signal.pause()
          os._exit(0)
      os.wait()
      """
    var program = try Self.start(["python3", "-c", script])
    try program.await { $0.standardOutput.total == 4 && $0.end != nil && !$0.hasLeftNobody }
    let left = program.processesLeft()
    #expect(left.count == 1)
    #expect(left.first?.arguments.first == "python3")
    try program.terminate()
    let leftStill = program.processesLeft()
    #expect(leftStill == left)
    try program.kill()
    #expect(left.allSatisfy { Glibc.kill($0.number, 0) == -1 && errno == ESRCH })
  }

  @Test("SIGTERM reaches the program and what it started")
  func terminate() throws {
    var program = try Self.start(["sh", "-c", "sleep 1000 & echo up; wait"])
    try program.await { $0.standardOutput.total > 0 && $0.processesLeft().count == 2 }
    try program.terminate()
    let seen = try program.awaitEnd()
    #expect(seen.end == .signalled("SIGTERM"))
  }

  @Test("a program cannot end, stop or trace its init")
  func initIsOutOfReach() throws {
    let script = """
      import ctypes, os, signal
      for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT): os.kill(1, number)
      libc = ctypes.CDLL(None, use_errno=True)
      print(libc.ptrace(16, 1, 0, 0), os.getppid(), os.getpid())
      """
    var program = try Self.start(["python3", "-c", script])
    let seen = try program.awaitEnd()
    #expect(seen.end == .exited(0))
    #expect(seen.printed == "-1 1 2\n")
  }
}

/// What is seen of a program at one moment, as a value that tests can compare.
struct Seen {
  let end: ConfinedEnd?
  let refusesInput: Bool
  let hasLeftNobody: Bool
  let output: ProgramOutput
  let printed: String
  let errors: String

  init(_ program: borrowing ConfinedProgram) {
    end = program.end
    refusesInput = program.refusesInput
    hasLeftNobody = program.hasLeftNobody
    output = program.standardOutput
    printed = String(decoding: output.head, as: UTF8.self)
    errors = String(decoding: program.standardError.head, as: UTF8.self)
  }
}

extension ConfinedProgram {
  /// Waits until something holds of the program, for longer than any machine needs.
  @discardableResult
  mutating func await(_ condition: (borrowing ConfinedProgram) -> Bool) throws -> Seen {
    let deadline = Deadline(after: .seconds(60))
    try update()
    while !condition(self) {
      try #require(!deadline.hasPassed, "what was awaited of the program did not happen")
      _ = try Readiness.wait(toRead: readable, toWrite: writable, until: Deadline(after: .milliseconds(10)))
      try update()
    }
    return Seen(self)
  }

  mutating func awaitEnd() throws -> Seen {
    try self.await { $0.end != nil && $0.hasLeftNobody }
  }
}
