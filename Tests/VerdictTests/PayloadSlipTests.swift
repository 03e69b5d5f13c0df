// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Verdict

/// How bytes came to be wrong: each slip shows in what it makes of them, and in nothing that is nearly so.
@Suite struct PayloadSlipTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let slip: PayloadSlip
    let right: String
    let wrong: String
    /// Bytes that differ in another way, in which it must not show.
    let others: [String]
    var options: [UInt8] = []
    var earlier: [String] = []

    var testDescription: String { "\(slip), \(wrong.debugDescription)" }
  }

  private static func zeros(_ count: Int) -> String { String(repeating: "\0", count: count) }

  static let rows: [Row] = [
    Row(
      slip: .paddingCounted, right: "Hi", wrong: "Hi" + zeros(24),
      others: ["Hi" + zeros(23), "Hi" + zeros(25), "Hi" + zeros(23) + "x", "Ho" + zeros(24)]),
    Row(
      slip: .optionsInPayload, right: "Hi", wrong: "\u{1}\u{1}\u{1}\0Hi",
      others: ["\u{1}\u{1}\u{1}Hi", "Hi\u{1}\u{1}\u{1}\0", "\u{1}\u{1}\u{1}\0Ho"], options: [1, 1, 1, 0]),
    // What follows may be a buffer's rest.
    Row(
      slip: .optionsInPayload, right: "Hi", wrong: "\u{1}\u{1}\u{1}\0Hi\0\0", others: ["H\0\0"],
      options: [1, 1, 1, 0]),
    Row(slip: .terminatorSent, right: "Hi", wrong: "Hi\0", others: ["Hi\0\0", "Hi0", "Ho\0", "Hi"]),
    Row(slip: .lineEndSent, right: "Hi", wrong: "Hi\n", others: ["Hi\n\n", "Hi\r", "\nHi", "Ho\n"]),
    Row(slip: .lineEndSent, right: "Hi", wrong: "Hi\r\n", others: ["Hi\n\r"]),
    Row(slip: .bytesSwapped, right: "abcd", wrong: "badc", others: ["bacd", "abdc", "cdab", "badcx"]),
    Row(slip: .bytesSwapped, right: "abcd", wrong: "dcba", others: ["dbca"]),
    // A rest that is no word stays as it is.
    Row(slip: .bytesSwapped, right: "abcdefg", wrong: "dcbaefg", others: ["dcbagfe"]),
    // Equal bytes in another order are the same bytes: nothing is wrong with them.
    Row(slip: .bytesSwapped, right: "aabb", wrong: "bbaa", others: ["aabb"]),
    Row(
      slip: .staleBuffer, right: "Hi", wrong: "Hillo", others: ["Hilly", "Hi", "Hello", "Hillo!"],
      earlier: ["no", "Hello"]),
    // The end of an earlier one may be cut itself.
    Row(slip: .staleBuffer, right: "Hi", wrong: "Hill", others: ["Hilo"], earlier: ["Hello"]),
    Row(slip: .cutShort, right: "abcd", wrong: "abc", others: ["", "bcd", "abd", "abcd", "abcde"]),
  ]

  @Test("a slip shows where it happened, and not in what is nearly so", arguments: rows)
  func shows(_ row: Row) {
    let surroundings = PayloadSlip.Surroundings(
      options: row.options, earlier: row.earlier.map { Array($0.utf8) })
    let shows = { (bytes: String) in
      row.slip.shows(in: Array(bytes.utf8), Array(row.right.utf8), surroundings)
    }
    #expect(shows(row.wrong))
    for other in row.others { #expect(!shows(other), "\(other.debugDescription)") }
  }

  @Test("without options, or an earlier payload, nothing shows that needs one")
  func surroundings() {
    let none = PayloadSlip.Surroundings()
    let right = Array("Hi".utf8)
    #expect(!PayloadSlip.optionsInPayload.shows(in: right + right, right, none))
    #expect(!PayloadSlip.staleBuffer.shows(in: right + [1], right, none))
  }

  @Test("every slip has a row, and a sentence of its own")
  func everySlip() {
    #expect(Set(Self.rows.map(\.slip)) == Set(PayloadSlip.allCases))
    #expect(Set(PayloadSlip.allCases.map(\.text)).count == PayloadSlip.allCases.count)
    #expect(PayloadSlip.allCases.allSatisfy { $0.text.hasSuffix(".") })
  }
}
