// SPDX-License-Identifier: Apache-2.0

import Wire

extension ObjectType where Object == Expectation {
  /// What must be seen of a message.
  static let expectation = ObjectType(
    "an object of expectations", { _ in Expectation() },
    keys: [
      place(.sent, "at the sender's end of the cable"),
      place(.arrived, "at the receiver's end of the cable"),
      place(.delivered, "by a socket in the receiver"),
      Key(
        "header", ObjectType<HeaderMatchers>.headerMatchers.value, \.everywhere.header,
        "header fields wherever the message is seen"),
      Key("payload", .payloadMatcher, \.everywhere.payload, "the payload wherever the message is seen"),
    ])

  private static func place(_ place: Place, _ meaning: String) -> Key<Expectation> {
    Key(place.rawValue, .placeExpectation, "must, or must not, be seen \(meaning), and how") {
      $0.places[place] = $1
    }
  }
}

extension ValueType where Value == PlaceExpectation {
  /// Whether, or how, a message must be seen at a place.
  static let placeExpectation = choice("true, false or an object of expectations") { value -> ValueType? in
    if case .bool = value {
      ValueType<Bool>.bool.located.map { PlaceExpectation($0) }
    } else if case .object = value {
      ObjectType<Seen>.seen.value.map { PlaceExpectation.seen($0) }
    } else {
      nil
    }
  }
}

extension PlaceExpectation {
  /// What a bare `true` or `false` says.
  fileprivate init(_ isSeen: Located<Bool>) {
    if let span = isSeen.span, !isSeen.value { self = .notSeen(span) } else { self = .seen(Seen()) }
  }
}

extension ObjectType where Object == Seen {
  /// How a message must look at a place.
  static let seen = ObjectType(
    "an object of expectations", { _ in Seen() },
    keys: [
      Key("header", ObjectType<HeaderMatchers>.headerMatchers.value, \.header, "header fields there"),
      Key("payload", .payloadMatcher, \.payload, "the payload there"),
    ])
}

extension ObjectType where Object == HeaderMatchers {
  /// The header fields of which something may be asked: all whose value is a number.
  static let headerMatchers = ObjectType(
    "an object of header fields", { _ in HeaderMatchers() },
    keys: IPv4Field.numeric.map { field in
      Key(field.rawValue, ValueType.fieldMatcher(of: field).located, field.title) {
        $0.matchers[field] = $1
      }
    })
}

extension ValueType where Value == FieldMatcher {
  /// What a field may be: a value, a word, or an object.
  static func fieldMatcher(of field: IPv4Field) -> ValueType {
    let value = ValueType<UInt32>.fieldValue(of: field)
    let words = words(of: field)
    let wordPhrase = words.map { "\"\($0.0)\"" }.joined(separator: ", ")
    let phrase = "\(value.phrase), \(wordPhrase), or { oneOf }, { not }, { min, max }"
    return choice(phrase) { node -> ValueType? in
      switch node {
      case .string(let text) where words.contains { $0.0 == text }: .word(words)
      case .object: .condition(value)
      case .string where !field.isAddress, .array, .null: nil
      default: value.map { .value($0) }
      }
    }
  }

  private static func words(of field: IPv4Field) -> [(String, FieldMatcher)] {
    let words: [(String, FieldMatcher)] = [("any", .any)]
    return field == .checksum ? words + [("valid", .valid), ("invalid", .invalid)] : words
  }

  private static func condition(_ value: ValueType<UInt32>) -> ValueType {
    ObjectType<MatcherForm>.matcher(value).value.exactlyOne(
      in: \.said, "a field is matched by exactly one of oneOf, not, or min and max"
    ).checked { form in
      form.low <= form.high ? nil : "no value can match: min is more than max"
    }.map { form in
      if let values = form.oneOf { return .oneOf(values) }
      if let value = form.not { return .not(value) }
      return .range(form.low...form.high)
    }
  }
}

extension IPv4Field {
  fileprivate var isAddress: Bool { self == .source || self == .destination }
}

/// What a field may be, as a file writes it in its long form.
struct MatcherForm: Sendable {
  var oneOf: [UInt32]?
  var not: UInt32?
  var min: UInt32?
  var max: UInt32?

  var low: UInt32 { min ?? 0 }
  var high: UInt32 { max ?? .max }

  var said: [String] {
    (oneOf == nil ? [] : ["oneOf"]) + (not == nil ? [] : ["not"])
      + (min == nil && max == nil ? [] : ["min and max"])
  }
}

extension ObjectType where Object == MatcherForm {
  /// What a field may be, beyond a single value.
  static func matcher(_ value: ValueType<UInt32>) -> ObjectType {
    let values = ValueType.list(of: value, "a list of at least one value", isEmptyAllowed: false)
    return ObjectType(
      "an object such as { min: 1, max: 9 }", { _ in MatcherForm() },
      keys: [
        Key("oneOf", values, \.oneOf, "one of these"),
        Key("not", value, \.not, "anything but this"),
        Key("min", value, \.min, "this or more"),
        Key("max", value, \.max, "this or less"),
      ])
  }
}

extension ValueType where Value == Located<PayloadMatcher> {
  /// What a payload may be: a payload, or an object that asks for less.
  static let payloadMatcher = ValueType<PayloadMatcher>.choice("a payload or an object") { value in
    if case .object(let members) = value,
      members.contains(where: { PayloadMatcherForm.kinds.contains($0.key) })
    {
      ObjectType<PayloadMatcherForm>.payloadMatcher.value.exactlyOne(
        in: \PayloadMatcherForm.said, "a payload is matched by exactly one of contains, prefix or length"
      ).map { $0.matcher ?? PayloadMatcher.equals([]) }
    } else {
      ValueType<[UInt8]>.payload.map { PayloadMatcher.equals($0) }
    }
  }.located
}

/// What a payload may be, as a file writes it where less than all bytes are asked for.
struct PayloadMatcherForm: Sendable {
  static let kinds = ["contains", "prefix", "length"]

  var said: [String] = []
  var matcher: PayloadMatcher?
}

extension ObjectType where Object == PayloadMatcherForm {
  /// What a payload may be, where less than all bytes are asked for.
  static let payloadMatcher = ObjectType(
    "an object such as { contains: \"Quit\" }", { _ in PayloadMatcherForm() },
    keys: [
      key("contains", ValueType<[UInt8]>.payload.map { .contains($0) }, "these bytes somewhere in it"),
      key("prefix", ValueType<[UInt8]>.payload.map { .prefix($0) }, "these bytes at its beginning"),
      key("length", ValueType<Int>.integer(0...65_535, unit: "bytes").map { .length($0) }, "this many bytes"),
    ])

  private static func key(
    _ name: String, _ type: ValueType<PayloadMatcher>, _ meaning: String
  ) -> Key<PayloadMatcherForm> {
    Key(name, type, meaning) {
      $0.said.append(name)
      $0.matcher = $1
    }
  }
}
