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
    guard diagnostics.reported.count == errorsBefore else { return nil }
  }
}

extension ValueType where Value == Bool {
  /// The matrix itself, which is expanded before the rest of the file is read.
  static let matrix = ValueType(phrase: MatrixReading.phrase, shape: .matrix) { _, _ in true }
}
