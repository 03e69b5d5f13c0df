// SPDX-License-Identifier: Apache-2.0

import Wire

extension ValueType where Value == FieldMatcher {
  /// What a header field may be: a value, a word, or an object.
  static func fieldMatcher(of field: IPField) -> ValueType {
    let words: [(String, FieldMatcher)] =
      [("any", .any)] + (field == .checksum ? [("valid", .valid), ("invalid", .invalid)] : [])
    return matcher(ValueType<UInt128>.fieldValue(of: field), words: words)
  }

  /// What a field of a frame may be.
  static func frameMatcher(of field: FrameField) -> ValueType {
    let value =
      switch field {
      case .source, .destination: ValueType<MACAddress>.mac.map(\.number)
      case .length, .padding, .etherType: ValueType<Int>.integer(0...65_535).map { UInt64($0) }
      }
    return matcher(value, words: [("any", .any)])
  }

  /// A value, one of the words, or an object that asks for less than a value.
  static func matcher(_ value: ValueType<UInt64>, words: [(String, FieldMatcher)]) -> ValueType {
    matcher(value.map { UInt128($0) }, words: words)
  }

  /// A value, one of the words, or an object that asks for less than a value.
  private static func matcher(_ value: ValueType<UInt128>, words: [(String, FieldMatcher)]) -> ValueType {
    let condition = condition(value)
    let word = ValueType.word(words)
    let exact = value.map { FieldMatcher.value($0) }
    let phrase = "\(value.phrase), \(words.map { "\"\($0.0)\"" }.joined(separator: ", "))"
    let shapes = [value.shape, word.shape, condition.shape]
    let isText = if case .string = value.shape { true } else { false }
    let isList = value.isList
    return choice("\(phrase), or { oneOf }, { not }, \(isList ? "{ contains }" : "{ min, max }")", of: shapes)
    {
      node -> ValueType? in
      switch node {
      case .string(let text) where words.contains { $0.0 == text }: word
      case .object: condition
      case .array where isList: exact
      case .string where !isText, .array, .null: nil
      default: exact
      }
    }
  }

  private static func condition(_ value: ValueType<UInt128>) -> ValueType {
    ObjectType<MatcherForm>.matcher(value).value.exactlyOne(
      of: [["oneOf"], ["not"]] + (value.isList ? [["contains"]] : [["min", "max"]]), in: \.said,
      "a value is matched by exactly one of oneOf, not, or \(value.isList ? "contains" : "min and max")"
    ).checked { form in
      form.low <= form.high ? nil : "no value can match: min is greater than max"
    }.map { form in
      if let values = form.oneOf { return .oneOf(NumberChoice(values)) }
      if let value = form.not { return .not(value) }
      if let bits = form.contains { return .bits(bits) }
      return .range(form.low...form.high)
    }
  }
}

extension ValueType {
  /// Whether its values are lists, of which none is more than another.
  fileprivate var isList: Bool { if case .list = shape { true } else { false } }
}

/// What a field may be, as a file writes it in its long form.
struct MatcherForm: Sendable {
  var oneOf: [UInt128]?
  var not: UInt128?
  var contains: UInt128?
  var min: UInt128?
  var max: UInt128?

  var low: UInt128 { min ?? 0 }
  var high: UInt128 { max ?? .max }

  var said: [String] {
    (oneOf == nil ? [] : ["oneOf"]) + (not == nil ? [] : ["not"]) + (contains == nil ? [] : ["contains"])
      + (min == nil && max == nil ? [] : ["min and max"])
  }
}

extension ObjectType where Object == MatcherForm {
  /// What a field may be, beyond a single value.
  static func matcher(_ value: ValueType<UInt128>) -> ObjectType {
    let values = ValueType.list(of: value, "a list of at least one value", count: 1...(.max))
    let choices: [Key<MatcherForm>] = [
      Key("oneOf", values, \.oneOf, "one of these"), Key("not", value, \.not, "anything but this"),
    ]
    let some = value.checked { $0 == 0 ? "an empty list is in every list: this would match anything" : nil }
    let part: [Key<MatcherForm>] = [Key("contains", some, \.contains, "all of these, whatever else is set")]
    let bounds: [Key<MatcherForm>] = [
      Key("min", value, \.min, "this or more"), Key("max", value, \.max, "this or less"),
    ]
    return ObjectType(
      value.isList ? "an object such as { contains: [\"fin\"] }" : "an object such as { min: 1, max: 9 }",
      named: value.isList ? "ListMatcher" : "Matcher", { _ in MatcherForm() },
      keys: choices + (value.isList ? part : bounds),
      remedies: value.isList ? ["min": Self.noOrder, "max": Self.noOrder] : [:])
  }

  private static let noOrder =
    "flags are a set, and none is greater than another: give the set itself,"
    + " { oneOf: [[\"syn\"], [\"syn\", \"ack\"]] },"
    + " { not: [\"rst\"] } or { contains: [\"fin\"] }"
}

