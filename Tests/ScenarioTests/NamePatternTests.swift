// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

/// Which names a pattern of a command line means.
@Suite struct NamePatternTests {
  @Test(
    "stars stand for any letters and question marks for one; all else stands for itself",
    arguments: [
      ("udp/*", "udp/ports", true), ("udp/*", "tcp/ports", false), ("*", "", true), ("?", "", false),
      ("?", "a", true),
      ("?", "ab", false), ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-b-b-cd", false),
      ("*[ttl=1]", "x[ttl=1]", true),
      ("*[ttl=?]", "x[ttl=12]", false), ("*.b", "a-b", false), ("**", "abc", true), ("a**", "a", true),
      ("*a", "b", false),
      ("?x", "äx", false), ("*x", "äx", true),
    ])
  func patterns(pattern: String, name: String, isMeant: Bool) {
    for isPart in [true, false] {
      #expect(NamePattern(pattern, matchingParts: isPart).matches(name) == isMeant)
    }
  }

  @Test("without them it is a part of an id, and the whole of a tag")
  func parts() {
    #expect(NamePattern("dp/p", matchingParts: true).matches("udp/ports"))
    #expect(!NamePattern("dp/q", matchingParts: true).matches("udp/ports"))
    #expect(NamePattern("", matchingParts: true).matches("udp"))
    #expect(!NamePattern("ud", matchingParts: false).matches("udp"))
    #expect(NamePattern("udp", matchingParts: false).matches("udp"))
  }

  @Test("very many stars take no more time than lengths", .timeLimit(.minutes(1)))
  func stars() {
    let pattern = NamePattern(String(repeating: "*a", count: 2000) + "b", matchingParts: true)
    #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
  }
}
