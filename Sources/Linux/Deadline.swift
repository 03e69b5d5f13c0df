// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A moment on the monotonic clock by which something must have happened.
public struct Deadline: Sendable {
  private let moment: SuspendingClock.Instant

  /// The moment that lies this far from now.
  public init(after duration: Duration) {
    moment = SuspendingClock.now.advanced(by: duration)
  }

  /// The time left, never below zero.
  public var remaining: Duration {
    max(.zero, SuspendingClock.now.duration(to: moment))
  }

  /// Whether the moment is past.
  public var hasPassed: Bool { remaining == .zero }
}

extension Duration {
  /// The same length of time as C's structure.
  var timespec: Glibc.timespec {
    let (seconds, attoseconds) = components
    return Glibc.timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
  }
}
