// SPDX-License-Identifier: Apache-2.0

/// The matrix of a file as it is read, in either of its forms, and what is wrong with it.
struct MatrixReading {
  /// What a matrix must be.
  static let phrase =
    "an object of lists such as { ttl: [1, 64] }, or a list of cases such as [{ ttl: 1 }, { ttl: 64 }]"

  private static let mostCases = 65_536
  /// As many names as a matrix may have, or variables.
  static let mostNames = 256

  /// The cases; one where there is no matrix, or where it is wrong.
  private(set) var cases = MatrixCases.one
  /// The names, in the order of their values, each with its place.
  private(set) var names: [(name: String, span: SourceSpan)] = []
  private let node: JSON5Node?
  private let variables: Variables

  /// Reads a matrix, in whose values variables may stand.
  init(_ node: JSON5Node?, _ variables: Variables, _ diagnostics: inout Diagnostics) {
    self.node = node
    self.variables = variables
    switch node?.value {
    case nil: return
    case .object(let members): readCombinations(members, &diagnostics)
    case .array(let nodes): readList(nodes, &diagnostics)
    case let value?: report("\"matrix\" must be \(Self.phrase), not \(value.phrase)", &diagnostics)
    }
    if names.count > Self.mostNames {
      report("this matrix has \(names.count) names, but the limit is \(Self.mostNames)", &diagnostics)
      (names, cases) = ([], .one)
    }
    for (name, span) in names where !MatrixReference.isName(name) {
      diagnostics.report("a name of a matrix may have only letters, digits and \"_\"", at: span)
    }
  }

  /// A value with the variables in place of their names.
  private func value(of node: JSON5Node) -> JSON5Value {
    MatrixTemplate(node, variables.names).node(variables.values).value
  }

  /// Reports what is wrong with the whole matrix.
  private func report(_ message: String, _ diagnostics: inout Diagnostics) {
    if let span = node?.span { diagnostics.report(message, at: span) }
  }

  private func checkCount(_ count: Int, _ diagnostics: inout Diagnostics) {
    guard count > Self.mostCases else { return }
    report("this matrix has \(count) cases, but at most \(Self.mostCases) are run", &diagnostics)
  }

  // MARK: - An object of lists

  private mutating func readCombinations(_ members: [JSON5Member], _ diagnostics: inout Diagnostics) {
    guard !members.isEmpty else {
      report("this matrix has no names: { ttl: [1, 64] } has one, with two values", &diagnostics)
      return
    }
    var axes: [MatrixCases.Axis] = []
    for member in members {
      guard case .array(let values) = member.value.value, !values.isEmpty else {
        diagnostics.report("\"\(member.key)\" must be a list of at least one value", at: member.value.span)
        continue
      }
      names.append((member.key, member.keySpan))
      axes.append(MatrixCases.Axis(member.key, values.map(value)))
    }
    let count = axes.reduce(1) { product, axis in
      let (result, hasOverflowed) = product.multipliedReportingOverflow(by: axis.values.count)
      return hasOverflowed ? .max : result
    }
    checkCount(count, &diagnostics)
    if count <= Self.mostCases { cases = .combinations(axes) }
  }

  // MARK: - A list of objects

  private mutating func readList(_ nodes: [JSON5Node], _ diagnostics: inout Diagnostics) {
    guard !nodes.isEmpty else {
      report("this matrix has no cases: [{ ttl: 1 }, { ttl: 64 }] has two", &diagnostics)
      return
    }
    checkCount(nodes.count, &diagnostics)
    let errorsBefore = diagnostics.reported.count
    let rows = nodes.compactMap { row(of: $0, &diagnostics) }
    guard diagnostics.reported.count == errorsBefore, nodes.count <= Self.mostCases else { return }
    cases = .list(MatrixCases.List(names.map(\.name), rows))
  }

