// SPDX-License-Identifier: Apache-2.0

extension JSON5Parser {
  /// A number (https://spec.json5.org/#numbers).
  mutating func parseNumber() throws(JSON5SyntaxError) -> JSON5Number {
    let start = offset
    let isNegative = byte == UInt8(ascii: "-")
    if isNegative || byte == UInt8(ascii: "+") { offset += 1 }
    if let number = parseNumberName(isNegative: isNegative) { return number }

    let isHexadecimal =
      byte == UInt8(ascii: "0") && byte(at: offset + 1).map { $0 | 0x20 } == UInt8(ascii: "x")
    let isWhole = isHexadecimal ? skipHexadecimal() : skipDecimal()
    guard let isWhole, !isMidWord else { throw malformedNumber(from: start) }
    return number(written: bytes[start..<offset], isWhole: isWhole)
  }

  /// `Infinity` or `NaN`, which may have a sign; nil, and nothing read, where neither stands here.
  private mutating func parseNumberName(isNegative: Bool) -> JSON5Number? {
    guard byte == UInt8(ascii: "I") || byte == UInt8(ascii: "N") else { return nil }
    let end = identifierEnd(from: offset)
    let value: Double
    switch String(decoding: bytes[offset..<end], as: UTF8.self) {
    case "Infinity": value = .infinity
    case "NaN": value = .nan
    default: return nil
    }
    offset = end
    return .double(isNegative ? -value : value)
  }

  /// Goes past a hexadecimal number; nil where it is malformed, else whether it is whole: always.
  private mutating func skipHexadecimal() -> Bool? {
    offset += 2
    let first = offset
    while byte?.hexadecimalDigitValue != nil { offset += 1 }
    return offset > first ? true : nil
  }

  /// Goes past a decimal number; nil where it is malformed, else whether it is whole: without fraction and
  /// exponent.
  private mutating func skipDecimal() -> Bool? {
    var isWhole = true
    let first = offset
    let integerDigits = skipDigits()
    if integerDigits > 1, bytes[first] == UInt8(ascii: "0") { return nil }

    var fractionDigits = 0
    if byte == UInt8(ascii: ".") {
      offset += 1
      fractionDigits = skipDigits()
      isWhole = false
    }
    if integerDigits + fractionDigits == 0 { return nil }

    if byte.map({ $0 | 0x20 }) == UInt8(ascii: "e") {
      offset += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { offset += 1 }
      if skipDigits() == 0 { return nil }
      isWhole = false
    }
    return isWhole
  }

  /// Goes past decimal digits and says how many there are.
  private mutating func skipDigits() -> Int {
    let first = offset
    while byte?.isDigit == true { offset += 1 }
    return offset - first
  }

  /// Whether what follows a number belongs to the same word, as in `20ms` and `1.1.1.1`.
  private var isMidWord: Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "\\") || scalar(at: offset)?.isIdentifierPart == true
  }

  private func number(written text: ArraySlice<UInt8>, isWhole: Bool) -> JSON5Number {
    let digits = String(decoding: text, as: UTF8.self)
    if isWhole, let value = integer(written: digits) { return .integer(value) }
    return .double(Double(digits) ?? .nan)
  }

  private func integer(written text: String) -> Int64? {
    if let value = Int64(text) { return value }
    let sign = text.prefix { $0 == "+" || $0 == "-" }
    let digits = text.dropFirst(sign.count)
    guard digits.hasPrefix("0x") || digits.hasPrefix("0X") else { return nil }
    return Int64(sign + digits.dropFirst(2), radix: 16)
  }

  /// The error for a word that begins as a number does and is none.
  private func malformedNumber(from start: Int) -> JSON5SyntaxError {
    let range = start..<wordEnd(from: start)
    let word = String(decoding: bytes[range], as: UTF8.self)
    let digits = word.drop(while: { $0 == "0" })
    if word.utf8.allSatisfy(\.isDigit), !word.isEmpty {
      return JSON5SyntaxError(
        "numbers do not begin with 0", at: range, label: "did you mean \(digits.isEmpty ? "0" : digits)?")
    }
    return JSON5SyntaxError(
      "\(quote(word)) is not a number", at: range, label: "strings are quoted: \(quote(word))")
  }
}