extension ValueType where Value == Located<PayloadMatcher> {
  /// What a payload may be: a payload, or an object that asks for less.
  static let payloadMatcher = ValueType<PayloadMatcher>.payloadMatcher.located
}

extension ValueType where Value == PayloadMatcher {
  fileprivate static let payloadMatcher = choice(
    "a payload or an object", of: [payload.shape, condition.shape, pattern.shape]
  ) { value in
    guard case .object(let members) = value else { return payload }
    if members.contains(where: { PayloadMatcherForm.kinds.contains($0.key) }) { return condition }
    return members.contains(where: PayloadPatternForm.isSaid) ? pattern : payload
  }

  private static let pattern = PayloadPatternForm.type.map { form in
    PayloadMatcher.pattern(form.pattern ?? HexPattern([]), at: form.at)
  }

  private static let payload = ValueType<[UInt8]>.payload.map { PayloadMatcher.equals($0) }
  private static let condition = PayloadMatcherForm.type.map { $0.matcher ?? .equals([]) }
}

/// Bytes with digits that may be any, or at a place, as a file writes them.
struct PayloadPatternForm: Sendable {
  var said: [String] = []
  var pattern: HexPattern?
  var at: Int?

  /// Whether a member of an object shows that it is one.
  static func isSaid(_ member: JSON5Member) -> Bool {
    if member.key == "at" { return true }
    guard member.key == "hex", case .string(let text) = member.value.value else { return false }
    return text.contains(".")
  }

  /// The long form: exactly one kind of bytes.
  static let type = ObjectType<PayloadPatternForm>.payloadPattern.value.exactlyOne(
    of: [["text"], ["hex"]], in: \.said, "the bytes at a place are exactly one of text or hex")
}

extension ObjectType where Object == PayloadPatternForm {
  static let payloadPattern = ObjectType(
    "bytes such as { hex: \"1388 ....\", at: 2 }", { _ in PayloadPatternForm() },
    keys: [
      key("text", ValueType<String>.text.map { HexPattern(Array($0.utf8)) }, "UTF-8 text"),
      key("hex", .hexPattern, "bytes in hexadecimal; a dot is any digit"),
      Key(
        "at", ValueType<Int>.integer(0...65_535, unit: "bytes"), \.at,
        "the byte where they start, whatever is around them; default: they are the whole payload"),
    ])

  private static func key(
    _ name: String, _ type: ValueType<HexPattern>, _ meaning: String
  ) -> Key<PayloadPatternForm> {
    Key(name, type, meaning) {
      $0.said.append(name)
      $0.pattern = $1
    }
  }
}

extension ValueType where Value == HexPattern {
  /// Bytes in hexadecimal with dots for digits that may be any; an error points at the character that is neither.
  static let hexPattern = ValueType(
    phrase: "bytes in hexadecimal such as \"1388 ....\"",
    shape: .string(pattern: "\\s*([0-9A-Fa-f.]{2}:?\\s*)*")
  ) { node, decoding in
    guard case .string(let text) = node.value else {
      decoding.reject(node, wanted: "bytes in hexadecimal such as \"1388 ....\"")
      return nil
    }
    do throws(HexError) {
      return try HexPattern(text)
    } catch {
      let span = node.span.character(error.index, of: text)
      decoding.diagnostics.report("\(decoding.subject) is not hexadecimal: \(error)", at: span)
      return nil
    }
  }
}

/// What a payload may be, as a file writes it where less than all bytes are asked for.
struct PayloadMatcherForm: Sendable {
  static let kinds = ["contains", "prefix", "length", "minLength"]

  var said: [String] = []
  var matcher: PayloadMatcher?

  /// The long form: exactly one thing asked.
  static let type = ObjectType<PayloadMatcherForm>.payloadMatcher.value.exactlyOne(
    of: kinds.map { [$0] }, in: \.said,
    "a payload is matched by exactly one of contains, prefix, length or minLength")
}

extension ObjectType where Object == PayloadMatcherForm {
  /// What a payload may be, where less than all bytes are asked for.
  static let payloadMatcher = ObjectType(
    "an object such as { contains: \"Quit\" }", { _ in PayloadMatcherForm() },
    keys: [
      key("contains", some.map { .contains($0) }, "these bytes somewhere in it"),
      key("prefix", some.map { .prefix($0) }, "these bytes at its beginning"),
      key(
        "length", ValueType<Int>.integer(0...65_535, unit: "bytes").map { .length($0) }, "this many bytes"),
      key(
        "minLength", ValueType<Int>.integer(1...65_535, unit: "bytes").map { .minimumLength($0) },
        "this many bytes or more"),
    ])

  /// Bytes that ask for something: every payload has no bytes in it.
  private static let some = ValueType<[UInt8]>.payload.checked {
    $0.isEmpty ? "an empty value is in every payload: this would match anything" : nil
  }

  private static func key(
    _ name: String, _ type: ValueType<PayloadMatcher>, _ meaning: String
  ) -> Key<PayloadMatcherForm> {
    Key(name, type, meaning) {
      $0.said.append(name)
      $0.matcher = $1
    }
  }
}
