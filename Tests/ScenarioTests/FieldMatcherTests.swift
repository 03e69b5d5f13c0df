// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Wire

@Suite("What is asked of a field, in words")
struct FieldMatcherTests {
  static let words: [(matcher: FieldMatcher, text: String)] = [
    (.value(64), "64"), (.any, "any"), (.oneOf([1, 2]), "1 or 2"), (.not(0), "not 0"), (.range(1...9), "1…9"),
    (.range(65 ... .max), "at least 65"), (.range(0...3), "at most 3"), (.valid, "valid"),
    (.invalid, "invalid"),
  ]

  @Test("a range that is open at one end names the other", arguments: words)
  func text(_ row: (matcher: FieldMatcher, text: String)) {
    #expect(row.matcher.text(for: IPField.ttl) == row.text)
  }

  @Test("one of very many numbers is found in time that does not grow with them", .timeLimit(.minutes(1)))
  func many() {
    let count: UInt128 = 200_000
    let matcher = FieldMatcher.oneOf(NumberChoice(Array(0..<count)))
    #expect((0..<count).allSatisfy { _ in matcher.matches(count - 1) && !matcher.matches(count) })
  }
}
