// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Programs under test")
struct ProgramsUnderTestTests {
  /// A receiver that does all it can to outlive its case: two forks, sessions of their own, every signal ignored,
  /// and writing without end.
  private static func evil(_ token: String) -> String {
    """
    import os, signal, sys
    for number in range(1, 65):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    for _ in range(2):
        if os.fork() == 0: os.setsid()
    os.write(1, b'up')
    while True: os.write(1, b'\(token)' * 1000)
    """
  }

  /// A scenario with a receiver in Python, to which nothing is sent.
  private static func scenario(_ python: String, _ rest: String = "") -> String {
    let text = python.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    return """
      { sender: { run: ["true"] }, receiver: { run: ["python3", "-c", "\(text)"], ready: { stdout: "up" } }, \(rest) }
      """
  }

  @Test("a program that does all it can to stay fails within its timeout, and nothing is left of it")
  func evilProgram() throws {
    let folder = try TestFolder()
    let token = "evil-\(UUID().uuidString)"
    try folder.write(Self.scenario(Self.evil(token), "timeout: \"1s\""), to: "s/evil.json5")
    let ended = try TwoHostProgram.run("run", "s", in: folder.path)
    #expect(ended.status == 1)
    #expect(ended.output.contains("did not end after the exchange, and was killed"))
    #expect(ended.output.contains("bytes on its standard output"))
    #expect(Machine.processes(with: token).isEmpty)
  }

  @Test("of a case that fails, all that its programs printed is kept beside the capture")
  func output() throws {
    let folder = try TestFolder()
    let python = "import sys; print('up', *range(20), sep='\\n'); sys.exit('bad')"
    try folder.write(Self.scenario(python), to: "s/x.json5")
    let ended = try TwoHostProgram.run("run", "s", in: folder.path)
    #expect(ended.status == 1)
    let kept = "\(folder.path)/twohost-artifacts/x"
    let lines = (["up"] + (0..<20).map(String.init)).map { $0 + "\n" }.joined()
    #expect(try String(contentsOfFile: "\(kept)/receiver.stdout", encoding: .utf8) == lines)
    #expect(try String(contentsOfFile: "\(kept)/receiver.stderr", encoding: .utf8) == "bad\n")
    #expect(FileManager.default.fileExists(atPath: "\(kept)/capture.pcapng"))
  }

  @Test("nothing is left of it when the runner is killed, at whatever moment", arguments: 1...20)
  func killedRunner(step: Int) throws {
    let folder = try TestFolder()
    let token = "evil-\(UUID().uuidString)"
    try folder.write(Self.scenario(Self.evil(token), "timeout: \"20s\""), to: "s/evil.json5")
    let moment = "0.\(step < 10 ? "0" : "")\(step)"
    let ended = try Program.run(
      ["timeout", "--signal=KILL", moment, TwoHostProgram.path, "run", "s"], in: folder.path)
    #expect(ended.status == 137)
    #expect(Machine.areGone(token))
  }

  @Test("nothing is left of it when the runner is killed just after it made a process", arguments: 1...20)
  func runnerKilledAtClone(_ round: Int) throws {
    let folder = try TestFolder()
    // A process that has not run its program yet shows the runner's arguments.
    let token = "evil-\(UUID().uuidString)"
    try folder.write(Self.scenario(Self.evil(token), "timeout: \"20s\""), to: "\(token)/evil.json5")
    let runner = try Program([TwoHostProgram.path, "run", token], in: folder.path)
    let identifier = runner.process.processIdentifier
    try runner.await("a process of the runner's") { Self.hasChildren(identifier) }
    #expect(kill(identifier, SIGKILL) == 0)
    #expect(try runner.awaitEnd().status == 128 + SIGKILL)
    #expect(Machine.areGone(token))
  }

  /// Whether a thread of a process has made a process that is there still.
  private static func hasChildren(_ process: Int32) -> Bool {
    let tasks = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    return threads.contains { thread in
      FileManager.default.contents(atPath: "\(tasks)/\(thread)/children")?.isEmpty == false
    }
  }

  @Test("a program sees the environment that it needs and what the scenario declares, and nothing else")
  func environment() throws {
    let folder = try TestFolder()
    // LC_CTYPE is Python's own doing (PEP 538).
    let python = "import os; print('up', *sorted(set(os.environ) - {'LC_CTYPE'})); print(os.environ['PATH'])"
    let lines = "[\"up HOME LANG MINE PATH TERM\", \"/usr/bin:/bin\"]"
    let text = Self.scenario(python, "expect: { receiver: { stdout: { lines: \(lines) } } }")
    try folder.write(
      text.replacing("ready:", with: "environment: { MINE: \"yes\", PATH: \"/usr/bin:/bin\" }, ready:"),
      to: "s/x.json5")
    let ended = try TwoHostProgram.run(
      "run", "s", in: folder.path, environment: ["SECRET": "hidden", "LANG": "C.UTF-8", "TERM": "dumb"])
    #expect(ended.status == 0, "\(ended.output)")
  }

  @Test("under sudo a program has the caller's user and group, and root's where the scenario says so")
  func invoker() throws {
    let folder = try TestFolder()
    let python = "import os; print('up', os.getresuid(), os.getresgid(), os.getgroups())"
    let rest = { (ids: String) in "expect: { receiver: { stdout: { lines: [\"up \(ids)\"] } } }" }
    let caller = Self.scenario(python, rest("(1234, 1234, 1234) (5678, 5678, 5678) []"))
    try folder.write(caller, to: "s/caller.json5")
    let root = Self.scenario(python, rest("(0, 0, 0) (0, 0, 0) []"))
    try folder.write(root.replacing("ready:", with: "user: \"root\", ready:"), to: "s/root.json5")
    let chmod = try Program.run(["chmod", "-R", "a+rX", folder.path])
    #expect(chmod.status == 0)
    let ended = try TwoHostProgram.run(
      "run", "s", in: folder.path,
      environment: ["SUDO_UID": "1234", "SUDO_GID": "5678", "PATH": "/usr/bin:/bin"])
    #expect(ended.status == 0, "\(ended.output)")
  }

