// SPDX-License-Identifier: Apache-2.0

import Wire

/// How values of one kind are written in a file: what is said of them, and how they are read.
struct ValueType<Value: Sendable>: Sendable {
  /// What a value must be, as a phrase: "a number from 0 to 255".
  let phrase: String
  /// What a value may look like.
  let shape: Shape
  /// Reads a value; what is wrong with it is reported and gives nil.
  let decode: @Sendable (JSON5Node, inout Decoding) -> Value?

  /// The same values, each turned into another by a function that cannot fail.
  func map<Result: Sendable>(_ transform: @escaping @Sendable (Value) -> Result) -> ValueType<Result> {
    ValueType<Result>(phrase: phrase, shape: shape) { node, decoding in
      decode(node, &decoding).map(transform)
    }
  }

  /// The same values but those of which a function says what is wrong.
  func checked(_ problem: @escaping @Sendable (Value) -> String?) -> ValueType {
    ValueType(phrase: phrase, shape: shape) { node, decoding in
      guard let value = decode(node, &decoding) else { return nil }
      guard let problem = problem(value) else { return value }
      decoding.diagnostics.report(problem, at: node.span)
      return nil
    }
  }

  /// The same objects but those that say none, or more than one, of several things that exclude each other.
  ///
  /// `alternatives` are the groups of keys, and `property` tells which groups an object has keys of.
  func exactlyOne(
    of alternatives: [[String]], in property: KeyPath<Value, [String]> & Sendable, _ problem: String
  ) -> ValueType {
    var shape = shape
    if case .object(var object) = shape {
      object.alternatives = alternatives
      shape = .object(object)
    }
    return ValueType(phrase: phrase, shape: shape, decode: decode).checked { value in
      value[keyPath: property].count == 1 ? nil : problem
    }
  }

  /// The same objects, of which each that has one key is said to have another; what is wrong with one that has not, a
  /// check must say.
  func needing(_ needed: String, for key: String) -> ValueType {
    guard case .object(var object) = shape else { return self }
    object.needs[key] = needed
    return ValueType(phrase: phrase, shape: .object(object), decode: decode)
  }

  /// The same objects, of which each is said to have a key; what is wrong with one that has none, a check must say.
  var atLeastOneKey: ValueType {
    guard case .object(var object) = shape else { return self }
    object.needsKey = true
    return ValueType(phrase: phrase, shape: .object(object), decode: decode)
  }

  /// The same values, each with its place.
  var located: ValueType<Located<Value>> {
    ValueType<Located<Value>>(phrase: phrase, shape: shape) { node, decoding in
      decode(node, &decoding).map { Located($0, at: node.span) }
    }
  }
}

/// What is known while a file is read: the errors so far, and the key whose value is at hand.
struct Decoding {
  /// The errors so far.
  var diagnostics = Diagnostics()
  /// The folder of the file that is read, in which it may name other files.
  var folder = "."
  /// The files that it names, each read once.
  var files = NamedFiles()
  /// What is being read.
  var subject = Subject.whole
  /// How many bytes the payloads of a given size have together, and where they are too many.
  private var payloadBytes = 0
  private var excess: SourceSpan?

  /// Counts the bytes of a payload before they are made; false where those so far are more than a case may have.
  mutating func takes(_ bytes: Int, at span: SourceSpan) -> Bool {
    payloadBytes += bytes
    guard payloadBytes > CaseSize.mostBytes else { return true }
    excess = excess ?? span
    return false
  }

  /// What is wrong with the payloads together; nil where nothing is.
  var sizeProblem: Diagnostic? {
    excess.map { Diagnostic(CaseSize.text(payloadBytes, "bytes of payload", CaseSize.mostBytes), at: $0) }
  }

  /// What is being read, as errors name it; the words are made where there is an error.
  indirect enum Subject: CustomStringConvertible {
    case whole
    case key(String)
    case element(of: Subject)

    /// `"ttl"`, `each element of "tags"`.
    var description: String {
      switch self {
      case .whole: "this"
      case .key(let name): "\"\(name)\""
      case .element(let list): "each element of \(list)"
      }
    }
  }

  /// Reports that a value is not what its key wants.
  ///
  /// Of a list that must have so many elements it is said how many it has.
  mutating func reject(_ node: JSON5Node, wanted phrase: String, hasCount: Bool = false, label: String? = nil)
  {
    var seen = node.value.phrase
    if hasCount, case .array(let nodes) = node.value, !nodes.isEmpty { seen += " of \(nodes.count)" }
    diagnostics.report("\(subject) must be \(phrase), not \(seen)", at: node.span, label: label)
  }
}

extension ValueType where Value == String {
  /// A string, and nothing else: what has a form of its own, such as an address, is said in quotes.
  static let string = ValueType(phrase: "a string", shape: .string(pattern: nil)) { node, decoding in
    if case .string(let text) = node.value { return text }
    decoding.reject(node, wanted: "a string")
    return nil
  }

