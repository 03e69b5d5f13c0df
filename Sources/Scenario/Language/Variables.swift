// SPDX-License-Identifier: Apache-2.0

/// A value that replaces the one that scenario files give a variable.
public struct VariableSetting: Hashable, Sendable {
  /// The variable's name.
  public let name: String
  /// The value as it was given: text, also where it stands for a number.
  public let value: String

  /// Takes `NAME=VALUE`, where the value may be empty and have more signs of equality; nil where there is none, or no
  /// name before it.
  public init?(_ text: String) {
    guard let sign = text.firstIndex(of: "="), sign > text.startIndex else { return nil }
    name = String(text[..<sign])
    value = String(text[text.index(after: sign)...])
  }

  /// The setting as it was given: `NAME=VALUE`.
  public var text: String { "\(name)=\(value)" }
}

/// The variables of a scenario file, with the values that the file gives them or that replace those.
struct Variables: Sendable {
  /// The names, in the order of the file.
  private(set) var names: [String] = []
  /// The value of each, in the same order.
  private(set) var values: [JSON5Value] = []
  /// What was set of them.
  private(set) var settings: [VariableSetting] = []
  private var spans: [SourceSpan] = []

  /// There are none.
  init() {}

  /// Reads the variables of a file, where it has some; what is wrong with them is reported.
  init(of node: JSON5Node?, _ settings: [VariableSetting], _ diagnostics: inout Diagnostics) {
    guard let node else { return }
    guard case .object(let members) = node.value else {
      diagnostics.report(
        "\"variables\" must be \(ValueType<Bool>.variables.phrase), not \(node.value.phrase)", at: node.span)
      return
    }
    guard members.count <= MatrixReading.mostNames else {
      diagnostics.report(
        "there are \(members.count) variables, but the limit is \(MatrixReading.mostNames)", at: node.span)
      return
    }
    for member in members {
      if !MatrixReference.isName(member.key) {
        diagnostics.report("a variable's name may have only letters, digits and \"_\"", at: member.keySpan)
      }
      Self.check(member, &diagnostics)
      let setting = settings.first { $0.name == member.key }
      names.append(member.key)
      spans.append(member.keySpan)
      values.append(setting.map { Self.value($0.value, like: member.value.value) } ?? member.value.value)
      if let setting { self.settings.append(setting) }
    }
  }

  /// Reports a value that no other could be set in place of.
  private static func check(_ member: JSON5Member, _ diagnostics: inout Diagnostics) {
    switch member.value.value {
    case .null, .array, .object:
      diagnostics.report(
        "\"\(member.key)\" must be a text, a number, true or false, not \(member.value.value.phrase)",
        at: member.value.span)
    case .string(let text) where MatrixReference.parts(of: text).contains { $0.name != nil }:
      diagnostics.report(
        "a variable's value is literal: it cannot refer to anything", at: member.value.span)
    case .string, .number, .bool:
      break
    }
  }

  /// What a text sets where the file has a value of a type: of that type where it reads as one, else the text.
  private static func value(_ text: String, like value: JSON5Value) -> JSON5Value {
    var errors = Diagnostics()
    let file = SourceFile(path: "", bytes: Array(text.utf8))
    switch (value, JSON5Reader.read(file, into: &errors)?.value) {
    case (.number, .number(let number)): return .number(number)
    case (.bool, .bool(let isSet)): return .bool(isSet)
    default: return .string(text)
    }
  }

  /// Reports the variables that stand nowhere, and those whose names the matrix has too.
  func check(used: Set<String>, matrix: [String], _ diagnostics: inout Diagnostics) {
    for (name, span) in zip(names, spans) {
      if matrix.contains(name) {
        diagnostics.report("\"\(name)\" is a name of the matrix too: rename one of them", at: span)
      } else if !used.contains(name), MatrixReference.isName(name) {
        diagnostics.report("\"${\(name)}\" is not used anywhere, so its value changes nothing", at: span)
      }
    }
  }
}

extension ValueType where Value == Bool {
  /// The variables, whose values are put in place of their names before the rest of the file is read.
  static let variables = ValueType(
    phrase: "an object such as { program: \"./server\" }", shape: .variables
  ) { _, _ in true }
}
