// SPDX-License-Identifier: Apache-2.0

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
  private func output(of script: String, user: UserIdentity = .root) throws -> String {
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
    let lines = try output(of: script).split(separator: "\n")
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
    #expect(try output(of: script) == "\(EPERM)\n\(EPERM)\n")
  }

  @Test("a program has no terminal", arguments: users)
  func noTerminal(user: UserIdentity) throws {
    let script = """
      import os
      try: os.open("/dev/tty", os.O_RDWR)
      except OSError as error: print(error.errno)
      """
    #expect(try output(of: script, user: user) == "\(ENXIO)\n")
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
    #expect(try output(of: script, user: user) == "1 True\n" + String(repeating: "nobody\n", count: 4))
  }

  @Test("a folder of /proc is no way to signal a process outside")
  func signalsByFolder() throws {
    let script = """
      import ctypes, os
      libc = ctypes.CDLL(None, use_errno=True)
      for target in (\(getpid()), \(getppid())):
          folder = os.open(f"/proc/{target}", os.O_RDONLY)
          print(libc.syscall(424, folder, 0, 0, 0), ctypes.get_errno())
      """
    #expect(try output(of: script) == String(repeating: "-1 \(EINVAL)\n", count: 2))
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
    #expect(try output(of: script, user: user) == String(repeating: "-1 \(ESRCH)\n", count: 8))
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
    arguments: users)
  func otherProcesses(user: UserIdentity) throws {
    guard try Self.hasDomains else { return }
    var other = try ConfinedProgramTests.start(
      ["sleep", "1000"], capabilities: Self.allCapabilities, user: user)
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
