// SPDX-License-Identifier: Apache-2.0

/// A value that is to be written as JSON5 (https://spec.json5.org), its members in the order in which people read them.
enum JSON5Tree: Hashable, Sendable {
  /// What stands there as it is: a number, `true`, `false`.
  case literal(String)
  /// A text.
  case string(String)
  /// A list.
  case array([JSON5Tree])
  /// An object.
  case object([Member])

  /// A key of an object and its value.
  struct Member: Hashable, Sendable {
    var key: String
    var value: JSON5Tree
  }

  /// An object of the members that have a value.
  static func object(_ members: KeyValuePairs<String, JSON5Tree?>) -> JSON5Tree {
    .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
  }

  /// A whole number.
  static func number(_ value: some BinaryInteger) -> JSON5Tree { .literal("\(value)") }

  /// The members of an object; none of anything else.
  var members: [Member] { if case .object(let members) = self { members } else { [] } }

  /// Itself, or nil where it is an object or a list of nothing.
  var unlessEmpty: JSON5Tree? {
    switch self {
    case .object(let members): members.isEmpty ? nil : self
    case .array(let elements): elements.isEmpty ? nil : self
    case .literal, .string: self
    }
  }
}

extension JSON5Tree {
  /// A value that was read; a number is written as its file has it.
  init(_ node: JSON5Node) {
    switch node.value {
    case .null: self = .literal("null")
    case .bool(let value): self = .literal("\(value)")
    case .number(let number): self = .literal(Self.text(number, node))
    case .string(let text): self = .string(text)
    case .array(let elements): self = .array(elements.map { JSON5Tree($0) })
    case .object(let members):
      self = .object(members.map { Member(key: $0.key, value: JSON5Tree($0.value)) })
    }
  }

  private static func text(_ number: JSON5Number, _ node: JSON5Node) -> String {
    guard !node.isSubstituted else {
      return switch number {
      case .integer(let value): "\(value)"
      case .double(let value):
        value.isNaN ? "NaN" : value.isFinite ? "\(value)" : value < 0 ? "-Infinity" : "Infinity"
      }
    }
    return String(decoding: node.span.file.bytes[node.span.range], as: UTF8.self)
  }
}

// MARK: - Text

extension JSON5Tree {
  private static let width = 120

  /// The value as text without a line end: on one line where that is short enough, else each member on its own.
  var text: String { text(indentedBy: 0, room: Self.width) }

  private func text(indentedBy depth: Int, room: Int) -> String {
    let line = line
    if line.count <= room { return line }
    let inner = String(repeating: "  ", count: depth + 1)
    let below = { (value: JSON5Tree, before: Int) in
      value.text(indentedBy: depth + 1, room: Self.width - inner.count - before - 1)
    }
    let parts: [String]
    let brackets: (String, String)
    switch self {
    case .literal, .string: return line
    case .array(let elements):
      parts = elements.map { below($0, 0) }
      brackets = ("[", "]")
    case .object(let members):
      parts = members.map { member in
        let key = "\(Self.keyText(member.key)): "
        return key + below(member.value, key.count)
      }
      brackets = ("{", "}")
    }
    let lines = parts.map { "\(inner)\($0),\n" }.joined()
    return "\(brackets.0)\n\(lines)\(String(repeating: "  ", count: depth))\(brackets.1)"
  }

  /// The value on one line.
  private var line: String {
    switch self {
    case .literal(let text): return text
    case .string(let text): return Self.quoted(text)
    case .array(let elements): return "[\(elements.map(\.line).joined(separator: ", "))]"
    case .object(let members):
      guard !members.isEmpty else { return "{}" }
      return "{ \(members.map { "\(Self.keyText($0.key)): \($0.value.line)" }.joined(separator: ", ")) }"
    }
  }

  /// A key as an identifier where it is a plain one.
  private static func keyText(_ key: String) -> String {
    let isPlain = key.utf8.enumerated().allSatisfy { index, byte in
      let isLetter = (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "_")
      return isLetter || (index > 0 && (0x30...0x39).contains(byte))
    }
    return isPlain && !key.isEmpty ? key : quoted(key)
  }

  private static func quoted(_ text: String) -> String { "\"\(text.unicodeScalars.map(escaped).joined())\"" }

  /// A character as it stands in a string: what cannot be seen is written out.
  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    default: break
    }
    let shown = Printable.escape(String(scalar))
    // Of \n, \r and \t both languages have the same escape.
    if shown.unicodeScalars.count <= 2 { return shown }
    return String(scalar).utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}
