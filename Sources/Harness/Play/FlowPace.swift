// SPDX-License-Identifier: Apache-2.0

import Linux

/// When each packet of a flow is due that leaves at a rate of its own.
struct FlowPace {
  private let rate: Int
  private let start = RunClock.now

  /// Begins now, with so many packets a second.
  init(_ rate: Int) {
    self.rate = rate
  }

  /// How many packets are due by now; the first is at once.
  var due: Int {
    let (seconds, attoseconds) = (RunClock.now - start).components
    let nanoseconds = Double(seconds) * 1e9 + Double(attoseconds) / 1e9
    return 1 + Int(nanoseconds * Double(rate) / 1e9)
  }

  /// How long it is until a packet is due, the first of which has the number 0.
  func wait(for number: Int) -> Duration {
    // A nanosecond more than it takes, lest what is due be rounded to the one before.
    let moment = Duration.nanoseconds(Int64(Double(number) * 1e9 / Double(rate)) + 1)
    return max(.zero, start + moment - RunClock.now)
  }
}

/// How far the packets of a flow may be ahead of what the receiver has taken.
struct FlowWindow {
  let receiver: FlowReceiver
  /// Packets that will never be taken, and so are under way no more.
  private var gone = 0

  /// Opens the window that the receiver has room for.
  init(_ receiver: FlowReceiver) {
    self.receiver = receiver
  }

  /// How many more may leave after so many have.
  func room(after sent: Int) -> Int { receiver.window - (sent - receiver.count - gone) }

  /// How many the receiver will have taken when half of the room is free again.
  func half(of sent: Int) -> Int { sent - gone - receiver.window / 2 }

  /// Nothing of what has left is under way any more.
  mutating func forgive(_ sent: Int) { gone = sent - receiver.count }
}
