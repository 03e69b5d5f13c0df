// SPDX-License-Identifier: Apache-2.0

extension JSON5Parser {
  /// The byte at `offset`; nil at the end of the file.
  var byte: UInt8? { byte(at: offset) }

  /// The byte at an offset; nil at the end of the file.
  func byte(at offset: Int) -> UInt8? {
    offset < bytes.count ? bytes[offset] : nil
  }

  /// The character that begins at an offset; nil at the end of the file.
  func scalar(at offset: Int) -> Unicode.Scalar? {
    guard let lead = byte(at: offset) else { return nil }
    guard lead >= 0x80 else { return Unicode.Scalar(lead) }
    let length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    var value = UInt32(lead) & (0x7f >> UInt32(length))
    for byte in bytes[offset...].dropFirst().prefix(length - 1) {
      value = value << 6 | UInt32(byte & 0x3f)
    }
    return Unicode.Scalar(value)
  }

  /// What was read since `start`.
  func span(from start: Int) -> SourceSpan {
    SourceSpan(file: file, range: start..<offset)
  }

  /// Goes past white space and comments.
  mutating func skipSpace() throws(JSON5SyntaxError) {
    while let scalar = scalar(at: offset) {
      if scalar.isJSON5Space {
        offset += UTF8.width(scalar)
      } else if scalar == "/", byte(at: offset + 1) == UInt8(ascii: "/") {
        skipLineComment()
      } else if scalar == "/", byte(at: offset + 1) == UInt8(ascii: "*") {
        try skipBlockComment()
      } else {
        return
      }
    }
  }

  private mutating func skipLineComment() {
    while let scalar = scalar(at: offset), !scalar.isJSON5LineTerminator {
      offset += UTF8.width(scalar)
    }
  }

  private mutating func skipBlockComment() throws(JSON5SyntaxError) {
    let start = offset
    offset += 2
    while byte != UInt8(ascii: "*") || byte(at: offset + 1) != UInt8(ascii: "/") {
      guard byte != nil else {
        throw JSON5SyntaxError(
          "this comment is not closed", at: start..<start + 2,
          label: "expected */ before the end of the file")
      }
      offset += 1
    }
    offset += 2
  }
}

extension Unicode.Scalar {
  /// Whether it ends a line in JSON5 (https://spec.json5.org/#white-space).
  var isJSON5LineTerminator: Bool {
    switch self {
    case "\n", "\r", "\u{2028}", "\u{2029}": true
    default: false
    }
  }

  /// Whether it may stand between two tokens, the ends of lines included.
  var isJSON5Space: Bool {
    switch self {
    case "\t", "\n", "\u{b}", "\u{c}", "\r", " ", "\u{2028}", "\u{2029}", "\u{feff}": true
    default: !isASCII && properties.generalCategory == .spaceSeparator
    }
  }

  /// Whether an unquoted key may begin with it (ECMAScript 5.1, section 7.6, IdentifierStart).
  var isIdentifierStart: Bool {
    guard !isASCII else { return isASCIILetter || self == "$" || self == "_" }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber:
      return true
    default:
      return false
    }
  }

  /// Whether an unquoted key may go on with it (ECMAScript 5.1, section 7.6, IdentifierPart).
  var isIdentifierPart: Bool {
    guard !isASCII else { return isIdentifierStart || ("0"..."9").contains(self) }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .decimalNumber, .connectorPunctuation: return true
    default: return isIdentifierStart || self == "\u{200c}" || self == "\u{200d}"
    }
  }

  private var isASCIILetter: Bool {
    ("a"..."z").contains(self) || ("A"..."Z").contains(self)
  }
}

extension UInt8 {
  /// Whether it is a decimal digit in ASCII.
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  /// The value of a hexadecimal digit in ASCII; nil where it is none.
  var hexadecimalDigitValue: UInt32? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}