  /// Any text: a string, or a whole number, which is its digits.
  static let text = ValueType(phrase: "a string or a whole number", shape: .text(pattern: nil)) {
    node, decoding in
    if let text = node.text { return text }
    decoding.reject(node, wanted: "a string or a whole number")
    return nil
  }

  /// A string or a text that something can be made of; what it must look like is said by an example.
  func parsed<Result: Sendable>(
    as phrase: String, pattern: String? = nil, _ parse: @escaping @Sendable (String) -> Result?
  ) -> ValueType<Result> {
    ValueType<Result>(phrase: phrase, shape: shape.with(pattern: pattern)) { [shape] node, decoding in
      guard let text = shape.text(in: node), let result = parse(text) else {
        decoding.reject(node, wanted: phrase)
        return nil
      }
      return result
    }
  }
}

extension JSON5Node {
  /// The text that stands here: a string, the decimal digits of a whole number, or what stands for a reference as it
  /// would within a text.
  fileprivate var text: String? {
    switch value {
    case .string(let text): text
    case .number(.integer(let number)): "\(number)"
    default: isSubstituted ? value.interpolated : nil
    }
  }
}

extension Shape {
  /// The same texts, as far as the pattern holds for all of them.
  fileprivate func with(pattern: String?) -> Shape {
    if case .text = self { .text(pattern: pattern) } else { .string(pattern: pattern) }
  }

  /// The text that stands in a file, where one of this shape may: only a string where it has a form of its own.
  fileprivate func text(in node: JSON5Node) -> String? {
    if case .text = self { return node.text }
    guard case .string(let text) = node.value else { return nil }
    return text
  }
}

extension ValueType where Value == Bool {
  /// `true` or `false`.
  static let bool = ValueType(phrase: "true or false", shape: .boolean) { node, decoding in
    if case .bool(let value) = node.value { return value }
    decoding.reject(node, wanted: "true or false")
    return nil
  }
}

extension ValueType where Value == Int {
  /// A whole number of a range, in steps where the wire carries only those.
  static func integer(_ range: ClosedRange<Int>, multipleOf step: Int = 1, unit: String? = nil) -> ValueType {
    let isOne = range.lowerBound == range.upperBound
    var phrase = isOne ? "\(range.lowerBound)" : "a number from \(range.lowerBound) to \(range.upperBound)"
    if let unit { phrase += " (\(unit))" }
    if step > 1 { phrase += " that is a multiple of \(step)" }
    let shape = Shape.integer(range, multipleOf: step)
    return ValueType(phrase: phrase, shape: shape) { [phrase] node, decoding in
      guard case .number(.integer(let value)) = node.value, let number = Int(exactly: value),
        range.contains(number), number.isMultiple(of: step)
      else {
        decoding.reject(node, wanted: phrase, label: node.value.wholeNumber)
        return nil
      }
      return number
    }
  }
}

extension JSON5Value {
  /// How a number is to be written that is whole and has a point or an exponent; nil for all others.
  fileprivate var wholeNumber: String? {
    guard case .number(.double(let number)) = self, let whole = Int(exactly: number) else { return nil }
    return "a whole number has no decimal point or exponent: \(whole)"
  }
}

