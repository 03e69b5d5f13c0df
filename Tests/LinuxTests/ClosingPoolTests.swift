// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

@Suite("the closing pool")
struct ClosingPoolTests {
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
