// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a filter expression, and where.
public struct PacketFilterError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// There is no field or layer of this name.
    case unknownField(String)
    /// Something else ought to stand here.
    case expected(String)
    /// The field holds no such value.
    case badValue(String)
    /// The field's values are not one before the other.
    case noOrder
    /// Parentheses and negations stand in each other too often.
    case tooDeep
  }

  /// What is wrong.
  public let reason: Reason
  /// Which characters of the expression are wrong.
  public let range: Range<Int>

  /// Makes an error that says what is wrong, and where.
  public init(reason: Reason, range: Range<Int>) {
    self.reason = reason
    self.range = range
  }

  /// A sentence without its full stop.
  public var description: String {
    switch reason {
    case .unknownField(let name): "there is no field \"\(name)\""
    case .expected(let what): "expected \(what)"
    case .badValue(let what): "the value must be \(what)"
    case .noOrder: "such a field can only be equal or not equal"
    case .tooDeep: "this is nested too deep"
    }
  }
}
