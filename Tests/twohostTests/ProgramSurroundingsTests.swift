// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Something that a process is started with, a command that shows it, and what the command prints of it.
struct StartingCondition: CustomTestStringConvertible {
  let wrapper: [String]
  let command: [String]
  /// What it prints without a run between, as a regular expression.
  let outside: String
  /// What it prints as a program under test.
  let inside: [String]

  var testDescription: String { wrapper.prefix(2).joined(separator: " ") }

  private static func shell(_ beginning: String) -> [String] {
    ["sh", "-c", beginning + "exec \"$@\"", "sh"]
  }
  private static let terminal = [
    "python3", "-c", "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
  ]
  private static let signals = ["grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"]
  private static let limits = [
    "awk", "/^Max (processes|open files|file size)/ { print $2, $(NF - 2), $(NF - 1) }", "/proc/self/limits",
  ]

  static let all = [
    Self(
      wrapper: ["setpriv", "--groups", "0,4,24"], command: ["id", "-G"], outside: "^0 4 24\n", inside: ["0"]),
    Self(
      wrapper: ["env", "--ignore-signal=HUP,INT,QUIT,USR1,PIPE,CHLD,TERM,RTMIN,RTMAX"], command: signals,
      outside: "SigIgn:\t[8-9a-f][0-9a-f]*15207\n",
      inside: ["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"]),
    Self(
      wrapper: ["nohup"], command: signals, outside: "SigIgn:\t[0-9a-f]*1\n",
      inside: ["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"]),
    Self(
      wrapper: ["env", "--block-signal=USR2,TERM,CHLD"], command: signals,
      outside: "SigBlk:\t[0-9a-f]*[13579bdf][0-9a-f]{4}\n",
      inside: ["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"]),
    Self(
      wrapper: shell("exec 3>/dev/null 4</dev/null 9>&2; "), command: ["ls", "/proc/self/fd"],
      outside: "\n3\n4\n(\\d+\n)*9\n",
      // It has one of its own for the folder that it lists.
      inside: ["0", "1", "2", "3"]),
    Self(
      wrapper: shell("umask 077; "), command: ["sh", "-c", "umask"], outside: "0077", inside: ["0022"]),
    Self(
      wrapper: terminal, command: ["sh", "-c", "( : < /dev/tty ) 2>/dev/null && echo terminal || echo none"],
      outside: "terminal", inside: ["none"]),
    // A limit that is lower than that of programs holds for them too, whether or not it could be raised again.
    Self(
      wrapper: ["prlimit", "--nofile=600:600", "--nproc=300:300", "--fsize=1000000:1000000"],
      command: limits,
      outside: "open 600 600", inside: ["file 1000000 1000000", "processes 300 300", "open 600 600"]),
    Self(
      wrapper: ["prlimit", "--nofile=700:900"], command: ["sh", "-c", "ulimit -Sn; ulimit -Hn"],
      outside: "700\n900\n", inside: ["900", "900"]),
  ]
}

