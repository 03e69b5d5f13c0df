// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

@Suite("Did you mean")
struct ClosestMatchTests {
  private static let keys = [
    "title", "tags", "network", "protocol", "sender", "receiver", "exchange", "pacing", "expect", "matrix",
    "timeout", "ttl", "identification", "dontFragment", "headerLength",
  ]

  @Test(
    "a slip of the fingers finds the word that was meant",
    arguments: [
      ("protocal", "protocol"), ("protcol", "protocol"), ("protoccol", "protocol"), ("portocol", "protocol"),
      ("Protocol", "protocol"), ("TTL", "ttl"), ("tll", "ttl"), ("tag", "tags"), ("tt", "ttl"),
      ("dontfragment", "dontFragment"),
      ("idenfitication", "identification"), ("header_length", "headerLength"), ("reciever", "receiver"),
    ])
  func near(word: String, meant: String) {
    #expect(ClosestMatch.suggestion(for: word, among: Self.keys) == meant)
  }

  @Test("another word finds nothing", arguments: ["", "x", "colour", "payload", "checksum", "日本"])
  func far(word: String) {
    #expect(ClosestMatch.suggestion(for: word, among: Self.keys) == nil)
  }

  @Test("a third of the letters may be wrong, and no more")
  func limit() {
    #expect(ClosestMatch.suggestion(for: "abcdef", among: ["abcdxy"]) == "abcdxy")
    #expect(ClosestMatch.suggestion(for: "abcdef", among: ["abcxyz"]) == nil)
  }

  @Test("the nearest wins, and of equals the first")
  func order() {
    #expect(ClosestMatch.suggestion(for: "sends", among: ["sender", "send", "Sends"]) == "Sends")
    #expect(ClosestMatch.suggestion(for: "word", among: ["ward", "wore"]) == "ward")
    #expect(ClosestMatch.suggestion(for: "word", among: []) == nil)
  }

  @Test(
    "the distance is that of the literature",
    arguments: [
      // Levenshtein's kitten and sitting; for "ca" and "abc" the optimal string alignment distance is 3,
      // where the unrestricted one is 2.
      ("kitten", "sitting", 3), ("ca", "abc", 3), ("ab", "ba", 1), ("", "abc", 3), ("abc", "", 3),
      ("a", "a", 0),
    ])
  func distance(first: String, second: String, edits: Int) {
    #expect(ClosestMatch.distance(Array(first), Array(second)) == edits)
  }
}
