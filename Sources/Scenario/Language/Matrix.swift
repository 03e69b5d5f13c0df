// SPDX-License-Identifier: Apache-2.0

/// The cases that a scenario file stands for: those of its matrix, or one.
struct Matrix: Sendable {
  private let cases: MatrixCases
  private let variables: Variables
  private let template: MatrixTemplate

  /// How many cases there are; one for a file without a matrix.
  var count: Int { cases.count }

  /// The names of the file's variables.
  var variableNames: [String] { variables.names }

  /// What was set of the file's variables.
  var settings: [VariableSetting] { variables.settings }

  /// What names a case in the file's id: `[ttl=1,ecn=2]`; nothing for a file without a matrix.
  func name(of index: Int) -> String { cases.name(of: index) }

  /// The file as it is for a case, with the values in place of their names.
  func node(of index: Int) -> JSON5Node {
    template.node(cases.values(of: index) + variables.values)
  }

  /// Reads the matrix and the variables of a file, where it has them; what is wrong with them is reported, and gives
  /// nil.
  init?(of file: JSON5Node, _ settings: [VariableSetting], _ diagnostics: inout Diagnostics) {
    guard case .object(let members) = file.value else {
      (cases, variables, template) = (.one, Variables(), .constant(file))
      return
    }
    let errorsBefore = diagnostics.reported.count
    let rest = JSON5Node(
      value: .object(members.filter { $0.key != "matrix" && $0.key != "variables" }), span: file.span)
    variables = Variables(of: members.first { $0.key == "variables" }?.value, settings, &diagnostics)
    let reading = MatrixReading(members.first { $0.key == "matrix" }?.value, variables, &diagnostics)
    cases = reading.cases
    template = MatrixTemplate(rest, reading.names.map(\.name) + variables.names)
    reading.checkReferences(in: rest, &diagnostics)
    if diagnostics.reported.count == errorsBefore { checkSize(of: rest, at: members, &diagnostics) }
    guard diagnostics.reported.count == errorsBefore else { return nil }
  }

  /// As many bytes as the values may take in one case, and all cases together.
  private static let (mostInCase, mostInAll) = (16 << 20, 256 << 20)
  /// As many messages and values as all cases together may have to be read: 16 and 128 in each of the most cases.
  private static let (mostMessages, mostValues) = (1 << 20, 8 << 20)

  /// Reports values that stand in so many places, or so many cases of so long a file, that to read them would take
  /// minutes.
  private func checkSize(of rest: JSON5Node, at members: [JSON5Member], _ diagnostics: inout Diagnostics) {
    let place = members.first { $0.key == "matrix" } ?? members.first { $0.key == "variables" }
    guard let place = place?.keySpan else { return }
    let constant = NodeSize(rest.value)
    let variableSizes = variables.values.map(NodeSize.init)
    var sum = NodeSize.zero
    var messages = 0
    for index in 0..<count {
      let values = cases.values(of: index)
      let size = template.size(values.map(NodeSize.init) + variableSizes)
      guard size.bytes <= Self.mostInCase else {
        let name = name(of: index)
        let inCase = name.isEmpty ? "in this file" : "in the case \(name)"
        diagnostics.report(
          "\(inCase) the values take \(size.bytes) bytes, but the limit is \(Self.mostInCase)", at: place)
        return
      }
      sum += constant
      sum += size
      messages += template.elements(ofListAt: "exchange", values + variables.values)
      if let excess = excess(sum, messages: messages, cases: index + 1) {
        diagnostics.report(excess, at: place)
        return
      }
    }
  }

  /// What is too much in the first cases all together; nil where nothing is.
  private func excess(_ sum: NodeSize, messages: Int, cases: Int) -> String? {
    let first = "the first \(cases) of its \(count) cases"
    if sum.bytes > Self.mostInAll {
      return "\(first) are \(sum.bytes) bytes to read, but the limit for all is \(Self.mostInAll)"
    }
    if messages > Self.mostMessages {
      return "\(first) have \(messages) messages, but the limit for all is \(Self.mostMessages)"
    }
    return sum.values > Self.mostValues
      ? "\(first) have \(sum.values) values to read, but the limit for all is \(Self.mostValues)" : nil
  }
}

extension ValueType where Value == Bool {
  /// The matrix itself, which is expanded before the rest of the file is read.
  static let matrix = ValueType(phrase: MatrixReading.phrase, shape: .matrix) { _, _ in true }
}
