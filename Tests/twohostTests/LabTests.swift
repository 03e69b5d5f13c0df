// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

/// A lab that a test has, which ends with it.
private final class RunningLab {
  let program: Program
  let process: pid_t

  init(_ arguments: String..., in folder: String? = nil) throws {
    program = try Program([TwoHostProgram.path, "lab"] + arguments, in: folder)
    process = program.process.processIdentifier
    try program.await("the lab") { program.output.contains("Ctrl-C ends the lab (process \(process))") }
  }

  deinit { kill(process, SIGKILL) }

  /// The whole lines that it has printed, without those of what kernels say by themselves, at times of their own.
  var lines: [Substring] {
    let whole = program.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return whole.filter { !$0.contains("ICMPv6 multicast listener report") }
  }

  /// The lines of what passed, without their times.
  var passed: [String] {
    let shown = lines.drop { $0 != "" }.filter { $0.contains("sender ") }
    return shown.map { String($0.drop { " .0123456789".contains($0) }) }
  }

  func guest(_ host: String, _ command: [String]) throws -> Program {
    try Program([TwoHostProgram.path, "lab", "--lab", "\(process)", "--host", host, "--"] + command)
  }
}

@Suite("A lab, as root", .timeLimit(.minutes(5)))
struct LabTests {
  /// The chapter's transcript: the commands, and what the first of them printed.
  private static func transcript() throws -> (commands: [String], printed: [String]) {
    let guide = try String(contentsOfFile: "\(TwoHostProgram.checkout)/scenarios/GUIDE.md", encoding: .utf8)
    let chapter = try #require(guide.components(separatedBy: "\n## A lab").dropFirst().first)
    let blocks = chapter.components(separatedBy: "```console\n").dropFirst().prefix(2).map {
      $0.components(separatedBy: "\n```")[0].components(separatedBy: "\n")
    }
    let lines = try #require(blocks.count == 2 ? blocks : nil).flatMap { $0 }
    return (
      lines.filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) },
      lines.filter { !$0.hasPrefix("$ ") }
    )
  }

  /// A line without what is another each time: times, hardware addresses, the process, and how it was called.
  private static func lasting(_ line: some StringProtocol) -> String {
    String(line).replacing(/[0-9]+\.[0-9]{6}/, with: "TIME").replacing(
      /([0-9a-f]{2}:){5}[0-9a-f]{2}/, with: "MAC"
    )
    .replacing(/process [0-9]+/, with: "process N").replacing(TwoHostProgram.path, with: "twohost").replacing(
      "sudo ", with: "")
  }

  @Test("the documented exchange by hand is as the guide shows it")
  func documentedExchange() throws {
    let (commands, printed) = try Self.transcript()
    #expect(commands.first == "sudo twohost lab" && commands.count == 3)
    let lab = try RunningLab()
    let own = { (command: String) in
      command.replacing("sudo ", with: "").replacing("twohost", with: TwoHostProgram.path)
        .replacing("lab --host", with: "lab --lab \(lab.process) --host")
    }
    let receiver = try Program(["sh", "-c", own(commands[1])])
    try receiver.await("the receiver") { receiver.errors.contains("receiving;") }
    #expect(try Program.run(["sh", "-c", own(commands[2])]).status == 0)
    let received = try receiver.awaitEnd()
    #expect(received.status == 0 && received.output.contains("Hello World !"))
    try lab.program.await("the second packet") { lab.passed.count == 2 }
    kill(lab.process, SIGINT)
    let ended = try lab.program.awaitEnd()
    #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended.errors)")
    #expect(lab.lines.map(Self.lasting) == printed.map(Self.lasting))
  }

  @Test("a command in a host sees that host alone, and its status is its own")
  func inAHost() throws {
    let lab = try RunningLab()
    let script =
      "hostname; echo $TWOHOST_HOST; ip -br -4 addr show eth0 | awk '{ print $3 }'; ls /sys/class/net;"
      + " ls /proc | grep -c '^[0-9]'; exit 7"
    let ended = try lab.guest("receiver", ["sh", "-c", script]).awaitEnd()
    #expect(ended.status == 7)
    // The shell, its init, ls and grep.
    #expect(ended.output == "receiver\nreceiver\n1.1.1.1/24\neth0\nlo\n4\n", "\(ended.errors)")
    #expect(try lab.guest("sender", ["sh", "-c", "kill -TERM $$"]).awaitEnd().status == 128 + SIGTERM)
    let missing = try lab.guest("sender", ["/no/such/program"]).awaitEnd()
    #expect(missing.status == 127 && missing.errors.contains("/no/such/program: No such file"))
    let left = try lab.guest("sender", ["sh", "-c", "sleep 1000 & echo $!"]).awaitEnd()
    #expect(left.status == 0)
    #expect(try Program.run(["pgrep", "-P", "\(lab.process)"]).output.isEmpty)
  }

  @Test("a shell in a host has the terminal: Ctrl-C ends what runs in it, and not the shell")
  func terminal() throws {
    let lab = try RunningLab()
    let script = """
      import os, pty, select, sys, time
      number, terminal = pty.fork()
      if number == 0: os.execv(sys.argv[1], sys.argv[1:])
      seen = b""
      def read_until(text):
          global seen
          end = time.monotonic() + 60
          while text not in seen:
              if time.monotonic() > end or not select.select([terminal], [], [], 60)[0]: sys.exit(f"no {text}: {seen}")
              seen += os.read(terminal, 4096)
          seen = seen.split(text, 1)[1]
      def type(line): os.write(terminal, line)
      type(b"echo at-$TWOHOST_HOST\\n"); read_until(b"at-sender")
      type(b"sh -c 'echo be''gin; exec sleep 1000'\\n"); read_until(b"begin\\r\\n")
      type(b"\\x03"); read_until(b"^C"); type(b"echo after-$((1 + 1))\\n"); read_until(b"after-2")
      type(b"exit 9\\n")
      print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]))
      """
    let words = [TwoHostProgram.path, "lab", "--lab", "\(lab.process)", "--host", "sender"]
    let ended = try Program.run(["python3", "-c", script] + words, environment: ["SHELL": "/bin/bash"])
    #expect(ended.status == 0 && ended.output == "9\n", "\(ended.output) \(ended.errors)")
  }

  @Test("however a lab ends, what runs in its hosts ends with it", arguments: [SIGINT, SIGTERM, SIGKILL])
  func ends(signal: Int32) throws {
    let lab = try RunningLab()
    let guests = try ["sender", "receiver"].map { try lab.guest($0, ["sh", "-c", "echo in; sleep 1000"]) }
    for guest in guests { try guest.await("the shell") { guest.output == "in\n" } }
    let children = try guests.map {
      try Program.run(["pgrep", "-P", "\($0.process.processIdentifier)"]).output
    }
    let inits = children.compactMap { pid_t($0.filter { $0 != "\n" }) }
    #expect(inits.count == 2)
    kill(lab.process, signal)
    let status = try lab.program.awaitEnd().status
    #expect(status == (signal == SIGINT ? 0 : 128 + signal))
    for guest in guests {
      let ended = try guest.awaitEnd()
      #expect(ended.status == 128 + SIGHUP)
      #expect(ended.errors.contains("the lab has ended, and so has what ran in the"))
    }
    for number in inits { #expect(kill(number, 0) == -1 && errno == ESRCH) }
  }

  @Test("what runs in a host ends with who called it, however that ends")
  func guestIsKilled() throws {
    let lab = try RunningLab()
    let guest = try lab.guest("sender", ["sh", "-c", "echo in; sleep 1000"])
    try guest.await("the shell") { guest.output == "in\n" }
    let number = try #require(
      pid_t(Program.run(["pgrep", "-P", "\(guest.process.processIdentifier)"]).output.filter { $0 != "\n" }))
    kill(guest.process.processIdentifier, SIGKILL)
    _ = try guest.awaitEnd()
    let again = try lab.guest("sender", ["true"])
    #expect(try again.awaitEnd().status == 0)
    try lab.program.await("its end") { kill(number, 0) == -1 && errno == ESRCH }
  }

  @Test("a lab of a scenario has its hosts and what its cable does, and none of its exchange")
  func ofAScenario() throws {
    let folder = try TestFolder()
    let network =
      "{ receiver: { address: '1.1.1.9/24' }, cable: { drop: [2], corrupt: [{ packet: 3, bit: 300 }] } }"
    try folder.write(
      "{ network: \(network), exchange: [{ payload: { size: 40 }, repeat: 3 }] }", to: "s.json5")
    let lab = try RunningLab("s.json5", in: folder.path)
    #expect(lab.program.output.contains("receiver   1.1.1.9/24"))
    let send = "for size in 1 2 3; do printf %-40d $size > /dev/udp/1.1.1.9/9; done"
    #expect(try lab.guest("sender", ["bash", "-c", send]).awaitEnd().status == 0)
    try lab.program.await("the third packet") {
      lab.passed.contains { $0.contains("packet 3: bit 300 flipped") }
    }
    #expect(lab.passed.contains("sender ──✗     receiver  packet 2: dropped"))
    #expect(lab.passed.contains("sender ──~───▶ receiver  packet 3: bit 300 flipped"))
    let sent = lab.passed.filter { $0.hasPrefix("sender ──────▶ receiver  UDP, 1.1.1.100:") }
    #expect(sent.count == 3 && sent.allSatisfy { $0.hasSuffix(" to 1.1.1.9:9, 82 bytes") }, "\(lab.passed)")
  }

  @Test(
    "a lab's hosts have all of their addresses, whatever is played between them, and with no file too",
    arguments: [
      nil, "{ exchange: ['x'] }", "{ version: 6, exchange: ['x'] }",
      "{ exchange: [{ header: { hopLimit: 9 } }, { header: { ttl: 9 } }] }",
    ])
  func bothVersions(text: String?) throws {
    let folder = try TestFolder()
    if let text { try folder.write(text, to: "s.json5") }
    let lab = text == nil ? try RunningLab(in: folder.path) : try RunningLab("s.json5", in: folder.path)
    #expect(lab.program.output.contains("sender     1.1.1.100/24, fd00::100/64   "), "\(lab.program.output)")
    #expect(lab.program.output.contains("receiver   1.1.1.1/24, fd00::1/64   "))
  }

  @Test("a lab of a network's file, or of its name, has its hosts")
  func ofANetwork() throws {
    let folder = try TestFolder()
    try folder.write("{ receiver: { address: '1.1.1.9/24' } }", to: "a/netns/nine.json5")
    try folder.write("{ receiver: { address: '1.1.1.8/24' } }", to: "netns/eight.json5")
    #expect(try RunningLab("a/netns/nine.json5", in: folder.path).program.output.contains("1.1.1.9/24"))
    #expect(try RunningLab("eight", in: folder.path).program.output.contains("1.1.1.8/24"))
  }

  @Test("an ordinary user has a lab of their own, and finds nobody else's")
  func ordinaryUser() throws {
    let others = try RunningLab()
    let folder = try TestFolder()
    chmod(folder.path, 0o777)
    let none = try TwoHostProgram.runUnprivileged(["lab", "--host", "sender"], in: folder.path)
    #expect(none.status == 3 && none.errors.contains("no lab of this user is running"), "\(none.errors)")
    let foreign = try TwoHostProgram.runUnprivileged(
      ["lab", "--host", "sender", "--lab", "\(others.process)"], in: folder.path)
    #expect(foreign.status == 3 && foreign.errors.contains("has no lab of this user"), "\(foreign.errors)")
  }

  @Test(
    "what is no lab is told, with what to do",
    arguments: [
      (["nolan"], 2, "did you mean \"lan\"?"), (["--lab", "3"], 2, "--lab needs --host"),
      (["a", "b"], 2, "lab takes one network or scenario"),
      (["two.json5"], 2, "choose with --filter, such as two[x=1]"),
      (["two.json5", "--filter", "x=3"], 2, "two.json5 has no such case"), (["none.json5"], 2, "none.json5"),
      (["--host", "sender", "--lab", "1"], 3, "process 1 has no lab of this user"),
      (["netns/nothing.json5"], 2, "there is no network \"nothing\""),
    ])
  func errors(words: [String], status: Int32, text: String) throws {
    let folder = try TestFolder()
    try folder.write(
      "{ matrix: { x: [1, 2] }, exchange: [{ payload: 'x', repeat: '${x}' }] }", to: "two.json5")
    let ended = try Program.run([TwoHostProgram.path, "lab"] + words, in: folder.path)
    #expect(ended.status == status && ended.errors.contains(text), "\(ended)")
  }
}
