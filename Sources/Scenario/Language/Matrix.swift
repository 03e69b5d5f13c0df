// SPDX-License-Identifier: Apache-2.0

/// The cases that a scenario file stands for: every combination of the values of its matrix, in the order in which a
/// reader would write them, the last name changing fastest.
struct Matrix: Sendable {
  private let axes: [Axis]
  private let rest: JSON5Node

  /// How many cases there are; one for a file without a matrix.
  let count: Int

  /// What names a case in the file's id: `[ttl=1,ecn=2]`; nothing for a file without a matrix.
  func name(of index: Int) -> String {
    guard !axes.isEmpty else { return "" }
    return "[\(zip(axes, combination(index)).map { "\($0.name)=\($1.text)" }.joined(separator: ","))]"
  }

  /// The file as it is for a case, with the values in place of their names.
  func node(of index: Int) -> JSON5Node {
    guard !axes.isEmpty else { return rest }
    let values = zip(axes, combination(index)).map { ($0.name, $1.value) }
    return rest.replacingReferences(by: Dictionary(values) { first, _ in first })
  }

  private func combination(_ index: Int) -> [Value] {
    var rest = index
    let values = axes.reversed().map { axis in
      defer { rest /= axis.values.count }
      let number = rest % axis.values.count
      return Value(value: axis.values[number].value, number: number + 1)
    }
    return values.reversed()
  }

  private static let mostCases = 65_536

  /// The values of one name of the matrix.
  private struct Axis {
    let name: String
    let span: SourceSpan
    let values: [JSON5Node]
  }

  /// Reads the matrix of a file, where it has one; what is wrong with it is reported, and gives nil.
  init?(of file: JSON5Node, _ diagnostics: inout Diagnostics) {
    guard case .object(let members) = file.value,
      let matrix = members.first(where: { $0.key == "matrix" })
    else {
      (axes, rest, count) = ([], file, 1)
      return
    }
    let errorsBefore = diagnostics.reported.count
    axes = Self.axes(of: matrix.value, &diagnostics)
    rest = JSON5Node(value: .object(members.filter { $0.key != "matrix" }), span: file.span)
    Self.checkReferences(in: rest, axes, &diagnostics)
    guard diagnostics.reported.count == errorsBefore else { return nil }
    count = axes.reduce(1) { $0 * $1.values.count }
  }

  private static func axes(of node: JSON5Node, _ diagnostics: inout Diagnostics) -> [Axis] {
    guard case .object(let members) = node.value, !members.isEmpty else {
      diagnostics.report("\"matrix\" must be an object of lists, such as { ttl: [1, 64] }", at: node.span)
      return []
    }
    var axes: [Axis] = []
    for member in members {
      guard case .array(let values) = member.value.value, !values.isEmpty else {
        diagnostics.report("\"\(member.key)\" must be a list of at least one value", at: member.value.span)
        continue
      }
      if !Reference.isName(member.key) {
        diagnostics.report("a name of a matrix is made of letters, digits and \"_\"", at: member.keySpan)
      }
      axes.append(Axis(name: member.key, span: member.keySpan, values: values))
    }
    let count = axes.reduce(1) { product, axis in
      let (result, hasOverflowed) = product.multipliedReportingOverflow(by: axis.values.count)
      return hasOverflowed ? .max : result
    }
    if count > mostCases {
      diagnostics.report("this matrix has \(count) cases, and at most \(mostCases) are run", at: node.span)
    }
    return axes
  }

  /// One value of a name, and which of its values it is.
  private struct Value {
    let value: JSON5Value
    let number: Int

    /// The value in a case's name: as it is where it can be a file's name, else by its number.
    var text: String {
      guard let text = value.interpolated, !text.isEmpty, text.count <= 40,
        text.utf8.allSatisfy({ $0 != 0x2f && $0 > 0x20 && $0 < 0x7f && $0 != 0x2c && $0 != 0x5d })
      else { return "#\(number)" }
      return text
    }
  }

