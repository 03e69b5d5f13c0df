// SPDX-License-Identifier: Apache-2.0

/// The cases that a scenario file stands for: every combination of the values of its matrix, in the order in which a
/// reader would write them, the last name changing fastest.
struct Matrix: Sendable {
  private let axes: [Axis]
  private let template: MatrixTemplate

  /// How many cases there are; one for a file without a matrix.
  let count: Int

  /// What names a case in the file's id: `[ttl=1,ecn=2]`; nothing for a file without a matrix.
  func name(of index: Int) -> String {
    guard !axes.isEmpty else { return "" }
    return "[\(zip(axes, combination(index)).map { "\($0.name)=\($1.text)" }.joined(separator: ","))]"
  }

  /// The file as it is for a case, with the values in place of their names.
  func node(of index: Int) -> JSON5Node {
    template.node(combination(index).map(\.value))
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
      (axes, template, count) = ([], .constant(file), 1)
      return
    }
    let errorsBefore = diagnostics.reported.count
    axes = Self.axes(of: matrix.value, &diagnostics)
    let rest = JSON5Node(value: .object(members.filter { $0.key != "matrix" }), span: file.span)
    template = MatrixTemplate(rest, axes.map(\.name))
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
      if !MatrixReference.isName(member.key) {
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

extension JSON5Node {
  fileprivate func forEachReference(_ body: (String, SourceSpan) -> Void) {
    switch value {
    case .string(let text):
      for part in MatrixReference.parts(of: text) { if let name = part.name { body(String(name), span) } }
    case .array(let nodes):
      for node in nodes { node.forEachReference(body) }
    case .object(let members):
      for member in members { member.value.forEachReference(body) }
    default:
      break
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