  /// The values of one case; the first says which names there are.
  private mutating func row(of node: JSON5Node, _ diagnostics: inout Diagnostics) -> [JSON5Value]? {
    guard case .object(let members) = node.value else {
      diagnostics.report(
        "each case of a matrix must be an object such as { ttl: 1 }, not \(node.value.phrase)", at: node.span)
      return nil
    }
    guard !members.isEmpty else {
      diagnostics.report("this case of the matrix has no names: { ttl: 1 } has one", at: node.span)
      return nil
    }
    if names.isEmpty { names = members.map { ($0.key, $0.keySpan) } }
    guard names.count <= Self.mostNames else { return nil }
    checkNames(of: members, at: node.span, &diagnostics)
    return names.compactMap { name, _ in members.first { $0.key == name }.map { value(of: $0.value) } }
  }

  /// Reports the names that a case has too many or too few; of one that is misspelt only that.
  private func checkNames(of members: [JSON5Member], at span: SourceSpan, _ diagnostics: inout Diagnostics) {
    var missing = names.map(\.name).filter { name in !members.contains { $0.key == name } }
    let all =
      "every case of a matrix has the same names, and the first has: "
      + names.map(\.name).joined(separator: ", ")
    for member in members where !names.contains(where: { $0.name == member.key }) {
      let suggestion = ClosestMatch.suggestion(for: member.key, among: missing)
      missing.removeAll { $0 == suggestion }
      diagnostics.report(
        "the first case of this matrix has no \"\(member.key)\"", at: member.keySpan,
        label: suggestion.map { "did you mean \"\($0)\"?" }, notes: [all])
    }
    let start = SourceSpan(file: span.file, range: span.range.lowerBound..<(span.range.lowerBound + 1))
    for name in missing {
      diagnostics.report("this case of the matrix lacks \"\(name)\"", at: start, notes: [all])
    }
  }

  // MARK: - What refers to the names

  /// Reports references to what is neither a name of the matrix nor a variable, and those to which nothing refers.
  func checkReferences(in rest: JSON5Node, _ diagnostics: inout Diagnostics) {
    guard node != nil || !variables.names.isEmpty else { return }
    var used: Set<String> = []
    rest.forEachReference { reference, span in
      used.insert(reference)
      checkReference(reference, at: span, &diagnostics)
    }
    if !variables.names.isEmpty {
      node?.forEachReference { reference, span in
        checkReferenceInMatrix(reference, at: span, &diagnostics)
        if variables.names.contains(reference) { used.insert(reference) }
      }
    }
    for (name, span) in names where !used.contains(name) && MatrixReference.isName(name) {
      let isOfList = if case .array = node?.value { true } else { false }
      let result = isOfList ? "its values change nothing" : "all its cases would be the same"
      diagnostics.report("\"${\(name)}\" is not used anywhere, so \(result)", at: span)
    }
    variables.check(used: used, matrix: names.map(\.name), &diagnostics)
  }

  private func checkReference(_ reference: String, at span: SourceSpan, _ diagnostics: inout Diagnostics) {
    let known = names.map(\.name) + variables.names
    guard !known.contains(reference) else { return }
    let subject =
      switch (node == nil, variables.names.isEmpty) {
      case (false, false): "neither the matrix nor the variables have"
      case (false, true): "the matrix has no"
      case (true, _): "there is no variable"
      }
    let suggestion = ClosestMatch.suggestion(for: reference, among: known)
    diagnostics.report(
      "\(subject) \"\(reference)\"", at: span, label: suggestion.map { "did you mean \"\($0)\"?" })
  }

  /// Of a file without variables the values of the matrix are what they are, dollars and braces too.
  private func checkReferenceInMatrix(
    _ reference: String, at span: SourceSpan, _ diagnostics: inout Diagnostics
  ) {
    guard !variables.names.contains(reference) else { return }
    let isOfMatrix = names.contains { $0.name == reference }
    let suggestion = ClosestMatch.suggestion(for: reference, among: variables.names)
    diagnostics.report(
      isOfMatrix
        ? "a value of the matrix may have variables in it, but \"\(reference)\" is a name of the matrix"
        : "there is no variable \"\(reference)\"",
      at: span, label: isOfMatrix ? nil : suggestion.map { "did you mean \"\($0)\"?" })
  }
}

extension JSON5Node {
  /// Calls a function with each name that is referred to, and where.
  func forEachReference(_ body: (String, SourceSpan) -> Void) {
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
