// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// What a case takes of memory, which is known before it is begun: all that is seen of it is held until it is judged.
struct MemoryNeed {
  /// A payload is held as it is asked for, as it was seen at each place, as it is compared, and as it is captured
  /// (measured).
  private static let bytesOfByte = 12
  private static let bytesOfMessage = 7 << 9
  /// Of less nobody asks whether it is there.
  private static let least = 4 << 20

  /// How many bytes it takes, about.
  let bytes: Int

  /// Reckons what a scenario takes; of its flows nothing is held.
  init(_ scenario: Scenario) {
    bytes = scenario.exchange.reduce(0) { sum, message in
      guard message.flow == nil else { return sum }
      return sum + message.repetitions
        * (Self.bytesOfMessage + Self.bytesOfByte * message.payload.value.count)
    }
  }

  /// Why there is no room for it; nil where there is, or where nobody knows.
  func obstruction(left: @autoclosure () -> Int? = ProcessMemory.left) -> Obstruction? {
    guard bytes >= Self.least, let left = left(), bytes > left else { return nil }
    return Obstruction(
      .harnessFailed, "this case takes about \(bytes >> 20) MiB of memory, and \(left >> 20) MiB are left",
      fix: "send fewer or smaller messages, run fewer cases at once (--jobs), or raise the limit")
  }
}
