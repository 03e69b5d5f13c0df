// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A descriptor by which one thread wakes others that wait (eventfd(2)).
public final class EventDescriptor: Sendable {
  private let descriptor: Descriptor

  /// The number to wait on: it can be read once it was rung.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  /// Makes one that was not rung.
  ///
  /// - Throws: the errors of eventfd(2).
  public init() throws(SystemError) {
    descriptor = Descriptor(
      owning: try systemCall("eventfd") { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) })
  }

  /// Wakes whoever waits, now or later, until somebody is calmed by `quiet`.
  public func ring() {
    var one: UInt64 = 1
    // It fails only when it was rung so often that it rings anyhow.
    _ = write(descriptor.rawValue, &one, MemoryLayout<UInt64>.size)
  }

  /// Takes back all that was rung.
  public func quiet() {
    var count: UInt64 = 0
    _ = read(descriptor.rawValue, &count, MemoryLayout<UInt64>.size)
  }
}
