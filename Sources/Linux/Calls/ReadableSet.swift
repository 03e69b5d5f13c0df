// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Descriptors of which many are watched and few can be read at a time (epoll(7)): to ask which costs as much as there are
/// of these.
public struct ReadableSet: ~Copyable {
  private let descriptor: Descriptor
  private var events = [epoll_event](repeating: epoll_event(), count: 64)

  /// Watches descriptors, which must stay open meanwhile.
  ///
  /// - Throws: the errors of epoll_create1(2) and epoll_ctl(2).
  public init(_ descriptors: [Int32]) throws(SystemError) {
    let opened = Descriptor(
      owning: try systemCall("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    for (place, number) in descriptors.enumerated() {
      var event = epoll_event()
      event.events = EPOLLIN.rawValue
      event.data.u64 = UInt64(place)
      try systemCall("epoll_ctl") { epoll_ctl(opened.rawValue, EPOLL_CTL_ADD, number, &event) }
    }
    descriptor = opened
  }

  /// The places of some that can be read now, among those that are watched; none where there are none.
  ///
  /// - Throws: the error of epoll_wait(2).
  public mutating func next() throws(SystemError) -> [Int] {
    let count = try systemCall("epoll_wait") {
      epoll_wait(descriptor.rawValue, &events, Int32(events.count), 0)
    }
    return events.prefix(Int(count)).map { Int($0.data.u64) }
  }
}
