// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Threads that close descriptors whose closing takes long, so that the waits overlap off the critical path.
///
/// Closing a packet socket waits for an RCU grace period, some 12 ms; two captures a case, closed in place,
/// would cost several times the case itself. A thread is started when all that are there are busy, and stays until the
/// pool goes and everything is closed; the end of the process does not wait for any.
public final class ClosingPool: Sendable {
  private let queue: ClosingQueue

  /// Makes a pool that grows to this many threads and holds at most this many descriptors open.
  public init(threads: Int = 32, waiting: Int = 256) {
    queue = ClosingQueue(mostThreads: threads, mostWaiting: waiting)
  }

  deinit {
    queue.end()
  }

  /// Closes a descriptor soon; in place when the pool is full, so that descriptors do not pile up.
  func close(_ descriptor: Int32) {
    if queue.reserveThread() {
      do throws(SystemError) {
        try Thread.start { [queue] in queue.closeAll() }
      } catch {
        queue.releaseThread()
      }
    }
    if !queue.add(descriptor) { Glibc.close(descriptor) }
  }
}

/// The descriptors that wait for a thread, and the threads that wait for a descriptor.
private final class ClosingQueue: Sendable {
  private struct State {
    var waiting: [Int32] = []
    var threads = 0
    /// How many threads close nothing.
    var idle = 0
  }

  private let state = Mutex(State())
  private let mostThreads: Int
  private let mostWaiting: Int
  /// Lets a thread through for each descriptor, and at the end for nothing (sem_overview(7)).
  nonisolated(unsafe) private let gate = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init(mostThreads: Int, mostWaiting: Int) {
    self.mostThreads = mostThreads
    self.mostWaiting = mostWaiting
    sem_init(gate, 0, 0)
  }

  deinit {
    sem_destroy(gate)
    gate.deallocate()
  }

  /// Counts a thread in, if another descriptor would need one that is not there.
  func reserveThread() -> Bool {
    state.withLock { state in
      guard state.waiting.count >= state.idle, state.threads < mostThreads else { return false }
      state.threads += 1
      state.idle += 1
      return true
    }
  }

  /// Counts out a thread that could not be had.
  func releaseThread() {
    state.withLock { state in
      state.threads -= 1
      state.idle -= 1
    }
  }

  /// Takes a descriptor, unless there is no room or nobody to close it.
  func add(_ descriptor: Int32) -> Bool {
    let isTaken = state.withLock { state in
      guard state.threads > 0, state.waiting.count < mostWaiting else { return false }
      state.waiting.append(descriptor)
      return true
    }
    if isTaken { sem_post(gate) }
    return isTaken
  }

  /// Closes what comes, in a thread of its own, until the end.
  func closeAll() {
    while let descriptor = awaitNext() {
      Glibc.close(descriptor)
      state.withLock { $0.idle += 1 }
    }
  }

  private func awaitNext() -> Int32? {
    // A signal that interrupts it is nobody's end.
    while sem_wait(gate) != 0 {}
    return state.withLock { state in
      let next = state.waiting.popLast()
      if next != nil { state.idle -= 1 }
      return next
    }
  }

  /// Lets every thread go once nothing waits any more.
  func end() {
    let threads = state.withLock { $0.threads }
    for _ in 0..<threads { sem_post(gate) }
  }
}
