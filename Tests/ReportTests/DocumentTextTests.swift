// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Report

/// Foreign text in documents.
@Suite struct DocumentTextTests {
  /// XML 1.0 §2.2, production 2; YAML 1.2 §5.1 takes the same and U+0085, but for controls.
  private func isCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xa, 0xd, 0x20...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: true
    default: false
    }
  }

  @Test("of every scalar there is, what is escaped is made of characters of XML and YAML alone")
  func characters() {
    let edges: [ClosedRange<UInt32>] = [
      0...0xd7ff, 0xe000...0x1_00ff, 0x1_fff0...0x2_000f, 0x10_fff0...0x10_ffff,
    ]
    for value in edges.joined() {
      guard let scalar = Unicode.Scalar(value) else {
        Issue.record("\(value) is no scalar")
        continue
      }
      let escaped = DocumentText.escape("a\(scalar)")
      #expect(escaped.unicodeScalars.allSatisfy(isCharacter), "U+\(String(value, radix: 16))")
    }
  }

  @Test("what is no character is written out, and what stands beside it is not")
  func neighbours() {
    let text = "\u{fffd}\u{fffe}\u{ffff}\u{10000}\u{1fffe}\u{10ffff}"
    #expect(DocumentText.escape(text) == "\u{fffd}\\u{fffe}\\u{ffff}\u{10000}\u{1fffe}\u{10ffff}")
  }
}
