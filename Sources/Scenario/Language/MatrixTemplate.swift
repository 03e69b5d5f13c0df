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
  func size(_ sizes: [NodeSize]) -> NodeSize {
    switch self {
    case .constant: .zero
    case .value(let name, _): sizes[name]
    case .text(let parts, _):
      NodeSize(bytes: parts.reduce(0) { $0 + ($1.name.map { sizes[$0].bytes } ?? 0) }, values: 0)
    case .array(let elements, _): elements.reduce(.zero) { $0 + $1.size(sizes) }
    case .object(let members, _): members.reduce(.zero) { $0 + $1.value.size(sizes) }
    }
  }

  /// How many elements a list has in a case, which stands behind a key of this object; 0 where there is none.
  func elements(ofListAt key: String, _ values: [JSON5Value]) -> Int {
    switch self {
    case .constant(let node):
      guard case .object(let members) = node.value else { return 0 }
      return members.first { $0.key == key }?.value.value.elementCount ?? 0
    case .object(let members, _):
      switch members.first(where: { $0.key == key })?.value {
      case .constant(let node): return node.value.elementCount
      case .array(let elements, _): return elements.count
      case .value(let name, _): return values[name].elementCount
      default: return 0
      }
    default: return 0
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
  /// How many elements it has, where it is a list.
  fileprivate var elementCount: Int {
    if case .array(let nodes) = self { nodes.count } else { 0 }
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

/// How large a value is with all that is in it.
struct NodeSize {
  /// The bytes of its texts and keys, and one for each value.
  private(set) var bytes: Int
  /// How many values it is.
  private(set) var values: Int

  /// Nothing.
  static let zero = NodeSize(bytes: 0, values: 0)

  init(bytes: Int, values: Int) {
    (self.bytes, self.values) = (bytes, values)
  }

  /// Measures a value.
  init(_ value: JSON5Value) {
    self.init(bytes: 1, values: 1)
    switch value {
    case .null, .bool, .number: break
    case .string(let text): bytes += text.utf8.count
    case .array(let nodes):
      for node in nodes { self += NodeSize(node.value) }
    case .object(let members):
      for member in members {
        bytes += member.key.utf8.count
        self += NodeSize(member.value.value)
      }
    }
  }

  /// Both together.
  static func + (one: NodeSize, other: NodeSize) -> NodeSize {
    NodeSize(bytes: one.bytes + other.bytes, values: one.values + other.values)
  }

  /// Adds another.
  static func += (one: inout NodeSize, other: NodeSize) { one = one + other }
}
