// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import Linux

@Suite("the run's clock", .serialized)
struct RunClockTests {
  private static var monotonic: Duration {
    var time = Glibc.timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  @Test("time in which the clock is held does not count, and no deadline passes in it")
  func hold() throws {
    let deadline = Deadline(after: .seconds(3600))
    let before = (RunClock.now, Self.monotonic)
    var held = Duration.zero
    RunClock.hold {
      let start = (RunClock.now, Self.monotonic)
      while Self.monotonic - start.1 < .milliseconds(20) { sched_yield() }
      #expect(RunClock.now == start.0)
      held = Self.monotonic - start.1
    }
    let after = (RunClock.now, Self.monotonic)
    #expect((after.1 - before.1) - (after.0 - before.0) >= held)
    #expect(deadline.remaining > .seconds(3000))
  }

  @Test("a wait that the kernel ends while the clock is held goes on")
  func wait() throws {
    let (start, bell) = (Self.monotonic, try EventDescriptor())
    let isOver = Flag()
    RunClock.hold {
      _ = try? Thread.start {
        // Ten milliseconds of the kernel's clock pass with ours standing still.
        _ = try? Readiness.wait(toRead: [bell.rawDescriptor], until: Deadline(after: .milliseconds(1)))
        isOver.set()
      }
      while Self.monotonic - start < .milliseconds(10) { sched_yield() }
      #expect(!isOver.isSet)
    }
    let patience = Deadline(after: .seconds(60))
    while !isOver.isSet, !patience.hasPassed { sched_yield() }
    #expect(isOver.isSet)
  }

  private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
  }
}

@Suite("waking those who wait")
struct WakingTests {
  @Test("an event can be read from when it was rung until it is quieted")
  func event() throws {
    let event = try EventDescriptor()
    func isRung() throws -> Bool {
      try Readiness.wait(toRead: [event.rawDescriptor], until: Deadline(after: .zero))
    }
    #expect(try !isRung())
    event.ring()
    event.ring()
    #expect(try isRung())
    event.quiet()
    #expect(try !isRung())
  }

  @Test("a request to stop is seen by every wait, and never taken back")
  func stop() throws {
    let stop = try StopRequest()
    try stop.check()
    #expect(!stop.isMade)
    stop.make()
    #expect(stop.isMade)
    for _ in 0..<2 {
      #expect(try Readiness.wait(toRead: [stop.rawDescriptor], until: Deadline(after: .zero)))
      let error = #expect(throws: SystemError.self) { try stop.check() }
      #expect(error?.errno == .canceled)
    }
  }

  @Test("a thread runs what it is given")
  func thread() throws {
    let event = try EventDescriptor()
    try Thread.start { event.ring() }
    #expect(try Readiness.wait(toRead: [event.rawDescriptor], until: Deadline(after: .seconds(60))))
  }
}
