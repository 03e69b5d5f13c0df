// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A moment on the clock of the run by which something must have happened.
public struct Deadline: Sendable {
  private let moment: Duration

  /// The moment that lies this far from now.
  public init(after duration: Duration) {
    moment = RunClock.now + duration
  }

  /// The time left, never below zero.
  public var remaining: Duration { max(.zero, moment - RunClock.now) }

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
