// SPDX-License-Identifier: Apache-2.0

import CLinux
import FoundationEssentials
import Glibc
import Testing

@testable import Linux

/// What a program cannot reach, whatever rights it has.
@Suite("What a program cannot reach") struct ProgramWallsTests {
  /// All that the tests themselves have.
  private static let allCapabilities = (UInt8(0)...40).filter { number in
    EffectiveCapabilities.ofThisThread?.has(UInt64(number)) ?? false
  }
  private static let users = [UserIdentity.root, UserIdentity(user: 65_534, group: 65_534)]

  /// What a Python script prints as a program with every capability.
  private static func output(of script: String, user: UserIdentity = .root) throws -> String {
    var program = try ConfinedProgramTests.start(
      ["python3", "-c", script], capabilities: Self.allCapabilities, user: user)
    let seen = try program.awaitEnd()
    #expect(seen.end == .exited(0) && seen.errors == "", "\(seen.errors)")
    return seen.printed
  }

  /// The numbers by which the calls are named here are those of the machine that the tests run on.
  #if arch(x86_64)
    private static let calls: [(String, Int)] = [
      ("kexec_load", 246), ("kexec_file_load", 320), ("init_module", 175), ("finit_module", 313),
      ("delete_module", 176), ("reboot", 169), ("swapon", 167), ("swapoff", 168), ("bpf", 321),
      ("perf_event_open", 298), ("keyctl", 250), ("add_key", 248), ("request_key", 249), ("mount", 165),
      ("umount2", 166), ("pivot_root", 155), ("open_by_handle_at", 304), ("getpid of x32", 0x4000_0027),
    ]
  #else
    private static let calls: [(String, Int)] = [
      ("kexec_load", 104), ("kexec_file_load", 294), ("init_module", 105), ("finit_module", 273),
      ("delete_module", 106), ("reboot", 142), ("swapon", 224), ("swapoff", 225), ("bpf", 280),
      ("perf_event_open", 241), ("keyctl", 219), ("add_key", 217), ("request_key", 218), ("mount", 40),
      ("umount2", 39), ("pivot_root", 41), ("open_by_handle_at", 265),
    ]
  #endif
  private static let newCalls = [
    ("open_tree", 428), ("move_mount", 429), ("fsopen", 430), ("fsconfig", 431), ("fsmount", 432),
    ("fspick", 433), ("mount_setattr", 442), ("open_tree_attr", 467),
  ]

