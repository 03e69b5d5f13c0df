// SPDX-License-Identifier: Apache-2.0

/// Reads one file from its first byte to its last, which must be valid UTF-8.
///
/// Each `parse` function begins at the first byte of what it reads and leaves `offset` behind its last.
struct JSON5Parser {
  /// How many keys given twice are reported before the reader gives up on a file.
  private static let maximumDuplicates = 100

  let file: SourceFile
  let bytes: [UInt8]
  var offset = 0
  /// The keys given twice.
  private(set) var diagnostics = Diagnostics()
  private var depth = 0

  init(_ file: SourceFile) {
    self.file = file
    bytes = file.bytes
  }

  /// The one value of the file.
  mutating func parseFile() throws(JSON5SyntaxError) -> JSON5Node {
    try skipSpace()
    let node = try parseValue()
    try skipSpace()
    guard byte == nil else { throw unexpected("the end of the file", label: "a file holds one value") }
    return node
  }

  private mutating func parseValue() throws(JSON5SyntaxError) -> JSON5Node {
    let start = offset
    let value = try parseBareValue()
    return JSON5Node(value: value, span: span(from: start))
  }

  private mutating func parseBareValue() throws(JSON5SyntaxError) -> JSON5Value {
    switch byte {
    case UInt8(ascii: "{"): return .object(try parseObject())
    case UInt8(ascii: "["): return .array(try parseArray())
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try parseString())
    case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"): return .number(try parseNumber())
    case let byte? where byte.isDigit: return .number(try parseNumber())
    case UInt8(ascii: ","): throw unexpected("a value", label: "a comma comes after a value")
    default: return try parseNamedValue()
    }
  }

  private mutating func parseArray() throws(JSON5SyntaxError) -> [JSON5Node] {
    let bracket = try open(closedBy: "]")
    defer { depth -= 1 }
    var elements: [JSON5Node] = []
    while try !parseEnd(of: bracket) {
      elements.append(try parseValue())
      try parseSeparator(in: bracket)
    }
    return elements
  }

  private mutating func parseObject() throws(JSON5SyntaxError) -> [JSON5Member] {
    let bracket = try open(closedBy: "}")
    defer { depth -= 1 }
    var members: [JSON5Member] = []
    var keySpans: [String: SourceSpan] = [:]
    while try !parseEnd(of: bracket) {
      let start = offset
      let key = try parseKey()
      let keySpan = span(from: start)
      let first = keySpans.updateValue(keySpan, forKey: key)
      if let first { try reportDuplicate(key, at: keySpan, first: first) }
      try parseColon()
      let value = try parseValue()
      if first == nil { members.append(JSON5Member(key: key, keySpan: keySpan, value: value)) }
      try parseSeparator(in: bracket)
    }
    return members
  }

  private mutating func parseColon() throws(JSON5SyntaxError) {
    try skipSpace()
    guard byte == UInt8(ascii: ":") else { throw unexpected(": after the key") }
    offset += 1
    try skipSpace()
  }

  private mutating func reportDuplicate(
    _ key: String, at span: SourceSpan, first: SourceSpan
  ) throws(JSON5SyntaxError) {
    guard diagnostics.reported.count < Self.maximumDuplicates else {
      throw JSON5SyntaxError(
        "more than \(Self.maximumDuplicates) keys are given twice: reading stops here", at: span.range)
    }
    let place = first.position
    diagnostics.report(
      "the key \(quote(key)) is given twice", at: span,
      label: "first given at line \(place.line), column \(place.column)")
  }
}

// MARK: - Brackets

/// An array or object that is being read.
private struct Bracket {
  /// Where it was opened.
  let start: Int
  /// The character that closes it.
  let end: Unicode.Scalar
}

extension JSON5Parser {
  private mutating func open(closedBy end: Unicode.Scalar) throws(JSON5SyntaxError) -> Bracket {
    let start = offset
    offset += 1
    guard depth < JSON5Reader.maximumDepth else {
      throw JSON5SyntaxError(
        "values are nested more than \(JSON5Reader.maximumDepth) levels deep", at: start..<offset)
    }
    depth += 1
    return Bracket(start: start, end: end)
  }

  /// Whether the bracket ends here, rather than going on with a key or a value.
  private mutating func parseEnd(of bracket: Bracket) throws(JSON5SyntaxError) -> Bool {
    try skipSpace()
    guard let byte else { throw unclosed(bracket) }
    if byte == UInt8(ascii: bracket.end) {
      offset += 1
      return true
    }
    guard !Self.closing.contains(byte) else {
      throw unexpected(bracket.end == "]" ? "a value or ]" : "a key or }", label: notClosedLabel(bracket))
    }
    return false
  }

  /// Reads the comma after a value; the last one may be left out.
  private mutating func parseSeparator(in bracket: Bracket) throws(JSON5SyntaxError) {
    try skipSpace()
    switch byte {
    case UInt8(ascii: ","): offset += 1
    case UInt8(ascii: bracket.end): return
    case nil: throw unclosed(bracket)
    default: throw unexpected(", or \(bracket.end) after the value", label: missingSeparatorLabel(bracket))
    }
  }

  private func unclosed(_ bracket: Bracket) -> JSON5SyntaxError {
    let kind = bracket.end == "}" ? "object" : "array"
    return JSON5SyntaxError(
      "this \(kind) is not closed", at: bracket.start..<bracket.start + 1,
      label: "expected \(bracket.end) before the end of the file")
  }

  private static let closing = [UInt8(ascii: "]"), UInt8(ascii: "}")]

  /// Whether a key and its colon stand here.
  private var isAtKey: Bool {
    var ahead = self
    do throws(JSON5SyntaxError) {
      _ = try ahead.parseKey()
      try ahead.skipSpace()
      return ahead.byte == UInt8(ascii: ":")
    } catch {
      return false
    }
  }

  private func notClosedLabel(_ bracket: Bracket) -> String {
    let place = file.position(of: bracket.start)
    let kind = bracket.end == "}" ? "object" : "array"
    return "the \(kind) opened at line \(place.line), column \(place.column) is not closed"
  }

  private func missingSeparatorLabel(_ bracket: Bracket) -> String? {
    switch byte {
    case let byte? where Self.closing.contains(byte): return notClosedLabel(bracket)
    // No array has keys: one begins where the array was to end.
    case _ where bracket.end == "]" && isAtKey: return notClosedLabel(bracket)
    case UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "="):
      return nil
    default:
      return "is a comma missing before this?"
    }
  }
}