/// A program under test has what is documented, whatever the process that runs it was started with.
///
/// Each condition is made here: on most machines there is nothing of it that a program could inherit.
@Suite("What a program does not inherit")
struct ProgramSurroundingsTests {
  /// A text as JSON has it, which JSON5 is too.
  private func json(_ value: Any) throws -> String {
    String(
      decoding: try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed), as: UTF8.self)
  }

  /// A scenario whose sender sends nothing, and prints these lines.
  private func scenario(_ command: [String], prints lines: [String], _ role: String = "") throws -> String {
    """
    {
      sender: { run: \(try json(command)), \(role) },
      exchange: [{ expect: { sent: false } }],
      expect: { sender: { stdout: { lines: \(try json(lines)) } } },
    }
    """
  }

  /// Runs the scenario under another program, which starts it with something.
  private func run(_ scenario: String, under wrapper: [String], environment: [String: String] = [:]) throws
    -> Ended
  {
    let folder = try TestFolder()
    try folder.write(scenario, to: "s/x.json5")
    if let caller = environment["SUDO_UID"] {
      #expect(try Program.run(["chown", caller, folder.path]).status == 0)
    }
    let command = wrapper + [TwoHostProgram.path, "run", "s", "--quiet"]
    return try Program.run(command, in: folder.path, environment: environment)
  }

  @Test(
    "a program has what is documented, whatever the run was started with", arguments: StartingCondition.all)
  func conditions(_ condition: StartingCondition) throws {
    let outside = try Program.run(condition.wrapper + condition.command)
    #expect(outside.output.contains(try Regex(condition.outside)), "the condition is not there: \(outside)")
    let ended = try run(scenario(condition.command, prints: condition.inside), under: condition.wrapper)
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
  }

  @Test("the caller of sudo has no groups of root's in a program either")
  func groupsOfAnotherUser() throws {
    let ended = try run(
      scenario(["id", "-G"], prints: ["5678"]), under: ["setpriv", "--groups", "0,4,24"],
      environment: ["SUDO_UID": "1234", "SUDO_GID": "5678"])
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
  }

  @Test("without CAP_SETGID a program keeps groups that its user has anyhow, and gets none of another user's")
  func groupsWithoutCapability() throws {
    let wrapper = ["setpriv", "--groups", "0,4,24", "--bounding-set", "-setgid"]
    let own = try run(scenario(["id", "-G"], prints: ["0 4 24"]), under: wrapper)
    #expect(own.status == 0, "\(own.output) \(own.errors)")
    let another = try run(
      scenario(["id", "-G"], prints: ["5678"]), under: wrapper,
      environment: ["SUDO_UID": "1234", "SUDO_GID": "5678"])
    #expect(
      another.status == 3 && another.output.contains("setgroups"), "\(another.output) \(another.errors)")
  }

  @Test(
    "a program has its three streams though the run was started without some of its own",
    arguments: ["<&-", "2>&-", "<&- 2>&-"])
  func closedStreams(closed: String) throws {
    let script = "read line; echo got $line; echo wrong >&2; ls /proc/self/fd"
    let text = try scenario(
      ["sh", "-c", script], prints: ["got typed", "0", "1", "2", "3"], "stdin: ['typed']"
    )
    .replacing("stdout:", with: "stderr: { lines: ['wrong'] }, stdout:")
    let ended = try run(text, under: ["sh", "-c", "exec \"$@\" \(closed)", "sh"])
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
  }

  /// Looks at a process as only those may who may trace it (ptrace(2), "Ptrace access mode checking").
  private static let probe = """
    import ctypes, os, subprocess, sys
    libc = ctypes.CDLL(None, use_errno=True)
    def reads_memory(number):
        with open(f"/proc/{number}/maps") as maps: start = int(maps.readline().split("-")[0], 16)
        with open(f"/proc/{number}/mem", "rb") as memory: memory.seek(start); memory.read(16)
    def follows_links(number):
        for one in os.listdir(f"/proc/{number}/fd"):
            try: os.readlink(f"/proc/{number}/fd/{one}")
            except FileNotFoundError: pass  # It has just been closed.
    def attaches(number):
        if libc.ptrace(16, number, None, None): raise OSError(ctypes.get_errno(), "ptrace")
        os.waitpid(number, 0) if number != 1 else None
    def words(name, number, inside):
        looks = {
            "exe": lambda: os.readlink(f"/proc/{number}/exe"), "net": lambda: os.readlink(f"/proc/{number}/ns/net"),
            "fd": lambda: follows_links(number), "memory": lambda: reads_memory(number),
            "trace": lambda: attaches(inside),
        }
        for what, look in looks.items():
            try: look(); print(name, what, "open")
            except PermissionError: print(name, what, "shut")
    def parent(path):
        with open(path) as stat: return stat.read().rsplit(")", 1)[1].split()[1]
    # /proc counts as the machine does, and this namespace by itself.
    child = subprocess.Popen(["sleep", "1000"])
    own = os.readlink("/proc/self")
    with open(f"/proc/{own}/task/{own}/children") as children: seen = children.read().split()[0]
    words("child", seen, child.pid)
    child.kill()
    words("init", parent("/proc/self/stat"), 1)
    """

  @Test("nothing can be read of the init of a program by a program that has every right that the init has")
  func initOutOfReach() throws {
    let folder = try TestFolder()
    try folder.write(Self.probe, to: "s/probe.py")
    let looks = ["exe", "net", "fd", "memory", "trace"]
    let lines = looks.map { "child \($0) open" } + looks.map { "init \($0) shut" }
    try folder.write(
      try scenario(
        ["python3", "probe.py"], prints: lines,
        "user: 'root', capabilities: ['sys_admin', 'net_admin', 'net_raw']"), to: "s/x.json5")
    // The run has no more rights than these: where the init had another, that alone would keep the program off.
    let rights = ["setpriv", "--bounding-set", "-all,+sys_admin,+net_admin,+net_raw"]
    let ended = try Program.run(rights + [TwoHostProgram.path, "run", "s"], in: folder.path)
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
  }
}
