// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Linux

@Suite("deadlines")
struct DeadlineTests {
  @Test("a deadline that is past leaves no time, and never less")
  func past() {
    for deadline in [Deadline(after: .zero), Deadline(after: .seconds(-5))] {
      #expect(deadline.hasPassed && deadline.remaining == .zero)
    }
  }

  @Test("a deadline to come leaves no more time than was given")
  func future() {
    let deadline = Deadline(after: .seconds(3600))
    #expect(!deadline.hasPassed)
    #expect(deadline.remaining <= .seconds(3600) && deadline.remaining > .seconds(3000))
  }

  @Test("a length of time is the same in C's structure")
  func timespec() {
    let time = (Duration.seconds(3) + .nanoseconds(999_999_999)).timespec
    #expect(time.tv_sec == 3 && time.tv_nsec == 999_999_999)
  }
}
