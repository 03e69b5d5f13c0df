// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Whatever happens to a run: its exit status and its reports can be trusted, and nothing is left of it.
@Suite("Faults", .serialized)
struct FaultTests {
  private static let cases = 400

  /// A folder with many cases, one of them with a program in either host that only SIGKILL ends, as `s`.
  private func library() throws -> TestFolder {
    let folder = try TestFolder()
    let numbers = (1...(Self.cases - 1)).map(String.init).joined(separator: ",")
    try folder.write("{ matrix: { n: [\(numbers)] }, exchange: ['message ${n}'] }", to: "s/many.json5")
    let stubborn = "trap '' TERM INT HUP; : > $0/stubborn; echo up; while :; do read line < /dev/zero; done"
    let role = "{ run: ['sh', '-c', \"\(stubborn)\", '\(folder.path)'], ready: { stdout: 'up' } }"
    try folder.write("{ receiver: \(role), exchange: ['x'], timeout: '1min' }", to: "s/a-program.json5")
    #expect(chmod(folder.path, 0o777) == 0, "a program that runs as the caller of sudo writes in it too")
    return folder
  }

  /// Starts a run of it with all reports; signals mean what they mean by default, whatever the tests were started by.
  private func start(_ folder: TestFolder, _ options: [String] = []) throws -> Program {
    let reports = ["--json", "lines.jsonl", "--junit", "junit.xml", "--capture", "none"]
    return try Program(
      ["env", "--default-signal=INT,HUP,TERM", TwoHostProgram.path, "run", "s"] + reports + options,
      in: folder.path, environment: ["TWOHOST_TEST": folder.path])
  }