  @Test(
    "calls that change the machine or reach its keys are refused, though the program has every capability")
  func calls() throws {
    let calls = Self.calls + Self.newCalls
    // Without the filter nonsense like this is refused too, but otherwise.
    let script = """
      import ctypes
      libc = ctypes.CDLL(None, use_errno=True)
      for number in \(calls.map(\.1)): print(libc.syscall(number, -1, -1, -1, -1, -1), ctypes.get_errno())
      """
    let lines = try Self.output(of: script).split(separator: "\n")
    #expect(lines.count == calls.count)
    for (line, call) in zip(lines, calls) { #expect(line == "-1 \(EPERM)", "\(call.0)") }
  }

  #if arch(x86_64)
    @Test("the same calls are refused by the numbers of 32-bit programs, and others are not")
    func compatibleCalls() throws {
      let numbers =
        [283, 128, 350, 129, 88, 87, 115, 357, 336, 288, 286, 287, 21, 22, 52, 217, 342]
        + Self.newCalls.map(\.1)
      // mov eax, number; int 0x80; ret: what a kernel without such calls ends by SIGSEGV.
      let script = """
        import ctypes, mmap
        def call(number):
            code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            code.write(b"\\xb8" + number.to_bytes(4, "little") + b"\\xcd\\x80\\xc3")
            return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
        for number in [20] + \(numbers): print(call(number))
        """
      var program = try ConfinedProgramTests.start(
        ["python3", "-c", script], capabilities: Self.allCapabilities)
      let seen = try program.awaitEnd()
      guard seen.end != .signalled("SIGSEGV") else { return }
      // The first is getpid.
      #expect(seen.printed == "2\n" + String(repeating: "-\(EPERM)\n", count: numbers.count))
    }
  #endif

  @Test("what a program does to a terminal of its own, it may, but for typing on it")
  func terminal() throws {
    let script = """
      import fcntl, os, pty, termios
      main, side = pty.openpty()
      fcntl.ioctl(side, termios.TIOCSCTTY, 0)
      termios.tcgetattr(side)
      for call in (termios.TIOCSTI, 0x541c):
          try: fcntl.ioctl(side, call, b'x')
          except OSError as error: print(error.errno)
      """
    #expect(try Self.output(of: script) == "\(EPERM)\n\(EPERM)\n")
  }

  // MARK: - Files

  /// Each way to change files, in folder `there` or from `here`; in `there` are a file, a folder and what begins with "to".
  private static let changes = """
    import os, socket, sys
    here, there = sys.argv[1:]
    def attempt(name, call):
        try: call(); print(name)
        except OSError as error: print(name, error.errno)
    at = lambda name: there + "/" + name
    attempt("write", lambda: os.close(os.open(at("file"), os.O_WRONLY)))
    attempt("truncate", lambda: os.truncate(at("file"), 0))
    attempt("create", lambda: os.close(os.open(at("new"), os.O_CREAT | os.O_RDONLY)))
    attempt("mkdir", lambda: os.mkdir(at("folder2")))
    attempt("symlink", lambda: os.symlink("x", at("link")))
    attempt("link", lambda: os.link(at("file"), at("hard")))
    attempt("mkfifo", lambda: os.mkfifo(at("fifo")))
    attempt("socket", lambda: socket.socket(socket.AF_UNIX).bind(at("socket")))
    attempt("rename", lambda: os.rename(at("to-rename"), at("renamed")))
    attempt("move in", lambda: os.rename(here + "/own", at("own")))
    attempt("unlink", lambda: os.unlink(at("to-unlink")))
    attempt("rmdir", lambda: os.rmdir(at("to-rmdir")))
    print("read", open(at("file")).read())
    """

  @Test(
    "a program changes files below its writable folders alone, in whichever way, and reads them anywhere",
    arguments: ["/here", "/there"])
  func files(there: String) throws {
    let root = try #require(mkdtemp(strdup("/tmp/walls-XXXXXX")).map { String(cString: $0) })
    defer { try? FileManager.default.removeItem(atPath: root) }
    for folder in ["/here", "/there", "\(there)/to-rmdir"] { mkdir(root + folder, 0o755) }
    for file in ["/here/own", "\(there)/file", "\(there)/to-rename", "\(there)/to-unlink"] {
      close(open(root + file, O_CREAT | O_WRONLY, 0o644))
    }
    var program = try ConfinedProgramTests.start(
      ["python3", "-c", Self.changes, root + "/here", root + there], capabilities: Self.allCapabilities,
      directory: root + "/here", writableFolders: [".", root + "/none"])
    let lines = try program.awaitEnd().printed.split(separator: "\n")
    #expect(lines.count == 13 && lines.last == "read ")
    let errors = lines.dropLast().map { $0.split(separator: " ").last.flatMap { Int32($0) } }
    if there == "/here" {
      #expect(errors.allSatisfy { $0 == nil }, "\(lines)")
    } else {
      // To move a file between folders of unlike rights is told of as between file systems.
      #expect(errors.allSatisfy { $0 == EACCES || $0 == EXDEV }, "\(lines)")
      let names = try FileManager.default.contentsOfDirectory(atPath: root + there)
      #expect(Set(names) == ["file", "to-rename", "to-unlink", "to-rmdir"])
    }
  }

  @Test("a program without writable folders changes files wherever its user may")
  func allFiles() throws {
    let root = try #require(mkdtemp(strdup("/tmp/walls-XXXXXX")).map { String(cString: $0) })
    defer { try? FileManager.default.removeItem(atPath: root) }
    #expect(try Self.output(of: "open('\(root)/new', 'w').close()") == "")
    #expect(try FileManager.default.contentsOfDirectory(atPath: root) == ["new"])
  }

  // MARK: - Terminals and signals

  @Test("a program has no terminal", arguments: users)
  func noTerminal(user: UserIdentity) throws {
    let script = """
      import os
      try: os.open("/dev/tty", os.O_RDWR)
      except OSError as error: print(error.errno)
      """
    #expect(try Self.output(of: script, user: user) == "\(ENXIO)\n")
  }

  @Test("signals of a program reach nobody outside, by whichever number", arguments: users)
  func signals(user: UserIdentity) throws {
    // Outside, what asks whether there is somebody, and does no harm where there is.
    let script = """
      import os, signal
      for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL): os.kill(os.getppid(), number)
      print(os.getppid(), os.getpgid(0) == os.getpid() == os.getsid(0))
      for target in (-1, \(getpid()), \(getppid()), -\(getpgrp())):
          try: os.kill(target, 0)
          except ProcessLookupError: print("nobody")
      """
    #expect(try Self.output(of: script, user: user) == "1 True\n" + String(repeating: "nobody\n", count: 4))
  }

  @Test("/proc has the program and its init alone, under the numbers that they know", arguments: users)
  func ownProc(user: UserIdentity) throws {
    try #require(ProcMount.hidesNothing, "this needs a machine that hides nothing of /proc")
    let script = """
      import os
      print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit()) == [1, os.getpid()])
      print(os.readlink("/proc/self") == str(os.getpid()), open("/proc/1/comm").read().strip())
      print(os.path.exists("/proc/cpuinfo"), len(open("/proc/net/dev").readlines()))
      """
    // Loopback and two lines above it: the network is the program's own too.
    #expect(try Self.output(of: script, user: user) == "True\nTrue twohost-init\nTrue 3\n")
  }

  @Test(
    "a program is given no /proc of its own where this one is hidden in part, or not there",
    arguments: [
      ("22 27 0:21 / /proc rw,relatime - proc proc rw\n23 22 0:5 / /dev rw - tmpfs none rw\n", true),
      ("22 27 0:21 / /proc rw - proc proc rw\n30 22 0:7 / /proc/sys/fs/binfmt_misc rw - autofs a rw\n", true),
      ("22 27 0:21 / /proc rw - proc proc rw\n31 22 0:21 /sys /proc/sys ro - proc proc rw\n", false),
      ("22 27 0:21 / /proc rw - proc proc rw\n31 22 0:5 /null /proc/kcore rw - devtmpfs d rw\n", false),
      ("23 22 0:5 / /dev rw - tmpfs none rw\n", false), ("", false),
    ])
  func hidden(mounts: String, mayBeGiven: Bool) {
    #expect(ProcMount.hidesNothing(in: mounts) == mayBeGiven)
  }

  /// Hides a part of /proc from this thread, as a container does, so that programs are given no /proc of their own: they
  /// see the machine's processes.
  private static func hidePartOfProc() throws {
    try #require(clinux_unshare(0x20000 /* CLONE_NEWNS */) == 0)
    try #require(mount(nil, "/", nil, UInt(MS_REC | MS_PRIVATE), nil) == 0)
    try #require(mount("/dev/null", "/proc/version", nil, UInt(MS_BIND), nil) == 0)
    try #require(!ProcMount.hidesNothing)
  }

  @Test("a folder of /proc is no way to signal a process outside, where a program sees the machine's")
  func signalsByFolder() async {
    await #expect(processExitsWith: .success) {
      try Self.hidePartOfProc()
      let script = """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        for target in (\(getpid()), \(getppid())):
            folder = os.open(f"/proc/{target}", os.O_RDONLY)
            print(libc.syscall(424, folder, 0, 0, 0), ctypes.get_errno())
        """
      #expect(try Self.output(of: script) == String(repeating: "-1 \(EINVAL)\n", count: 2))
    }
  }

