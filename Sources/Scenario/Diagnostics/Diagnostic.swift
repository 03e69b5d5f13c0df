// SPDX-License-Identifier: Apache-2.0

/// One thing that is wrong in a file, and where.
public struct Diagnostic: Sendable {
  /// What is wrong, in one sentence without a full stop.
  public let message: String
  /// Where it is wrong.
  public let span: SourceSpan
  /// What is said beside the caret, such as what would be right.
  public let label: String?
  /// What else helps, a line each.
  public let notes: [String]

  /// Describes one error; what it quotes from the file need not be escaped.
  public init(_ message: String, at span: SourceSpan, label: String? = nil, notes: [String] = []) {
    self.message = message
    self.span = span
    self.label = label
    self.notes = notes
  }
}

/// The errors found so far, in all files.
public struct Diagnostics: Sendable {
  /// The errors in the order in which they were reported.
  public private(set) var reported: [Diagnostic] = []

  /// Begins with no errors.
  public init() {}

  /// Whether nothing was reported.
  public var isEmpty: Bool { reported.isEmpty }

  /// Adds one error.
  public mutating func report(_ diagnostic: Diagnostic) {
    reported.append(diagnostic)
  }

  /// Adds one error.
  public mutating func report(
    _ message: String, at span: SourceSpan, label: String? = nil, notes: [String] = []
  ) {
    report(Diagnostic(message, at: span, label: label, notes: notes))
  }

  /// Adds the errors of another list, such as one that was filled for another file.
  public mutating func report(contentsOf other: Diagnostics) {
    reported += other.reported
  }

  /// The errors by path and then by place; those at one place stay in the order in which they came.
  public var sorted: [Diagnostic] {
    let ordered = reported.enumerated().sorted { first, second in
      let (one, other) = (first.element.span, second.element.span)
      return (one.file.path, one.range.lowerBound, first.offset)
        < (other.file.path, other.range.lowerBound, second.offset)
    }
    return ordered.map(\.element)
  }
}
