// SPDX-License-Identifier: Apache-2.0

/// What is written in a file with a matrix or variables, less their values: only what holds a reference is made anew
/// for each case.
enum MatrixTemplate: Sendable {
  /// The same in every case.
  case constant(JSON5Node)
  /// A string that is nothing but a reference: the value of the name with this number, whatever its type.
  case value(of: Int, SourceSpan)
  case text([Part], SourceSpan)
  case array([MatrixTemplate], SourceSpan)
  case object([Member], SourceSpan)

  /// What stands between references, and the number of the name that the reference behind it refers to.
  struct Part: Sendable {
    let literal: String
    let name: Int?
  }

  struct Member: Sendable {
    let key: String
    let keySpan: SourceSpan
    let value: MatrixTemplate
  }

  /// Finds the references to names; where there are any, what refers to none of them is left out.
  init(_ node: JSON5Node, _ names: [String]) {
    switch node.value {
    case _ where names.isEmpty:
      self = .constant(node)
    case .string(let text) where MatrixReference.mayStand(in: text):
      self = MatrixTemplate(text, names, at: node.span)
    case .array(let nodes):
      let elements = nodes.map { MatrixTemplate($0, names) }
      self = elements.allSatisfy(\.isConstant) ? .constant(node) : .array(elements, node.span)
    case .object(let nodes):
      let members = nodes.map {
        Member(key: $0.key, keySpan: $0.keySpan, value: MatrixTemplate($0.value, names))
      }
      self = members.allSatisfy(\.value.isConstant) ? .constant(node) : .object(members, node.span)
    default:
      self = .constant(node)
    }
  }

  private init(_ text: String, _ names: [String], at span: SourceSpan) {
    let parts = MatrixReference.parts(of: text).map { part in
      Part(literal: String(part.literal), name: part.name.flatMap { names.firstIndex(of: String($0)) })
    }
    if parts.count == 2, parts.allSatisfy(\.literal.isEmpty), let name = parts[0].name {
      self = .value(of: name, span)
    } else {
      self = .text(parts, span)
    }
  }

  private var isConstant: Bool {
    if case .constant = self { true } else { false }
  }

  /// How much values take in all the places where their names stand, each as large as `sizes` says.
  func size(_ sizes: [Int]) -> Int {
    switch self {
    case .constant: 0
    case .value(let name, _): sizes[name]
    case .text(let parts, _): parts.reduce(0) { $0 + ($1.name.map { sizes[$0] } ?? 0) }
    case .array(let elements, _): elements.reduce(0) { $0 + $1.size(sizes) }
    case .object(let members, _): members.reduce(0) { $0 + $1.value.size(sizes) }
    }
  }

  /// The node with the values of a case in place of the names.
  func node(_ values: [JSON5Value]) -> JSON5Node {
    switch self {
    case .constant(let node):
      node
    case .value(let name, let span):
      JSON5Node(value: values[name], span: span, isSubstituted: true)
    case .text(let parts, let span):
      JSON5Node(
        value: .string(
          parts.map { part in part.literal + (part.name.flatMap { values[$0].interpolated } ?? "") }.joined()),
        span: span)
    case .array(let elements, let span):
      JSON5Node(value: .array(elements.map { $0.node(values) }), span: span)
    case .object(let members, let span):
      JSON5Node(
        value: .object(
          members.map { JSON5Member(key: $0.key, keySpan: $0.keySpan, value: $0.value.node(values)) }),
        span: span)
    }
  }
}

/// References to a matrix or a variable in a string: `${name}`.
enum MatrixReference {
  static func isName(_ text: some StringProtocol) -> Bool {
    let isFirst = { (byte: UInt8) in byte == 0x5f || (0x41...0x5a).contains(byte & 0xdf) }
    guard let first = text.utf8.first, isFirst(first) else { return false }
    return text.utf8.allSatisfy { isFirst($0) || (0x30...0x39).contains($0) }
  }

  /// Whether a text may have references: most have none, and a byte is found faster than a text.
  static func mayStand(in text: String) -> Bool { text.utf8.contains(UInt8(ascii: "$")) }

  /// Splits a text into what stands between references and the names of the references.
  static func parts(of text: String) -> [(literal: Substring, name: Substring?)] {
    guard mayStand(in: text) else { return [(text[...], nil)] }
    var parts: [(Substring, Substring?)] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "${"), let close = rest[open.upperBound...].firstIndex(of: "}") {
      let name = rest[open.upperBound..<close]
      guard isName(name) else {
        parts.append((rest[..<open.upperBound], nil))
        rest = rest[open.upperBound...]
        continue
      }
      parts.append((rest[..<open.lowerBound], name))
      rest = rest[rest.index(after: close)...]
    }
    return parts + [(rest, nil)]
  }
}

extension JSON5Value {
  /// How large it is: the bytes of its texts, and one for each value.
  var size: Int {
    switch self {
    case .null, .bool, .number: 1
    case .string(let text): 1 + text.utf8.count
    case .array(let nodes): nodes.reduce(1) { $0 + $1.value.size }
    case .object(let members): members.reduce(1) { $0 + $1.key.utf8.count + $1.value.value.size }
    }
  }

  /// The value as a part of a string, or nil where it is a list or an object.
  var interpolated: String? {
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
