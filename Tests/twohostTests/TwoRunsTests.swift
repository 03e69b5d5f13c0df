// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Two runs that would write the same file.
@Suite("Two runs at once")
struct TwoRunsTests {
  /// Whether these are the lines of a run of one case, the last of them its end.
  private func isWhole(_ lines: String) -> Bool {
    let lines = lines.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.count == 4 && lines[2].contains(#""event":"end""#) && lines[3].isEmpty
  }

  /// Begins a run that writes `lines.jsonl` and is not over before somebody lets it go on (fifo(7), `go`).
  private func startWaiting(_ folder: TestFolder) throws -> Program {
    try folder.write("{ exchange: ['x'] }", to: "other/x.json5")
    unlink("\(folder.path)/go")
    try #require(mkfifo("\(folder.path)/go", 0o666) == 0 && chmod("\(folder.path)/go", 0o666) == 0)
    let role = "{ run: ['sh', '-c', ': < $0/go', '\(folder.path)'] }"
    try folder.write(
      "{ sender: \(role), exchange: [{ expect: { sent: false } }], timeout: '1min' }", to: "s/x.json5")
    let run = try Program(
      [TwoHostProgram.path, "run", "s", "--json", "lines.jsonl"], in: folder.path)
    try run.await("its first line") { !folder.read("lines.jsonl.part").isEmpty }
    return run
  }

  /// Lets whoever reads a pipe with a name go on, as soon as there is somebody.
  private func letGo(_ pipe: String, _ reader: Program) throws {
    try reader.await("somebody who reads \(pipe)") {
      let writing = open(pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      close(writing)
      return writing >= 0
    }
  }

  @Test("two runs at once do not meet, but for the file that both would write")
  func twoAtOnce() throws {
    let folder = try TestFolder()
    let first = try startWaiting(folder)
    let begun = folder.read("lines.jsonl.part")
    let second = try TwoHostProgram.run("run", "other", "--json", "other.jsonl", in: folder.path)
    #expect(second.status == 0 && isWhole(folder.read("other.jsonl")))
    let third = try TwoHostProgram.run("run", "other", "--json", "lines.jsonl", in: folder.path)
    #expect(third.status == 5 && third.output.isEmpty)
    #expect(third.errors.contains("another run is writing its JSON lines to this file"))
    #expect(folder.read("lines.jsonl.part") == begun, "what is there is not harmed")
    try letGo("\(folder.path)/go", first)
    #expect(try first.awaitEnd().status == 0)
    #expect(isWhole(folder.read("lines.jsonl")))
    let fourth = try TwoHostProgram.run("run", "other", "--json", "lines.jsonl", in: folder.path)
    #expect(fourth.status == 0)
  }

  @Test(
    "a run that opened the file of another just before that one was over does not cut it, nor that of the next",
    arguments: [false, true])
  func finishedMeanwhile(hasNext: Bool) throws {
    let folder = try TestFolder()
    let first = try startWaiting(folder)
    // Between open(2) and flock(2) it waits to be let go on.
    let library = try Preloaded(
      """
      #include <fcntl.h>
      #include <stdlib.h>
      #include <sys/file.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      int flock(int file, int operation) {
        if (operation & LOCK_NB) close(open(getenv("TWOHOST_HOLD"), O_RDONLY));
        return syscall(SYS_flock, file, operation);
      }
      """)
    let hold = "\(folder.path)/hold"
    try #require(mkfifo(hold, 0o600) == 0)
    let second = try Program(
      [TwoHostProgram.builtBesideTests, "run", "other", "--json", "lines.jsonl"], in: folder.path,
      environment: library.environment.merging(["TWOHOST_HOLD": hold]) { one, _ in one })
    let descriptors = "/proc/\(second.process.processIdentifier)/fd"
    try second.await("that it has opened the file") {
      try FileManager.default.contentsOfDirectory(atPath: descriptors).contains { name in
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(descriptors)/\(name)")
        return target?.hasSuffix("/lines.jsonl.part") == true
      }
    }
    try letGo("\(folder.path)/go", first)
    #expect(try first.awaitEnd().status == 0)
    let lines = folder.read("lines.jsonl")
    #expect(isWhole(lines))
    let next = hasNext ? try startWaiting(folder) : nil
    try letGo(hold, second)
    let ended = try second.awaitEnd()
    #expect(ended.status == 5 && ended.errors.contains("another run is writing"), "\(ended)")
    // The next run has taken away what the first one left, before it writes its own.
    #expect(folder.read("lines.jsonl") == (hasNext ? "" : lines))
    if let next {
      try letGo("\(folder.path)/go", next)
      #expect(try next.awaitEnd().status == 0 && isWhole(folder.read("lines.jsonl")))
    }
  }
}
