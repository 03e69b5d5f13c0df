// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Threads that close descriptors whose closing takes long, so that the waits overlap off the critical path.
///
/// Closing a packet socket waits for an RCU grace period, some 12 ms; two captures a case, closed in place,
/// would cost several times the case itself.
public final class ClosingPool: Sendable {
  private struct State {
    var waiting: [Int32] = []
    var threads = 0
  }

  private let state = Mutex(State())
  private let mostThreads: Int
  private let mostWaiting: Int

  /// Makes a pool that grows to this many threads and holds at most this many descriptors open.
  public init(threads: Int = 32, waiting: Int = 256) {
    mostThreads = threads
    mostWaiting = waiting
  }

  /// Closes a descriptor soon; in place when the pool is full, so that descriptors do not pile up.
  func close(_ descriptor: Int32) {
    let (isTaken, needsThread) = state.withLock { state in
      guard state.waiting.count < mostWaiting else { return (false, false) }
      state.waiting.append(descriptor)
      guard state.threads < mostThreads else { return (true, false) }
      state.threads += 1
      return (true, true)
    }
    guard isTaken else {
      Glibc.close(descriptor)
      return
    }
    if needsThread, !startThread() { closeWaiting() }
  }

  /// Closes what is waiting, and leaves when nothing is.
  private func closeWaiting() {
    while let descriptor = takeNext() { Glibc.close(descriptor) }
  }

  private func takeNext() -> Int32? {
    state.withLock { state in
      let next = state.waiting.popLast()
      if next == nil { state.threads -= 1 }
      return next
    }
  }

  private func startThread() -> Bool {
    do throws(SystemError) {
      try Thread.start { [self] in closeWaiting() }
      return true
    } catch {
      return false
    }
  }
}
