// SPDX-License-Identifier: Apache-2.0

extension JSON5Parser {
  /// How many characters of a word are quoted in a message.
  private static let maximumQuoted = 40

  /// The error for something else at `offset` than what is expected there.
  func unexpected(_ expected: String, label: String? = nil) -> JSON5SyntaxError {
    guard let scalar = scalar(at: offset) else {
      return JSON5SyntaxError("expected \(expected), found the end of the file", at: offset..<offset)
    }
    let range = offset..<tokenEnd(from: offset)
    let isString = scalar == "\"" || scalar == "'"
    let found = isString ? "a string" : quote(String(decoding: bytes[range], as: UTF8.self))
    return JSON5SyntaxError(
      "expected \(expected), found \(found)", at: range, label: Self.advice(on: scalar) ?? label)
  }

  /// A word from the file as messages quote it, with its end left out where it is long.
  func quote(_ word: String) -> String {
    let start = word.unicodeScalars.prefix(Self.maximumQuoted)
    return start.endIndex == word.endIndex ? "\"\(word)\"" : "\"\(String(start))…\""
  }

  /// Where the word that begins at an offset ends, if people forgot to quote it: at white space or
  /// punctuation of JSON5, except for a colon in the midst of it.
  func wordEnd(from start: Int) -> Int {
    var end = start
    var last = start
    while let scalar = scalar(at: end), !scalar.isJSON5Space, !",[]{}\"'".unicodeScalars.contains(scalar) {
      let next = byte(at: end + 1)
      if scalar == "/", next == UInt8(ascii: "/") || next == UInt8(ascii: "*") { break }
      end += UTF8.width(scalar)
      if scalar != ":" { last = end }
    }
    return last
  }

  /// Where what begins at an offset ends: a string (at most at the end of its line), a word or a character.
  private func tokenEnd(from start: Int) -> Int {
    guard let first = scalar(at: start) else { return start }
    guard first == "\"" || first == "'" else {
      return max(identifierEnd(from: start), start + UTF8.width(first))
    }
    let line = file.lineRange(around: start)
    let closing = bytes[start..<line.upperBound].dropFirst().firstIndex(of: bytes[start])
    return closing.map { $0 + 1 } ?? line.upperBound
  }

  /// What to do about a character that other notations use.
  private static func advice(on scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "#", "/": "comments are written // or /* */"
    case "`", "\u{b4}", "\u{2018}", "\u{2019}", "\u{201c}", "\u{201d}", "\u{201e}":
      "strings are quoted with ' or \""
    default: nil
    }
  }
}
