// SPDX-License-Identifier: Apache-2.0

extension JSON5Parser {
  /// A string in single or double quotes (https://spec.json5.org/#strings).
  mutating func parseString() throws(JSON5SyntaxError) -> String {
    let start = offset
    let quote = bytes[start]
    offset += 1
    var text: ArraySlice<UInt8> = []
    var copied = offset
    while byte != quote {
      guard let byte, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") else {
        throw unclosedString(from: start)
      }
      guard byte == UInt8(ascii: "\\") else {
        offset += 1
        continue
      }
      text += bytes[copied..<offset]
      if let scalar = try parseEscape() { text += String(scalar).utf8 }
      copied = offset
    }
    let rest = bytes[copied..<offset]
    offset += 1
    return String(decoding: text.isEmpty ? rest : text + rest, as: UTF8.self)
  }

  private func unclosedString(from start: Int) -> JSON5SyntaxError {
    let quote = Unicode.Scalar(bytes[start])
    return JSON5SyntaxError(
      "this string is not closed", at: start..<offset,
      label: "expected \(quote) before the end of the line")
  }

  /// The character that an escape stands for; nil for a line continuation.
  private mutating func parseEscape() throws(JSON5SyntaxError) -> Unicode.Scalar? {
    let start = offset
    offset += 1
    guard let scalar = scalar(at: offset) else {
      throw JSON5SyntaxError("this escape is not complete", at: start..<offset)
    }
    offset += UTF8.width(scalar)
    switch scalar {
    case "b": return "\u{8}"
    case "f": return "\u{c}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "v": return "\u{b}"
    case "x": return Unicode.Scalar(try parseHexadecimal(digits: 2, of: start))
    case "u": return try parseUnicodeEscape(from: start)
    case "0"..."9": return try checkedNull(scalar, from: start)
    case "\r":
      if byte == UInt8(ascii: "\n") { offset += 1 }
      return nil
    case "\n", "\u{2028}", "\u{2029}": return nil
    default: return scalar
    }
  }

  /// The null character for the one digit that may be escaped, where no other digit follows.
  private func checkedNull(
    _ digit: Unicode.Scalar, from start: Int
  ) throws(JSON5SyntaxError) -> Unicode.Scalar {
    guard digit == "0" else {
      throw JSON5SyntaxError(
        "\\ and a digit is not an escape", at: start..<offset, label: "did you mean \\x0\(digit)?")
    }
    guard byte?.isDigit != true else {
      throw JSON5SyntaxError(
        "\\0 is not followed by a digit", at: start..<offset, label: "did you mean \\x00?")
    }
    return "\0"
  }

  /// The character behind `\u`, which two escapes make together where it is outside the basic plane.
  private mutating func parseUnicodeEscape(from start: Int) throws(JSON5SyntaxError) -> Unicode.Scalar {
    let unit = try parseHexadecimal(digits: 4, of: start)
    if let scalar = Unicode.Scalar(unit) { return scalar }

    let end = offset
    let isHigh = unit < 0xdc00
    if isHigh, byte == UInt8(ascii: "\\"), byte(at: offset + 1) == UInt8(ascii: "u") {
      offset += 2
      let low = try parseHexadecimal(digits: 4, of: end)
      if let scalar = Self.scalar(high: unit, low: low) { return scalar }
    }
    throw JSON5SyntaxError(
      "this escape is half of a surrogate pair", at: start..<end,
      label: isHigh ? "a low surrogate must follow it" : "a high surrogate must come before it")
  }

  private static func scalar(high: UInt32, low: UInt32) -> Unicode.Scalar? {
    guard (0xdc00...0xdfff).contains(low) else { return nil }
    return Unicode.Scalar(0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff))
  }

  /// The value of the digits of an escape that begins at `start`.
  mutating func parseHexadecimal(digits count: Int, of start: Int) throws(JSON5SyntaxError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = byte?.hexadecimalDigitValue else {
        throw JSON5SyntaxError(
          "this escape is not complete", at: start..<offset, label: "expected \(count) hexadecimal digits")
      }
      value = value << 4 | digit
      offset += 1
    }
    return value
  }
}
