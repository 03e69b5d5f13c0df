// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

@Suite("Printing foreign text")
struct PrintableTests {
  @Test(
    "what a terminal would obey or hide is written out",
    arguments: [
      ("\u{1b}[31m", #"\u{1b}[31m"#), ("\u{0}\u{7f}", #"\u{0}\u{7f}"#), ("\u{80}\u{9b}", #"\u{80}\u{9b}"#),
      ("a\tb\nc\rd", #"a\tb\nc\rd"#), ("a\r\nb", #"a\r\nb"#),
      ("\u{200e}\u{200f}\u{61c}", #"\u{200e}\u{200f}\u{61c}"#),
      ("\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}", #"\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}"#),
      ("\u{2066}\u{2067}\u{2068}\u{2069}", #"\u{2066}\u{2067}\u{2068}\u{2069}"#),
      ("\u{2028}\u{2029}\u{feff}", #"\u{2028}\u{2029}\u{feff}"#),
      ("\u{200b}\u{ad}\u{e0041}", #"\u{200b}\u{ad}\u{e0041}"#),
    ])
  func unsafe(text: String, escaped: String) {
    #expect(Printable.escape(text) == escaped)
  }

  @Test(
    "what people write stays as it is",
    arguments: [
      "", "Hello World !", #"C:\u{41}"#, "é e\u{301}", "日本語", "👨‍👩‍👧", "नमस्ते", "می‌خواهم", "a\u{a0}b", "~",
    ])
  func safe(text: String) {
    #expect(Array(Printable.escape(text).unicodeScalars) == Array(text.unicodeScalars))
  }

  @Test(
    "a character takes the columns that Unicode's EastAsianWidth.txt and emoji-data.txt give it",
    arguments: [
      ("a", 1), ("é", 1), ("e\u{301}", 1), ("\u{301}", 0), ("…", 1), ("α", 1), ("→", 1),
      ("日", 2), ("か\u{3099}", 2), ("한", 2), ("\u{1112}\u{1161}\u{11ab}", 2), ("！", 2), ("ｱ", 1), ("￥", 2),
      ("𠀀", 2), ("😀", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("❤\u{fe0f}", 2), ("❤", 1), ("⌚", 2), ("\u{303f}", 1),
    ] as [(Character, Int)])
  func columns(character: Character, columns: Int) {
    #expect(Printable.columns(of: character) == columns)
  }
}
