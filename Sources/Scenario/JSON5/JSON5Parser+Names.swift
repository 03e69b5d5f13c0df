// SPDX-License-Identifier: Apache-2.0

extension JSON5Parser {
  /// The names that people misspell; NaN is too near to other short words.
  private static let commonNames = ["true", "false", "null"]

  /// The key of an object: a string or an identifier (https://spec.json5.org/#objects).
  mutating func parseKey() throws(JSON5SyntaxError) -> String {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return try parseString()
    case UInt8(ascii: ","): throw unexpected("a key or }", label: "a comma comes after a value")
    default: break
    }

    let start = offset
    let key = try parseIdentifier()
    guard !key.isEmpty else {
      throw unexpected("a key or }", label: "keys that are not identifiers are quoted")
    }
    guard byte != UInt8(ascii: "."), byte != UInt8(ascii: "-") else {
      let range = start..<wordEnd(from: start)
      let word = quote(String(decoding: bytes[range], as: UTF8.self))
      throw JSON5SyntaxError("\(word) is not an identifier", at: range, label: "quote this key: \(word)")
    }
    return key
  }

  /// A value that is written as a name.
  mutating func parseNamedValue() throws(JSON5SyntaxError) -> JSON5Value {
    let start = offset
    offset = identifierEnd(from: start)
    switch String(decoding: bytes[start..<offset], as: UTF8.self) {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case "Infinity": return .number(.double(.infinity))
    case "NaN": return .number(.double(.nan))
    default: break
    }
    offset = start
    guard identifierEnd(from: start) > start else { throw unexpected("a value") }

    let range = start..<wordEnd(from: start)
    let word = String(decoding: bytes[range], as: UTF8.self)
    let meant = ClosestMatch.suggestion(for: word, among: Self.commonNames)
    throw JSON5SyntaxError(
      "expected a value, found \(quote(word))", at: range,
      label: meant.map { "did you mean \($0)?" } ?? "strings are quoted: \(quote(word))")
  }

  /// An identifier, its escapes undone; empty where none begins here.
  private mutating func parseIdentifier() throws(JSON5SyntaxError) -> String {
    let plain = offset..<identifierEnd(from: offset)
    if byte(at: plain.upperBound) != UInt8(ascii: "\\"), scalar(at: offset)?.isIdentifierStart == true {
      offset = plain.upperBound
      return String(decoding: bytes[plain], as: UTF8.self)
    }

    var name = String.UnicodeScalarView()
    while let scalar = scalar(at: offset) {
      let start = offset
      let isEscape = scalar == "\\"
      let character = isEscape ? try parseIdentifierEscape() : scalar
      guard name.isEmpty ? character.isIdentifierStart : character.isIdentifierPart else {
        if !isEscape { break }
        throw JSON5SyntaxError("this character is not allowed in an unquoted key", at: start..<offset)
      }
      if !isEscape { offset += UTF8.width(scalar) }
      name.append(character)
    }
    return String(name)
  }

  private mutating func parseIdentifierEscape() throws(JSON5SyntaxError) -> Unicode.Scalar {
    let start = offset
    offset += 1
    guard byte == UInt8(ascii: "u") else {
      throw JSON5SyntaxError(
        "this escape is not allowed in an unquoted key", at: start..<offset,
        label: "only \\u and 4 digits"
          + " are")
    }
    offset += 1
    let unit = try parseHexadecimal(digits: 4, of: start)
    guard let scalar = Unicode.Scalar(unit) else {
      throw JSON5SyntaxError("this escape is half of a surrogate pair", at: start..<offset)
    }
    return scalar
  }

  /// Where the identifier that begins at an offset ends; the offset itself where there is none.
  func identifierEnd(from start: Int) -> Int {
    var end = start
    while let scalar = scalar(at: end), scalar.isIdentifierPart { end += UTF8.width(scalar) }
    return end
  }
}
