// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

/// A pipe's reader and writer; the reader is ready once the writer is closed, and not before.
private func pipeEnds() throws -> (reader: Int32, writer: Int32) {
  var ends: [Int32] = [0, 0]
  try #require(pipe(&ends) == 0)
  try #require(fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0)
  return (ends[0], ends[1])
}

private func isReady(_ reader: Int32, within time: Duration) throws -> Bool {
  try Readiness.wait(toRead: [reader], until: Deadline(after: time))
}

@Suite("the closing pool")
struct ClosingPoolTests {
  @Test("a pool closes all it is given, more than it has threads", arguments: [1, 3])
  func closesAll(threads: Int) throws {
    let pool = ClosingPool(threads: threads)
    let pipes = try (0..<100).map { _ in try pipeEnds() }
    for pipe in pipes { #expect(try !isReady(pipe.reader, within: .zero)) }
    for pipe in pipes { pool.close(pipe.writer) }
    for pipe in pipes {
      #expect(try isReady(pipe.reader, within: .seconds(30)))
      close(pipe.reader)
    }
  }

  @Test("a pool that goes has closed all that it was given, and closes again what comes after a pause")
  func goes() throws {
    var pool: ClosingPool? = ClosingPool(threads: 2)
    for _ in 0..<3 {
      let pipe = try pipeEnds()
      pool?.close(pipe.writer)
      #expect(try isReady(pipe.reader, within: .seconds(30)))
      close(pipe.reader)
    }
    let pipes = try (0..<20).map { _ in try pipeEnds() }
    for pipe in pipes { pool?.close(pipe.writer) }
    pool = nil
    for pipe in pipes {
      #expect(try isReady(pipe.reader, within: .seconds(30)))
      close(pipe.reader)
    }
  }

  @Test(
    "a close that takes long holds up neither who asks for it nor others, as long as another thread can be had",
    arguments: [(2, 1), (4, 3), (3, 3), (2, 5)])
  func slow(threads: Int, slow: Int) async {
    // A process of its own: a child that another test makes would have the sockets too, until it runs its program.
    await #expect(processExitsWith: .success) { [threads, slow] in
      let pool = ClosingPool(threads: threads)
      let ours = NamedThreads(name: "closing")
      let sockets = try (0..<slow).map { _ in try SlowToClose() }
      let pipe = try pipeEnds()
      let start = ContinuousClock.now
      ours.start {
        for socket in sockets { pool.close(socket.descriptor) }
        pool.close(pipe.writer)
      }
      // None of them can be closed yet, and this thread has not waited for it.
      #expect(ContinuousClock.now - start < .seconds(5))
      #expect(ours.states.count == min(threads, slow + 1))
      if threads > slow {
        #expect(
          try isReady(pipe.reader, within: .seconds(5)), "a thread that has nothing else to do closes it")
      }
      for socket in sockets { socket.letGo() }
      #expect(try isReady(pipe.reader, within: .seconds(5)))
    }
  }

  @Test("one thread does where each is closed before the next comes")
  func oneThread() async {
    await #expect(processExitsWith: .success) {
      let pool = ClosingPool()
      let ours = NamedThreads(name: "closing")
      for _ in 0..<20 {
        let pipe = try pipeEnds()
        ours.start { pool.close(pipe.writer) }
        try #require(try isReady(pipe.reader, within: .seconds(30)))
        try #require(eventually { ours.states == ["S"] }, "it waits for the next one: \(ours.states)")
        close(pipe.reader)
      }
    }
  }

  @Test("the threads of a pool that goes end, when what they close is closed", arguments: [1, 2, 5])
  func threadsEnd(threads: Int) async {
    await #expect(processExitsWith: .success) { [threads] in
      let ours = NamedThreads(name: "closing")
      var pool: ClosingPool? = ClosingPool(threads: threads)
      let sockets = try (0..<threads).map { _ in try SlowToClose() }
      ours.start { for socket in sockets { pool?.close(socket.descriptor) } }
      #expect(ours.states.count == threads)
      pool = nil
      #expect(ours.states.count == threads, "what they were given is not closed yet")
      for socket in sockets { socket.letGo() }
      #expect(eventually { ours.states.isEmpty })
    }
  }

  @Test("a pool without room closes in place")
  func full() throws {
    let pool = ClosingPool(waiting: 0)
    let pipe = try pipeEnds()
    var before = stat()
    var after = stat()
    try #require(fstat(pipe.writer, &before) == 0)
    pool.close(pipe.writer)
    // The number is free, or another thread has another file under it already.
    #expect(fstat(pipe.writer, &after) != 0 || after.st_ino != before.st_ino)
    close(pipe.reader)
  }
}
