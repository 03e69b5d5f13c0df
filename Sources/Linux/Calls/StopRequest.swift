// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A wish that work under way be given up, which every wait of that work can see.
public final class StopRequest: Sendable {
  private let event: EventDescriptor
  private let made = Atomic(false)

  /// The number to wait on beside what is awaited: it can be read once the request was made.
  public var rawDescriptor: Int32 { event.rawDescriptor }

  /// Whether it was made.
  public var isMade: Bool { made.load(ordering: .acquiring) }

  /// Nobody has asked for anything yet.
  ///
  /// - Throws: the errors of eventfd(2).
  public init() throws(SystemError) {
    event = try EventDescriptor()
  }

  /// Makes the request; it is never taken back.
  public func make() {
    made.store(true, ordering: .releasing)
    event.ring()
  }

  /// Gives up where the request was made.
  ///
  /// - Throws: `ECANCELED`.
  public func check() throws(SystemError) {
    if isMade { throw SystemError("run", .canceled) }
  }
}
