// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Wire

@Suite("paths as text")
struct PathTextTests {
  @Test(
    "every path comes back from its text",
    arguments: [
      [], Array("a/b é 🙂".utf8), [0xff], [0x61, 0xc3], [0xf4, 0x8f, 0xba, 0x80], [0xf4, 0x90, 0x80, 0x80],
      [0xed, 0xa0, 0x80, 0x2f], [0xe2, 0x82, 0xac, 0x80], [0xc3, 0xc3, 0xa9], Array(0x01...0xff),
    ] as [[UInt8]])
  func bytes(_ bytes: [UInt8]) {
    #expect(PathText.bytes(PathText.text(bytes)) == bytes)
    #expect(PathText.withPath(PathText.text(bytes)) { strlen($0) } == bytes.count)
  }

  @Test("what is UTF-8 is its own text, and another byte is a character of its own")
  func text() {
    #expect(PathText.text(Array("a/é🙂".utf8)) == "a/é🙂")
    #expect(PathText.text([0x61, 0xff, 0x62]) == "a\u{10feff}b")
    #expect(PathText.text([0xf4, 0x8f, 0xba, 0x80]).unicodeScalars.count == 4)
    #expect(PathText.byte(of: "\u{10fe80}") == 0x80 && PathText.byte(of: "\u{10ff00}") == nil)
  }
}