extension ValueType where Value == Duration {
  /// A length of time with its unit, from a millisecond to an hour.
  static let duration = ValueType<String>.string.parsed(
    as: "a duration such as \"20ms\" or \"5s\", up to 1h",
    pattern: "0*(\(Pattern.hourInMilliseconds)ms|\(Pattern.hourInSeconds)s|([1-9]|[1-5][0-9]|60)min|1h)"
  ) {
    text -> Duration? in
    let units: [(String, Int64)] = [("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000)]
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let amount = Int64(digits), let unit = units.first(where: { $0.0 == text.dropFirst(digits.count) })
    else { return nil }
    let (milliseconds, hasOverflowed) = amount.multipliedReportingOverflow(by: unit.1)
    guard !hasOverflowed, (1...3_600_000).contains(milliseconds) else { return nil }
    return .milliseconds(milliseconds)
  }
}

/// Regular expressions of more than one type.
enum Pattern {
  private static let octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
  /// A number of milliseconds, and one of seconds, from 1 to an hour.
  static let hourInMilliseconds = "([1-9][0-9]{0,5}|[12][0-9]{6}|3[0-5][0-9]{5}|3600000)"
  static let hourInSeconds = "([1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2}|3600)"
  static let dottedQuad = "\(octet)([.]\(octet)){3}"
  /// What can be an IPv6 address: more than its characters a pattern would take a page to say.
  static let ipv6Address = "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"
}

extension ValueType where Value == IPv4Address {
  /// A dotted quad.
  static let address = ValueType<String>.string.parsed(
    as: "an IPv4 address such as \"1.1.1.1\"", pattern: Pattern.dottedQuad
  ) {
    IPv4Address($0)
  }
}

extension ValueType where Value == IPv6Address {
  /// The text of an IPv6 address (RFC 4291 §2.2).
  static let ipv6Address = ValueType<String>.string.parsed(
    as: "an IPv6 address such as \"fd00::1\"", pattern: Pattern.ipv6Address
  ) {
    IPv6Address($0)
  }
}

extension ValueType where Value == IPAddress {
  /// A dotted quad, or the text of an IPv6 address.
  static let ipAddress = ValueType<String>.string.parsed(
    as: "an IP address such as \"1.1.1.1\" or \"fd00::1\"",
    pattern: "\(Pattern.dottedQuad)|\(Pattern.ipv6Address)"
  ) {
    IPAddress($0)
  }
}

extension ValueType where Value == IPInterface {
  /// An address with the length of its network's prefix.
  static let interface = ValueType<String>.string.parsed(
    as: "an IP address with its prefix, such as \"1.1.1.100/24\" or \"fd00::100/64\"",
    pattern:
      "\(Pattern.dottedQuad)/(3[0-2]|[12]?[0-9])|\(Pattern.ipv6Address)/(12[0-8]|1[01][0-9]|[1-9]?[0-9])"
  ) { IPInterface($0) }
}

extension ValueType where Value == MACAddress {
  /// Six pairs of hexadecimal digits.
  static let mac = ValueType<String>.string.parsed(
    as: "a MAC address such as \"02:00:00:00:00:01\"",
    pattern: "[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}"
  ) {
    MACAddress($0)
  }
}

extension ValueType {
  /// A list of so many values of one kind, in order; those that are wrong are reported and left out.
  static func list<Element>(
    of element: ValueType<Element>, _ phrase: String, count: ClosedRange<Int> = 0...(.max)
  ) -> ValueType where Value == [Element] {
    ValueType(phrase: phrase, shape: .list(element.shape, count: count)) { node, decoding in
      guard case .array(let nodes) = node.value, count.contains(nodes.count) else {
        decoding.reject(node, wanted: phrase, hasCount: count.upperBound < .max)
        return nil
      }
      let subject = decoding.subject
      defer { decoding.subject = subject }
      decoding.subject = .element(of: subject)
      var values: [Element] = []
      values.reserveCapacity(nodes.count)
      for node in nodes { if let value = element.decode(node, &decoding) { values.append(value) } }
      return values
    }
  }

  /// One of a few words, each with what it stands for; a near miss is told the word it was near.
  ///
  /// Where no phrase is given the words themselves are it.
  static func word(_ words: [(String, Value)], phrase: String? = nil) -> ValueType {
    let names = words.map(\.0)
    let phrase = phrase ?? names.map { "\"\($0)\"" }.formattedAsChoice
    return ValueType(phrase: phrase, shape: .words(names)) { node, decoding in
      guard case .string(let text) = node.value else {
        decoding.reject(node, wanted: phrase)
        return nil
      }
      if let word = words.first(where: { $0.0 == text }) { return word.1 }
      let suggestion = ClosestMatch.suggestion(for: text, among: names)
      decoding.diagnostics.report(
        "\(decoding.subject) must be \(phrase), not \"\(text)\"", at: node.span,
        label: suggestion.map { "did you mean \"\($0)\"?" })
      return nil
    }
  }

  /// Values that may be written as a text or as an object.
  static func choice(_ phrase: String, text: ValueType, object: ValueType) -> ValueType {
    ValueType(phrase: phrase, shape: .either([text.shape, object.shape])) { node, decoding in
      if case .object = node.value { return object.decode(node, &decoding) }
      guard text.shape.text(in: node) != nil else {
        decoding.reject(node, wanted: phrase)
        return nil
      }
      return text.decode(node, &decoding)
    }
  }

  /// Values that may be written as a string or in another way.
  static func choice(_ phrase: String, text: ValueType, other: ValueType) -> ValueType {
    choice(phrase, of: [text.shape, other.shape]) { value in
      if case .string = value { text } else { other }
    }
  }

  /// Values that may be written in several ways, told apart by what stands in the file.
  static func choice(
    _ phrase: String, of shapes: [Shape], _ select: @escaping @Sendable (JSON5Value) -> ValueType?
  ) -> ValueType {
    ValueType(phrase: phrase, shape: .either(shapes)) { node, decoding in
      guard let type = select(node.value) else {
        decoding.reject(node, wanted: phrase)
        return nil
      }
      return type.decode(node, &decoding)
    }
  }
}

extension ValueType where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
  /// One of the words that an enumeration has as raw values.
  static var word: ValueType { word(Value.allCases.map { ($0.rawValue, $0) }) }
}

extension JSON5Value {
  /// What stands there, as a phrase: "the number 300", "a list".
  var phrase: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(.integer(let number)): "the number \(number)"
    case .number(.double(let number)): "the number \(number)"
    case .string(let text): text.count <= 40 ? "\"\(text)\"" : "a string of \(text.count) characters"
    case .array(let nodes): nodes.isEmpty ? "an empty list" : "a list"
    case .object: "an object"
    }
  }
}

extension [String] {
  /// The words as a choice: `a`, `a or b`, `a, b or c`.
  var formattedAsChoice: String {
    guard count > 1, let last else { return first ?? "" }
    return "\(dropLast().joined(separator: ", ")) or \(last)"
  }
}
