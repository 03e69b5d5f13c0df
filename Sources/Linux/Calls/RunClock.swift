// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// The monotonic clock, less the time for which this process was stopped by its terminal (Ctrl-Z).
///
/// That a process is stopped is a fact about all of its threads, and so is its clock: a deadline must not pass while
/// nobody could do anything about it.
public enum RunClock {
  /// When the clock was held, in nanoseconds of the monotonic clock; 0 while it goes.
  private static let heldAt = Atomic<Int64>(0)
  /// How long it was held in all, in nanoseconds.
  private static let held = Atomic<Int64>(0)

  /// The time since some moment.
  public static var now: Duration {
    // The clock is read first: a thread that was stopped right here has the time before.
    let monotonic = nanoseconds
    let hold = heldAt.load(ordering: .sequentiallyConsistent)
    return .nanoseconds(
      (hold == 0 ? monotonic : min(hold, monotonic)) - held.load(ordering: .sequentiallyConsistent))
  }

  /// Does something while the clock is held, such as being stopped.
  public static func hold(while body: () -> Void) {
    let start = nanoseconds
    heldAt.store(start, ordering: .sequentiallyConsistent)
    body()
    held.add(nanoseconds - start, ordering: .sequentiallyConsistent)
    heldAt.store(0, ordering: .sequentiallyConsistent)
  }

  /// The monotonic clock as it is, in nanoseconds.
  static var monotonic: UInt64 { UInt64(nanoseconds) }

  /// The time of day in nanoseconds of the epoch, by which the kernel stamps packets.
  public static var epochNanoseconds: UInt64 { UInt64(nanoseconds(CLOCK_REALTIME)) }

  private static var nanoseconds: Int64 { nanoseconds(CLOCK_MONOTONIC) }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