  @Test("a program cannot trace, read or copy from a process outside, by whichever number", arguments: users)
  func memory(user: UserIdentity) throws {
    let script = """
      import ctypes
      libc = ctypes.CDLL(None, use_errno=True)
      room = ctypes.create_string_buffer(8)
      part = (ctypes.c_size_t * 2)(ctypes.addressof(room), 8)
      for target in (\(getpid()), \(getppid())):
          for call in (lambda: libc.ptrace(16, target, 0, 0),
                       lambda: libc.process_vm_readv(target, part, 1, part, 1, 0),
                       lambda: libc.process_vm_writev(target, part, 1, part, 1, 0),
                       lambda: libc.syscall(434, target, 0)):
              print(call(), ctypes.get_errno())
      """
    #expect(try Self.output(of: script, user: user) == String(repeating: "-1 \(ESRCH)\n", count: 8))
  }

  /// Whether this kernel has what keeps programs apart (landlock_create_ruleset(2), ABI 6).
  private static var hasDomains: Bool {
    get throws {
      let script = "import ctypes; print(ctypes.CDLL(None).syscall(444, 0, 0, 1) >= 6)"
      return try ConfinedProgramTests.output(of: "python3 -c '\(script)'") == "True\n"
    }
  }

  @Test(
    "nothing is read of a program of another case, or of the run, by /proc, and all of a program's own child",
    arguments: users.map(\.user))
  func otherProcesses(number: UInt32) async {
    await #expect(processExitsWith: .success) { [number] in
      try Self.hidePartOfProc()
      let user = number == 0 ? UserIdentity.root : UserIdentity(user: number, group: number)
      if try Self.hasDomains { try Self.expectOthersShut(to: user) }
    }
  }

  private static func expectOthersShut(to user: UserIdentity) throws {
    var other = try ConfinedProgramTests.start(
      ["sleep", "1000"], capabilities: allCapabilities, user: user)
    let victim = try #require(other.processesLeft().first?.number)
    let script = """
      import os, subprocess
      child = subprocess.Popen(["sleep", "1000"])
      own = os.readlink("/proc/self")
      with open(f"/proc/{own}/task/{own}/children") as children: seen = children.read().split()[0]
      for target in (\(victim), \(getpid()), seen):
          for name in ("mem", "fd/0", "root/"):
              try: os.close(os.open(f"/proc/{target}/{name}", os.O_RDONLY))
              except PermissionError: print("shut")
              else: print("open")
      child.kill()
      """
    let printed = try output(of: script, user: user)
    #expect(printed == String(repeating: "shut\n", count: 6) + String(repeating: "open\n", count: 3))
    try other.kill()
  }
}