  /// Runs it until a number of cases have passed, and then does something to it.
  private func interrupt(
    _ folder: TestFolder, after passed: Int, _ act: (Int32) throws -> Void
  ) throws -> Ended {
    let links = try Machine.links()
    let runner = try start(folder)
    try runner.await("\(passed) cases and the program") {
      folder.read("lines.jsonl.part").components(separatedBy: #""status":"passed""#).count > passed
        && folder.files.contains("stubborn")
    }
    try act(runner.process.processIdentifier)
    let ended = try runner.awaitEnd()
    #expect(try Machine.links() == links)
    #expect(Machine.areGone(folder.path), "after \(passed) cases")
    return ended
  }

  /// The lines of a JSON report, each of which is whole.
  private func events(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
  }

  @Test(
    "a signal ends the run in order: programs and hosts go, and every report says what was not run",
    arguments: [(SIGINT, "SIGINT", 130), (SIGTERM, "SIGTERM", 143), (SIGHUP, "SIGHUP", 129)])
  func signals(signal: Int32, name: String, status: Int32) throws {
    let folder = try library()
    let passed = Int.random(in: 1..<200)
    let ended = try interrupt(folder, after: passed) { #expect(kill($0, signal) == 0) }

    #expect(ended.status == status, "\(ended.output.suffix(300)) \(ended.errors)")
    #expect(ended.output.contains("interrupted by \(name)"))
    let events = try events(folder.read("lines.jsonl"))
    let ids = events.compactMap { $0["id"] as? String }
    #expect(ids.count == Self.cases && Set(ids).count == Self.cases, "each case once")
    #expect(events.contains { $0["status"] as? String == "notRun" })
    #expect(events.last?["interruption"] as? String == name)
    #expect(events.last?["exitStatus"] as? Int == Int(status))
    #expect(folder.read("junit.xml").contains("interrupted by \(name)"))
    #expect(folder.files.filter { $0.hasSuffix(".part") }.isEmpty)
  }

  @Test("a second signal ends the run at once, with nothing left of it")
  func secondSignal() throws {
    let folder = try library()
    let ended = try interrupt(folder, after: 5) { process in
      #expect(kill(process, SIGTERM) == 0)
      // What comes at once is taken for the same wish.
      let start = ContinuousClock.now
      while ContinuousClock.now - start < .milliseconds(500) { sched_yield() }
      #expect(kill(process, SIGINT) == 0)
    }
    #expect(ended.status == 128 + SIGINT)
    #expect(!ended.output.contains("interrupted by"), "it had no time to say so")
  }

  @Test("a signal that is sent twice at once, as when a terminal is closed, still ends the run in order")
  func signalTwice() throws {
    let folder = try library()
    let ended = try interrupt(folder, after: 5) { process in
      #expect(kill(process, SIGHUP) == 0)
      sched_yield()
      _ = kill(process, SIGHUP)
    }
    #expect(ended.status == 128 + SIGHUP)
    #expect(folder.read("junit.xml").contains("interrupted by SIGHUP"))
  }

  @Test("after SIGKILL what was written can be read, each line whole, and no earlier report is left")
  func killed() throws {
    let folder = try library()
    try folder.write("earlier", to: "lines.jsonl")
    try folder.write("earlier", to: "junit.xml")
    let passed = Int.random(in: 1..<200)
    let ended = try interrupt(folder, after: passed) { #expect(kill($0, SIGKILL) == 0) }
    #expect(ended.status == 128 + SIGKILL)
    #expect(!folder.files.contains("lines.jsonl") && !folder.files.contains("junit.xml"))
    let text = folder.read("lines.jsonl.part")
    let whole = text.hasSuffix("\n") ? text : String(text[..<(text.lastIndex(of: "\n") ?? text.startIndex)])
    #expect(try events(whole).count > passed)
    let merged = try TwoHostProgram.run("merge", "lines.jsonl.part", in: folder.path)
    #expect(merged.status == 5, "a run that was cut short is no pass")
  }

  @Test("a run that is stopped for longer than a case may take goes on, and nothing has timed out")
  func stopped() throws {
    let folder = try TestFolder()
    let program = """
      import os, socket
      s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
      s.recv(99)
      while not os.path.exists('go'): pass
      """
    try folder.write(program, to: "s/receiver.py")
    try folder.write(
      "{ receiver: { run: ['python3', 'receiver.py'] }, exchange: ['x'], timeout: '5s' }", to: "s/x.json5")
    let runner = try start(folder)
    let process = runner.process.processIdentifier
    try runner.await("the program") { !Machine.processes(with: "receiver.py").isEmpty }
    #expect(kill(process, SIGTSTP) == 0)
    try runner.await("that it stands") {
      try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8).contains(") T ")
    }
    let start = ContinuousClock.now
    while ContinuousClock.now - start < .milliseconds(5500) { sched_yield() }
    try folder.write("", to: "s/go")
    #expect(kill(process, SIGCONT) == 0)
    let ended = try runner.awaitEnd()
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
  }

  @Test("a reader that goes away ends the run with status 5, and the other reports are written")
  func closedPipe() throws {
    let folder = try library()
    try FileManager.default.removeItem(atPath: "\(folder.path)/s/a-program.json5")
    let command = """
      set -o pipefail
      '\(TwoHostProgram.path)' run s --json lines.jsonl --junit junit.xml --capture none | head -n 1
      """
    let ended = try Program.run(["bash", "-c", command], in: folder.path)
    #expect(ended.status == 5)
    #expect(ended.errors.contains("standard output cannot be written"))
    #expect(try events(folder.read("lines.jsonl")).last?["exitStatus"] as? Int == 5)
    #expect(folder.read("junit.xml").contains("message=\"standard output cannot be written"))
    #expect(
      try TwoHostProgram.run("merge", "lines.jsonl", in: folder.path).status == 5,
      "nor does a merged run pass")
  }

  @Test(
    "a last line that cannot be written makes no report that looks like a pass either",
    arguments: [
      // A pipe whose reader is gone, and a device that is full.
      [
        "python3", "-c",
        """
        import os, subprocess, sys
        reading, writing = os.pipe()
        os.close(reading)
        sys.exit(subprocess.run(sys.argv[1:], stdout=writing).returncode)
        """,
      ],
      ["sh", "-c", "exec \"$@\" > /dev/full", "sh"],
    ])
  func unwrittenEnd(wrapper: [String]) throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "s/x.json5")
    // Quietly, nothing but the last line is written of a case that passes.
    let run = [TwoHostProgram.path, "run", "s", "--quiet", "--json", "lines.jsonl", "--junit", "junit.xml"]
    let ended = try Program.run(wrapper + run, in: folder.path)
    #expect(ended.status == 5 && ended.errors.contains("standard output cannot be written"))
    let events = try events(folder.read("lines.jsonl"))
    #expect(events.count == 3 && events[1]["status"] as? String == "passed", "all went well until the end")
    #expect(events.last?["exitStatus"] as? Int == 5)
    #expect((events.last?["problems"] as? [String])?.count == 1)
    #expect(folder.read("junit.xml").contains("<error"))
    #expect(try TwoHostProgram.run("merge", "lines.jsonl", in: folder.path).status == 5)
  }

  @Test("a standard output that was closed from the start is no report, and the run does not pass")
  func closedFromTheStart() throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "s/x.json5")
    let ended = try Program.run(["sh", "-c", "exec '\(TwoHostProgram.path)' run s >&-"], in: folder.path)
    #expect(ended.status == 5)
  }

  @Test("a limit on the size of files is told of like a full disk")
  func fileSize() throws {
    let folder = try library()
    try FileManager.default.removeItem(atPath: "\(folder.path)/s/a-program.json5")
    // What is read from the pipe goes to a file too, without a limit.
    let command = "(ulimit -f 1; exec '\(TwoHostProgram.path)' run s --json lines.jsonl --capture none) | cat"
    let ended = try Program.run(["bash", "-o", "pipefail", "-c", command], in: folder.path)
    #expect(ended.status == 5 && ended.errors.contains("EFBIG"))
  }

  @Test("a full disk is status 5, says which report, and leaves no earlier one")
  func fullDisk() throws {
    let folder = try library()
    try FileManager.default.removeItem(atPath: "\(folder.path)/s/a-program.json5")
    try FileManager.default.createDirectory(atPath: "\(folder.path)/disk", withIntermediateDirectories: true)
    // The disk is one of a mount namespace of its own, and gone with it.
    let command = """
      mount -t tmpfs -o size=64k twohost-test disk || exit 77
      echo earlier > disk/junit.xml; echo earlier > disk/lines.jsonl
      '\(TwoHostProgram.path)' run s --json disk/lines.jsonl --junit disk/junit.xml --capture none
      status=$?; ls disk >&2; exit $status
      """
    let ended = try Program.run(["unshare", "-m", "sh", "-c", command], in: folder.path)
    #expect(ended.status == 5, "\(ended.output.suffix(300)) \(ended.errors)")
    #expect(ended.errors.contains("No space left on device"))
    #expect(ended.errors.hasSuffix("\nlines.jsonl.part\n"))
    let elsewhere = """
      mount -t tmpfs -o size=64k twohost-test disk || exit 77
      exec '\(TwoHostProgram.path)' run s --json disk/lines.jsonl --junit junit.xml --capture none
      """
    let partial = try Program.run(["unshare", "-m", "sh", "-c", elsewhere], in: folder.path)
    #expect(partial.status == 5 && folder.read("junit.xml").contains("message=\"the JSON lines"))
    let captures = """
      mount -t tmpfs -o size=64k twohost-test disk || exit 77
      exec '\(TwoHostProgram.path)' run s --capture all --artifacts disk/artifacts
      """
    let full = try Program.run(["unshare", "-m", "sh", "-c", captures], in: folder.path)
    let passed = full.output.contains("PASS") && !full.output.contains("ERROR")
    #expect(full.status == 5 && passed && full.output.contains("not complete: "), "\(full.output)")
  }

  @Test("a clock that was set back changes no verdict")
  func clockSetBack() throws {
    let folder = try TestFolder()
    let text =
      #"{ pacing: "burst", exchange: ["1", { payload: "2", from: "receiver" }, "3"], timeout: "5s" }"#
    try folder.write(text, to: "s/x.json5")
    let run = [TwoHostProgram.builtBesideTests, "run", "s", "--repeat", "20", "--json", "lines.jsonl"]
    let clock = ["faketime", "-f", "-10y"] + run
    let ended = try Program.run(
      clock, in: folder.path, environment: ["FAKETIME_DONT_FAKE_MONOTONIC": "1"])
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
    #expect(ended.output.contains("20 passed, 0 failed"))
  }
}

