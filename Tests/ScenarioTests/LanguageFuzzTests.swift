// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

@testable import Scenario

/// Scenario files broken by the thousand, and by the million in `ci/fuzz`: whatever they say, reading them ends
/// without a trap, and gives cases or errors that lie inside the file.
@Suite("Fuzzing the scenario language")
struct LanguageFuzzTests {
  /// How many files: `TWOHOST_FUZZ_ROUNDS`, or enough to be worth a second of the tests.
  private static let rounds =
    ProcessInfo.processInfo.environment["TWOHOST_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 2_000

  private static let corpus: [[UInt8]] =
    [
      "expectations", "options", "out-of-range", "payload-file", "ways-out", "ways-out-of-fields",
      "wrong-types",
    ]
    .compactMap { try? GoldenFolder("language").source($0) }
    + [
      #"{ exchange: [{ payload: "${a}", header: { ttl: "${b}" } }], matrix: { a: ["x", "y"], b: [1, 2] } }"#,
      #"{ variables: { v: 1, w: "x" }, exchange: ["${a}${w}"], matrix: [{ a: "${v}", b: 1 }, { b: 2, a: "y" }], title: "${b}" }"#,
      #"{ network: { mtu: 68, arp: "dynamic", sender: { address: "10.0.0.1/8" }, receiver: { address: "10.0.0.2/8" } }, exchange: ["a"] }"#,
      #"{ sender: { send: { until: "q" } }, receiver: { receive: { bind: "any" } }, pacing: "burst", exchange: ["a", "q"], expect: { order: [1, 2] } }"#,
    ].map { Array($0.utf8) }

  @Test("mutated scenarios are read or refused, and each error lies inside its file")
  func mutations() {
    var random = SplitMix64(state: 20_260_102)
    var refused = 0
    for round in 0..<Self.rounds {
      let bytes = JSON5MutationTests.mutated(Self.corpus[round % Self.corpus.count], &random)
      var reader = ScenarioReader()
      let cases = reader.read(SourceFile(path: "f", bytes: bytes), id: "f", networksAround: "/")
      let errors = reader.allDiagnostics
      if cases.isEmpty { refused += 1 }
      if cases.isEmpty == errors.isEmpty { Issue.record("neither cases nor errors for \(bytes)") }
      if !errors.reported.allSatisfy({ $0.span.range.upperBound <= bytes.count }) {
        Issue.record("an error outside of \(bytes)")
      }
      for scenario in cases.map(\.scenario) {
        for message in scenario.exchange { _ = message.packet(in: scenario).bytes }
      }
    }
    #expect(Self.corpus.count == 11)
    #expect(refused > 0 && refused < Self.rounds)
  }
}
