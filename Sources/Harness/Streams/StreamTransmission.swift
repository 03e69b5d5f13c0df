// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Synchronization

/// A long stretch of a stream that a thread of its own sends, so that it goes as fast as between two programs.
final class StreamTransmission: Sendable {
  private let socket: StreamSocket
  private let contents: StreamContents
  private let range: Range<Int>
  private let sentBytes: Atomic<Int>
  private let isCanceled = Atomic(false)
  private let ended = Mutex(false)
  private let result = Mutex<SystemError?>(nil)
  private let bell: EventDescriptor

  /// So long a thread that cannot send sleeps before it looks whether it is to give up.
  private static let pause = Duration.milliseconds(50)

  /// Begins to send the bytes of a range, on others of some processors than this thread's where there are any.
  ///
  /// - Throws: `EAGAIN` where no thread can be had, and the errors of eventfd(2) and sched_getaffinity(2).
  init(
    _ socket: StreamSocket, _ contents: StreamContents, _ range: Range<Int>, on processors: CPUAffinity
  ) throws(SystemError) {
    self.socket = socket
    self.contents = contents
    self.range = range
    sentBytes = Atomic(range.lowerBound)
    bell = try EventDescriptor()
    let own = try CPUAffinity.ofThisThread().processors
    try Thread.start { [self] in
      if own.count == 1 { processors.leave(own[0]) }
      do throws(SystemError) { try send() } catch { result.withLock { $0 = error } }
      ended.withLock { $0 = true }
      bell.ring()
    }
  }

  /// Where the first byte stands that was not sent yet.
  var sent: Int { sentBytes.load(ordering: .relaxed) }

  /// Why no more could be sent; nil where more could.
  var failure: SystemError? { result.withLock { $0 } }

  /// Whether it is over.
  var isOver: Bool { ended.withLock { $0 } }

  /// The number to wait on for its end.
  var rawDescriptor: Int32 { bell.rawDescriptor }

  private func send() throws(SystemError) {
    let buffer = StreamBuffer()
    var next = range.lowerBound
    var rest = UnsafeRawBufferPointer(start: nil, count: 0)
    while next < range.upperBound, !isCanceled.load(ordering: .relaxed) {
      if rest.isEmpty {
        let length = min(StreamBuffer.length, range.upperBound - next)
        rest = contents.bytes(from: next, in: .init(rebasing: buffer.bytes[..<length]))
      }
      let count = try socket.socket.send(rest)
      if count == 0 {
        _ = try Readiness.wait(
          toRead: [], toWrite: [socket.socket.rawDescriptor], until: Deadline(after: Self.pause))
      }
      next += count
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      sentBytes.store(next, ordering: .relaxed)
    }
  }

  /// Gives up what was not sent, and waits until the thread has ended.
  func cancel() {
    isCanceled.store(true, ordering: .relaxed)
    while !isOver { _ = try? Readiness.wait(toRead: [bell.rawDescriptor]) }
  }
}
