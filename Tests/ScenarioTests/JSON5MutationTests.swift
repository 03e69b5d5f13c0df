// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

/// Broken files by the thousand: whatever the bytes are, reading ends without a trap, says what is wrong
/// unless there is a value, and points into the file.
@Suite("Reading broken files")
struct JSON5MutationTests {
  private static let corpus: [[UInt8]] = [
    #"{ exchange: ["Hello World !", "Hi", 'How are you ?', "Quit"], }"#,
    #"{ a: 0x1F, b: -1.5e+3, c: .5, d: +Infinity, e: NaN, 'f': [true, false, null] } // end"#,
    #"/* why */ { "k\u0065y": "\ud83d\ude00\x41\0\n\'", \u0061b: '日本 é', ttl: 64, ttl: 65 }"#,
    "\u{feff}{\r\n\ttimeout: \"20ms\", // a\u{2028} x: 'a\\\r\nb',\r y: [[[{}]]], }",
  ].map { Array($0.utf8) }

  /// Bytes that mean something to a reader.
  private static let telling =
    Array("{}[]:,\"'\\/*.+-0exu9aN#\n\r \u{2028}\u{301}\u{feff}".utf8) + [0, 0xff, 0x80]

  @Test("20,000 mutated files are read or refused, and each error lies inside its file")
  func mutations() {
    var random = SplitMix64(state: 20_260_101)
    var refused = 0
    for round in 0..<20_000 {
      let bytes = Self.mutated(Self.corpus[round % Self.corpus.count], &random)
      let file = SourceFile(path: "f", bytes: bytes)
      var diagnostics = Diagnostics()
      let node = JSON5Reader.read(file, into: &diagnostics)
      let isInside = diagnostics.reported.allSatisfy { (0...bytes.count).contains($0.span.range.upperBound) }
      if node == nil { refused += 1 }
      if !isInside || (node == nil && diagnostics.isEmpty) { Issue.record("wrong for \(bytes)") }
      if round % 100 == 0 { _ = DiagnosticText.render(diagnostics) }
    }
    // Both ways out were taken many times, so the mutations are neither too mild nor too wild.
    #expect((5_000..<19_500).contains(refused))
  }

  @Test("every beginning of a file is read or refused")
  func beginnings() {
    for bytes in Self.corpus {
      for count in 0...bytes.count {
        var diagnostics = Diagnostics()
        let file = SourceFile(path: "f", bytes: Array(bytes.prefix(count)))
        let node = JSON5Reader.read(file, into: &diagnostics)
        #expect(node != nil || !diagnostics.isEmpty)
        #expect(!DiagnosticText.render(diagnostics).isEmpty || node != nil)
      }
    }
  }

  static func mutated(_ original: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let byte = telling[Int.random(in: 0..<telling.count, using: &random)]
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] = byte
      case 1: bytes.insert(byte, at: place)
      case 2 where bytes.count > 1: bytes.remove(at: place)
      case 3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      default: bytes.insert(contentsOf: bytes[place...].prefix(4), at: place)
      }
    }
    return bytes
  }
}
