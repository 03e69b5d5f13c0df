// SPDX-License-Identifier: Apache-2.0

/// A value beside the place in a file that says it.
public struct Located<Value: Sendable>: Sendable {
  /// The value.
  public var value: Value
  /// Where it is said; nil for a default that no file says.
  public var span: SourceSpan?

  /// Joins a value and its place.
  public init(_ value: Value, at span: SourceSpan? = nil) {
    self.value = value
    self.span = span
  }

  /// Another value from the same place; rethrows what `transform` throws.
  public func map<Result: Sendable, Failure: Error>(
    _ transform: (Value) throws(Failure) -> Result
  ) throws(Failure) -> Located<Result> {
    Located<Result>(try transform(value), at: span)
  }
}