/// Files and folders that are not what they should be.
@Suite("Files that are not what they should be")
struct WrongFileTests {
  @Test("what stands in a scenario's place and is none is told of, and nothing is run")
  func scenarios() throws {
    let folder = try TestFolder()
    try folder.write("", to: "s/empty.json5")
    try folder.write(String(repeating: " ", count: 1 << 20 + 1), to: "s/huge.json5")
    try folder.write("{ exchange: ['x'] }", to: "s/right.json5")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/s/folder.json5", withIntermediateDirectories: true)
    #expect(mkfifo("\(folder.path)/s/pipe.json5", 0o600) == 0)
    let ended = try TwoHostProgram.run("run", "s", in: folder.path)
    #expect(ended.status == 2 && ended.output.isEmpty)
    for name in ["empty", "huge", "pipe"] { #expect(ended.errors.contains("s/\(name).json5"), "\(name)") }
    #expect(!ended.errors.contains("right"))
    #expect(try TwoHostProgram.run("run", "s/pipe.json5", in: folder.path).status == 2)
  }

  @Test("a scenario that may not be read is told of")
  func unreadable() throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "s/x.json5")
    #expect(chmod("\(folder.path)/s/x.json5", 0) == 0)
    let ended = try TwoHostProgram.runUnprivileged(["check", "s"], in: folder.path)
    #expect(ended.status == 2 && ended.errors.contains("this user may not read it"), "\(ended)")
  }

  private static let failing = "{ exchange: [{ expect: { header: { ttl: 1 } } }] }"

  @Test("no artifact is written through a link, and none where nothing can be written")
  func artifacts() throws {
    let folder = try TestFolder()
    try folder.write(Self.failing, to: "s/x.json5")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/real/x", withIntermediateDirectories: true)
    #expect(symlink("real", "\(folder.path)/link") == 0)
    let link = try TwoHostProgram.run("run", "s", "--artifacts", "link", in: folder.path)
    #expect(link.status == 2 && link.errors.contains("symbolic link"))
    let slash = try TwoHostProgram.run("run", "s", "--artifacts", "link/", in: folder.path)
    #expect(slash.status == 2 && slash.errors.contains("symbolic link"))
    let file = try TwoHostProgram.run("run", "s", "--artifacts", "s/x.json5", in: folder.path)
    #expect(file.status == 2 && file.errors.contains("not a folder"))
    // A link below the folder, where an attacker can know the name.
    try FileManager.default.createDirectory(atPath: "\(folder.path)/out", withIntermediateDirectories: true)
    #expect(symlink("../real/x", "\(folder.path)/out/x") == 0)
    let below = try TwoHostProgram.run("run", "s", "--artifacts", "out", in: folder.path)
    #expect(below.status == 5 && below.output.contains("not complete: the capture of x cannot be written: "))
    #expect(below.output.contains("FAIL") && below.output.contains("\n    capture  cannot be written: "))
    let readOnly = try TwoHostProgram.run("run", "s", "--artifacts", "/proc/twohost", in: folder.path)
    #expect(readOnly.status == 5)
    #expect(folder.files == ["out/.last-failed", "s/x.json5"])
  }

  @Test("a report that cannot be begun stops the run before it begins")
  func reports() throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "s/x.json5")
    let ended = try TwoHostProgram.run("run", "s", "--json", "/proc/none/lines", in: folder.path)
    #expect(ended.status == 5 && ended.output.isEmpty && ended.errors.contains("--json"))
    let document = try TwoHostProgram.run("run", "s", "--junit", "/proc/none/x.xml", in: folder.path)
    #expect(document.status == 5 && document.errors.contains("JUnit"))
  }

  /// The most memory that a run took, in KiB.
  private func peak(of arguments: [String], in folder: TestFolder) throws -> Int {
    let measure = """
      import resource, subprocess, sys
      subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
      print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
      """
    let ended = try Program.run(
      ["python3", "-c", measure, TwoHostProgram.path] + arguments, in: folder.path,
      environment: ["GITHUB_STEP_SUMMARY": "\(folder.path)/summary"])
    return try #require(Int(ended.output.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  @Test("cases that are not run take no memory together, however often they are repeated")
  func notRun() throws {
    let folder = try TestFolder()
    let numbers = (1...60).map(String.init).joined(separator: ",")
    let messages = (1...1000).map { "{ payload: '${n} \($0)', expect: { header: { ttl: 3 } } }" }
    try folder.write(
      "{ matrix: { n: [\(numbers)] }, pacing: 'burst', exchange: [\(messages.joined(separator: ","))] }",
      to: "s/x.json5")
    let run = ["run", "s", "--repeat", "2", "--fail-fast", "--capture", "none", "--jobs", "1"]
    #expect(try peak(of: run, in: folder) < 60_000)
  }

  @Test("reports that come at the end take no more memory for many failures than the others")
  func memory() throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: [{ payload: 'x', expect: { header: { ttl: 3 } } }] }", to: "s/x.json5")
    let run = ["run", "s", "--repeat", "1500", "--capture", "none", "--jobs", "2"]
    let peaks = try [[], ["--junit", "junit.xml", "--report", "github"]].map { reports in
      try peak(of: run + reports, in: folder)
    }
    #expect(peaks[1] - peaks[0] < 6_000, "KiB: \(peaks)")
    #expect(folder.read("junit.xml").contains("tests=\"1500\" failures=\"1500\" errors=\"0\""))
    #expect(folder.read("summary").utf8.count < 600_000)
  }

  @Test("two reports into one place are refused before anything is written, however it is spelled")
  func samePlace() throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "s/x.json5")
    try folder.write("earlier", to: "r")
    try folder.write("earlier", to: "b.part")
    #expect(link("\(folder.path)/r", "\(folder.path)/hard") == 0)
    #expect(symlink("r", "\(folder.path)/soft") == 0 && symlink("new", "\(folder.path)/leads-to-new") == 0)
    let pairs = [
      ("r", "r"), ("r", "./s/../r"), ("r", "hard"), ("soft", "r"), ("soft", "hard"), ("new", "leads-to-new"),
      ("new", "\(folder.path)/new"), ("folder/./new", "folder//new"), ("b", "b.part"), ("c", "c.part"),
      ("/dev/stderr", "/proc/self/fd/2"),
    ]
    for (json, junit) in pairs {
      for command in ["run", "merge"] {
        let ended = try TwoHostProgram.run(command, "s", "--json", json, "--junit", junit, in: folder.path)
        #expect(ended.status == 2 && ended.output.isEmpty, "\(command) \(json) \(junit)")
        #expect(ended.errors.contains("--junit and --json would write to the same file"), "\(ended.errors)")
      }
    }
    #expect(folder.read("r") == "earlier" && folder.read("b.part") == "earlier")
    let run = "'\(TwoHostProgram.path)' run s --quiet"
    for command in [
      "\(run) --junit /dev/stdout | cat", "\(run) --json r > r", "\(run) --json /dev/fd/1 > log",
      "\(run) --junit soft > hard",
    ] {
      let ended = try Program.run(["bash", "-o", "pipefail", "-c", command], in: folder.path)
      #expect(ended.status == 2 && ended.output.isEmpty, "\(command)")
      #expect(ended.errors.contains("and the report on standard output would write to the same file"))
    }
    let summary = try TwoHostProgram.run(
      "run", "s", "--report", "github", "--json", "summary", in: folder.path,
      environment: ["GITHUB_STEP_SUMMARY": "\(folder.path)/summary"])
    #expect(summary.status == 2 && summary.errors.contains("the step summary and --json"))
    let nowhere = "\(run) --json /dev/null --junit /dev/null > /dev/null"
    #expect(try Program.run(["sh", "-c", nowhere], in: folder.path).status == 0)
    #expect(try TwoHostProgram.run("run", "s", "--json", "1", "--junit", "2", in: folder.path).status == 0)
  }

  @Test("a report goes where a link leads, and to a stream of the process itself")
  func links() throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "s/x.json5")
    try folder.write("earlier", to: "real")
    #expect(symlink("real", "\(folder.path)/link") == 0)
    #expect(try TwoHostProgram.run("run", "s", "--json", "link", in: folder.path).status == 0)
    #expect(folder.read("real").contains("\"end\""))
    let command = "exec '\(TwoHostProgram.path)' run s --quiet --junit /dev/fd/3 3> log"
    #expect(try Program.run(["sh", "-c", command], in: folder.path).status == 0)
    #expect(folder.read("log").hasPrefix("<?xml") && folder.read("log").hasSuffix("</testsuites>\n"))
    #expect(symlink("s/../yet-to-be", "\(folder.path)/open") == 0)
    #expect(try TwoHostProgram.run("run", "s", "--junit", "open", in: folder.path).status == 0)
    #expect(folder.read("yet-to-be").hasPrefix("<?xml"))
  }

  @Test("a shard without cases passes and writes its reports, and so does a run that may be empty")
  func empty() throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "s/x.json5")
    let shards = try (1...2).map { part in
      try TwoHostProgram.run(
        "run", "s", "--shard", "\(part)/2", "--json", "\(part).jsonl", "--capture", "none", in: folder.path)
    }
    #expect(shards.map(\.status) == [0, 0])
    #expect(shards.contains { $0.errors.contains("no case belongs to this shard") })
    let merged = try TwoHostProgram.run("merge", "1.jsonl", "2.jsonl", in: folder.path)
    #expect(merged.status == 0 && merged.output.contains("1 passed, 0 failed"))
    let none = try TwoHostProgram.run(
      "run", "s", "--filter", "none", "--allow-empty", "--junit", "x.xml", in: folder.path)
    #expect(none.status == 0 && folder.read("x.xml").contains("tests=\"0\""))
  }
}
