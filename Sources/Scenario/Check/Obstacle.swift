// SPDX-License-Identifier: Apache-2.0

/// Why a packet cannot leave a certain way, with the kernel's reason.
struct Obstacle: Sendable {
  let reason: String
  let span: SourceSpan
  /// The error with which the kernel refuses it; nil where it sends something else instead, or nothing.
  var error: String?
}

extension [Obstacle] {
  /// What is left of them for a message that expects an error: where that is the first with which the kernel refuses,
  /// no refusal is in its way, and else those others are.
  func remaining(expecting error: String?) -> [Obstacle] {
    guard let error else { return self }
    let isFirst = first { $0.error != nil }?.error == error
    return filter { $0.error == nil || (!isFirst && $0.error != error) }
  }
}

/// Lists of the obstacles that there are: in the way of most messages there is none, and then nothing is made.
@resultBuilder enum Obstacles {
  static func buildPartialBlock(first: Obstacle?) -> [Obstacle] { first.map { [$0] } ?? [] }

  static func buildPartialBlock(accumulated: [Obstacle], next: Obstacle?) -> [Obstacle] {
    next.map { accumulated + [$0] } ?? accumulated
  }

  static func buildPartialBlock(accumulated: [Obstacle], next: [Obstacle]) -> [Obstacle] {
    accumulated + next
  }
}
