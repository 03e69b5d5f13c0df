// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What the receiving thread of a flow tells the sending one while packets are under way.
final class FlowProgress: Sendable {
  /// How many packets were received and checked, whatever they were.
  private let received = Atomic(0)
  /// At how many the sender wants to be woken.
  private let awaited = Atomic(Int.max)
  /// How often the sender has asked whether the socket is empty, and up to which time this was answered.
  private let asked = Atomic(0)
  private let answered = Atomic(0)
  /// Rung when what the sender waits for has come.
  private let event: EventDescriptor

  init() throws(SystemError) {
    event = try EventDescriptor()
  }

  // MARK: - The sender's side

  /// How many packets were received and checked.
  var count: Int { received.load(ordering: .acquiring) }

  /// The number to wait on.
  var rawDescriptor: Int32 { event.rawDescriptor }

  /// Asks to be woken when this many packets were received; returns whether they were.
  func await(_ count: Int) -> Bool {
    event.quiet()
    // Both sides write before they read, and all agree on the order: one of them sees the other.
    awaited.store(count, ordering: .sequentiallyConsistent)
    return received.load(ordering: .sequentiallyConsistent) >= count
  }

  /// Asks to be woken when the socket was found empty after now; returns the question's number.
  func askWhetherEmpty() -> Int {
    event.quiet()
    return asked.add(1, ordering: .sequentiallyConsistent).newValue
  }

  /// Whether a question was answered: the socket was found empty after it was asked.
  func isAnswered(_ question: Int) -> Bool { answered.load(ordering: .acquiring) >= question }

  // MARK: - The receiver's side

  /// The question that was asked last; to be read before the socket is looked at.
  var question: Int { asked.load(ordering: .sequentiallyConsistent) }

  /// Tells how many packets were received by now.
  func note(_ count: Int) {
    received.store(count, ordering: .sequentiallyConsistent)
    guard count >= awaited.load(ordering: .sequentiallyConsistent) else { return }
    awaited.store(.max, ordering: .sequentiallyConsistent)
    event.ring()
  }

  /// Tells that the socket was found empty after a question was read.
  func answer(_ question: Int) {
    guard question > answered.load(ordering: .acquiring) else { return }
    answered.store(question, ordering: .releasing)
    event.ring()
  }
}