  private static func checkReferences(in node: JSON5Node, _ axes: [Axis], _ diagnostics: inout Diagnostics) {
    let names = axes.map(\.name)
    var used: Set<String> = []
    node.forEachReference { reference, span in
      used.insert(reference)
      guard !names.contains(reference) else { return }
      let suggestion = ClosestMatch.suggestion(for: reference, among: names)
      diagnostics.report(
        "the matrix has no \"\(reference)\"", at: span, label: suggestion.map { "did you mean \"\($0)\"?" })
    }
    for axis in axes where !used.contains(axis.name) {
      diagnostics.report(
        "\"${\(axis.name)}\" stands nowhere, so that all its cases would be one", at: axis.span)
    }
  }
}

/// References to a matrix in a string: `${name}`.
private enum Reference {
  static func isName(_ text: some StringProtocol) -> Bool {
    let isFirst = { (byte: UInt8) in byte == 0x5f || (0x41...0x5a).contains(byte & 0xdf) }
    guard let first = text.utf8.first, isFirst(first) else { return false }
    return text.utf8.allSatisfy { isFirst($0) || (0x30...0x39).contains($0) }
  }

  /// Splits a text into what stands between references and the names of the references.
  static func parts(of text: String) -> [(literal: Substring, name: Substring?)] {
    // Most texts have none, and a byte is found faster than a text.
    guard text.utf8.contains(UInt8(ascii: "$")) else { return [(text[...], nil)] }
    var parts: [(Substring, Substring?)] = []
    var rest = text[...]
    while let open = opening(in: rest.utf8), let close = rest.utf8[open...].firstIndex(of: UInt8(ascii: "}"))
    {
      let start = rest.utf8.index(open, offsetBy: 2)
      let name = rest[start..<close]
      guard isName(name) else {
        parts.append((rest[..<start], nil))
        rest = rest[start...]
        continue
      }
      parts.append((rest[..<open], name))
      rest = rest[rest.utf8.index(after: close)...]
    }
    return parts + [(rest, nil)]
  }

  /// Where the next `${` is.
  private static func opening(in text: Substring.UTF8View) -> String.Index? {
    text.indices.first { text[$0...].starts(with: [UInt8(ascii: "$"), UInt8(ascii: "{")]) }
  }
}

extension JSON5Node {
  fileprivate func forEachReference(_ body: (String, SourceSpan) -> Void) {
    switch value {
    case .string(let text):
      for part in Reference.parts(of: text) { if let name = part.name { body(String(name), span) } }
    case .array(let nodes):
      for node in nodes { node.forEachReference(body) }
    case .object(let members):
      for member in members { member.value.forEachReference(body) }
    default:
      break
    }
  }

  /// The same with each reference replaced; a string that is nothing but a reference becomes the value itself.
  fileprivate func replacingReferences(by values: [String: JSON5Value]) -> JSON5Node {
    switch value {
    case .string(let text):
      JSON5Node(value: Self.replacing(text, by: values), span: span)
    case .array(let nodes):
      JSON5Node(value: .array(nodes.map { $0.replacingReferences(by: values) }), span: span)
    case .object(let members):
      JSON5Node(
        value: .object(
          members.map {
            JSON5Member(key: $0.key, keySpan: $0.keySpan, value: $0.value.replacingReferences(by: values))
          }), span: span)
    default:
      self
    }
  }

  private static func replacing(_ text: String, by values: [String: JSON5Value]) -> JSON5Value {
    let parts = Reference.parts(of: text)
    if parts.count == 1 { return .string(text) }
    if parts.count == 2, parts[0].literal.isEmpty, parts[1].literal.isEmpty, let name = parts[0].name,
      let value = values[String(name)]
    {
      return value
    }
    return .string(
      parts.map { part in
        part.literal + (part.name.flatMap { values[String($0)]?.interpolated } ?? "")
      }.joined())
  }
}

extension JSON5Value {
  /// The value as a part of a string, or nil where it is a list or an object.
  fileprivate var interpolated: String? {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(.integer(let number)): "\(number)"
    case .number(.double(let number)): "\(number)"
    case .string(let text): text
    case .array, .object: nil
    }
  }
}

extension ValueType where Value == Bool {
  /// The matrix itself, which is expanded before the rest of the file is read.
  static let matrix = ValueType(
    phrase: "an object of lists, such as { ttl: [1, 64] }",
    shape: .matrix
  ) { _, _ in true }
}
