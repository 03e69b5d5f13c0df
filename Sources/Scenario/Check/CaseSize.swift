// SPDX-License-Identifier: Apache-2.0

/// How much a case may ask for: all of it is held in memory until it is judged.
enum CaseSize {
  /// As many messages, repetitions counted.
  static let mostMessages = 100_000
  /// As many bytes of payload, repetitions counted.
  static let mostBytes = 128 << 20

  /// What is too much in a scenario, at the message with which it is; nil where nothing is.
  ///
  /// Of a flow nothing is held.
  static func problem(with scenario: Scenario) -> Diagnostic? {
    let messages = scenario.exchange.map(\.repetitions)
    let bytes = scenario.exchange.map { $0.flow == nil ? $0.repetitions * $0.payload.value.count : 0 }
    return problem(messages, "messages", mostMessages, in: scenario)
      ?? problem(bytes, "bytes of payload", mostBytes, in: scenario)
  }

  /// The message with which there are too many of something, of which each has so many.
  private static func problem(
    _ counts: [Int], _ noun: String, _ most: Int, in scenario: Scenario
  ) -> Diagnostic? {
    var sum = 0
    let first = counts.firstIndex { count in
      sum += count
      return sum > most
    }
    let total = counts.reduce(0, +)
    return first.map { Diagnostic(text(total, noun, most), at: scenario.exchange[$0].span) }
  }

  /// What is said where there are too many of something.
  static func text(_ sum: Int, _ noun: String, _ most: Int) -> String {
    "this case asks for \(sum) \(noun) in all, but the limit is \(most)"
  }
}
