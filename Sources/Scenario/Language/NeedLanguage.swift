// SPDX-License-Identifier: Apache-2.0

/// What a scenario needs of Python, as a file writes it.
struct PythonForm: Sendable {
  var module = ""
}

extension ObjectType where Object == PythonForm {
  /// A module of Python.
  static let python = ObjectType(
    "an object such as { pythonModule: \"scapy\" }", { _ in PythonForm() },
    keys: [
      Key(
        "pythonModule", .moduleName, \.module, isRequired: true, "the name of a module that python3 must find"
      )
    ])
}

extension ValueType where Value == String {
  /// The name of a module that is no part of another.
  fileprivate static let moduleName = string.parsed(
    as: "the name of a Python module such as \"scapy\"", pattern: "[A-Za-z_][A-Za-z0-9_]*"
  ) {
    text -> String? in
    let isName = text.utf8.allSatisfy { byte in
      let character = Character(Unicode.Scalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }
    return isName && text.first?.isNumber == false ? text : nil
  }
}

extension ValueType where Value == Need {
  /// The name of a program, or a module of Python.
  static let need = choice(
    "the name of a program or an object such as { pythonModule: \"scapy\" }",
    text: ValueType<String>.string.map { Need.program($0) },
    object: ObjectType<PythonForm>.python.value.map { Need.pythonModule($0.module) })
}