  @Test("what a program prints reaches the report behind a prefix and escaped, never as a command")
  func foreignOutput() throws {
    let folder = try TestFolder()
    let python =
      #"import sys; sys.stdout.buffer.write(b'up\n##[error]::error::taken\n::error::taken\n\x1b[31mred\xff\n'); exit(7)"#
    try folder.write(Self.scenario(python), to: "s/x.json5")
    let ended = try TwoHostProgram.run("run", "s", in: folder.path)
    #expect(ended.status == 1)
    #expect(ended.output.contains("    receiver| ::error::taken\n    receiver| \\u{1b}[31mred\u{fffd}\n"))
    #expect(!ended.output.split(separator: "\n").contains { $0.hasPrefix("::") || $0.contains("\u{1b}") })
    // GitHub's and Azure's runners obey these wherever they stand in a line.
    #expect(!ended.output.contains("##[") && ended.output.contains("[error]::error::taken"))
  }

  @Test("a program that closes its standard input while more is waiting to be typed is found")
  func closedInput() throws {
    let folder = try TestFolder()
    // The pipe has room for 64 KiB (pipe(7)).
    let line = String(repeating: "x", count: 200_000)
    let python = "import os; os.close(0); print('up')"
    let text = Self.scenario(python).replacing("ready:", with: "stdin: [\"\(line)\"], ready:")
    try folder.write(text, to: "s/x.json5")
    let unread = try TwoHostProgram.run("run", "s", in: folder.path)
    #expect(unread.output.contains("did not read the last 200001 bytes that were typed to it"), "\(unread)")
    let staying = text.replacing("print('up')", with: "print('up', flush=True); os.read(os.pipe()[0], 1)")
    try folder.write(staying.replacing("ready:", with: "stop: \"terminate\", ready:"), to: "s/x.json5")
    let ended = try TwoHostProgram.run("run", "s", in: folder.path)
    #expect(ended.status == 1)
    #expect(ended.output.contains("had closed its standard input before it had read all that was typed"))
  }

  @Test("check, explain and list start no program, and neither does run with --no-programs")
  func notStarted() throws {
    let folder = try TestFolder()
    try folder.write(
      "{ receiver: { run: [\"touch\", \"started\"] }, exchange: [\"Hi\"] }", to: "s/x.json5")
    #expect(try TwoHostProgram.run("check", "s", in: folder.path).status == 0)
    #expect(try TwoHostProgram.run("list", "s", in: folder.path).status == 0)
    let explained = try TwoHostProgram.run("explain", "s/x.json5", in: folder.path)
    #expect(explained.status == 0)
    #expect(explained.output.contains("runs touch started"))
    let refused = try TwoHostProgram.run("run", "s", "--no-programs", in: folder.path)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("error: x runs a program, and --no-programs was given"))
    #expect(refused.output.isEmpty)
    #expect(folder.files == ["s/x.json5"])
    // It would have been started otherwise.
    #expect(try TwoHostProgram.run("run", "s", "--capture", "none", in: folder.path).status == 1)
    #expect(folder.files == ["s/started", "s/x.json5"])
  }

  @Test(
    "a checksum that was left to a network card is offloaded, in the table and in the capture, and not wrong")
  func offloaded() throws {
    let folder = try TestFolder()
    let python =
      "import socket as s; u = s.socket(s.AF_INET, s.SOCK_DGRAM); u.bind(('', 4000)); u.sendto(b'Hi', ('1.1.1.1', 7))"
    let words = """
      {
        network: { sender: { offload: OFFLOAD } }, protocol: 17,
        sender: { run: ["python3", "-c", "\(python)"] },
        exchange: [{ payload: { hex: "0fa0 0007 000a 0000 4869" } }],
        expect: { unexpected: "ignore" },
      }
      """
    try folder.write(words.replacing("OFFLOAD", with: "true"), to: "s/card.json5")
    try folder.write(words.replacing("OFFLOAD", with: "false"), to: "s/wire.json5")
    let card = try TwoHostProgram.run("run", "s/card.json5", in: folder.path)
    #expect(
      card.output.contains("    UDP checksum    any        offloaded      offloaded      -\n"),
      "\(card.output)")
    let comment = Array("its checksum is offloaded".utf8)
    let kept = try Data(contentsOf: URL(filePath: "\(folder.path)/twohost-artifacts/card/capture.pcapng"))
    #expect(kept.firstRange(of: comment) != nil)
    let wire = try TwoHostProgram.run("run", "s/wire.json5", in: folder.path)
    #expect(wire.status == 1 && !wire.output.contains("offloaded"), "\(wire.output)")
  }

  @Test("a program that is to be ended by SIGTERM has two seconds for it, also where its time is nearly up")
  func slowEnd() throws {
    let folder = try TestFolder()
    let script = "trap 'sleep 1.2; echo bye; exit 0' TERM; echo up; while :; do sleep 0.1; done"
    try folder.write(
      """
      { timeout: "4s", sender: { run: ["true"] },
        receiver: { run: ["sh", "-c", "\(script)"], ready: { stdout: "up" }, stop: "terminate" },
        expect: { receiver: { exit: 0, stdout: { lines: ["up", "bye"] } } } }
      """, to: "s/x.json5")
    let ended = try TwoHostProgram.run("run", "s", in: folder.path)
    #expect(ended.status == 0, "\(ended.output)")
  }
}
