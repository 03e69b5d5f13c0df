// SPDX-License-Identifier: Apache-2.0

import Wire

/// A packet of a conversation that is to become a message.
public struct ImportedPacket: Sendable {
  /// Its place in its capture, from 1.
  public let number: Int
  /// What was captured where it was sent.
  public let captured: CapturedIPPacket
  /// What came of it at the other end, as many times as it did; nil where nobody watched there.
  public let arrivals: [IPPacket]?

  /// Takes a packet of a capture, and what came of it.
  public init(number: Int, _ captured: CapturedIPPacket, arrivals: [IPPacket]? = nil) {
    self.number = number
    self.captured = captured
    self.arrivals = arrivals
  }
}

/// Why a conversation cannot become a scenario.
public struct ImportProblem: Error, Hashable, Sendable {
  /// What is in the way, a sentence without its full stop.
  public let reason: String
  /// What to do about it, where that is known.
  public let fix: String?

  init(_ reason: String, fix: String? = nil) {
    self.reason = reason
    self.fix = fix
  }
}
