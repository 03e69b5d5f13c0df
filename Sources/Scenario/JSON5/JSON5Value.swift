// SPDX-License-Identifier: Apache-2.0

/// A value of a JSON5 file and the place where it stands.
public struct JSON5Node: Sendable {
  /// The value.
  public let value: JSON5Value
  /// From its first byte to its last, quotes and brackets included.
  public let span: SourceSpan
  /// Whether the file has a reference here, `"${name}"`, in whose place the value stands.
  public let isSubstituted: Bool

  /// Joins a value and its place.
  public init(value: JSON5Value, span: SourceSpan, isSubstituted: Bool = false) {
    self.value = value
    self.span = span
    self.isSubstituted = isSubstituted
  }
}

/// What a JSON5 file can say (https://spec.json5.org/#values).
public enum JSON5Value: Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, `Infinity` and `NaN` included.
  case number(JSON5Number)
  /// A string, its escapes undone.
  case string(String)
  /// The elements of an array, in order.
  case array([JSON5Node])
  /// The members of an object, in the order of the file; no key comes twice.
  case object([JSON5Member])
}

/// A JSON5 number, exact where it can be.
public enum JSON5Number: Hashable, Sendable {
  /// A number written without fraction and exponent (or in hexadecimal) that fits.
  case integer(Int64)
  /// Any other number, as the nearest double.
  case double(Double)
}

/// A key of a JSON5 object and its value.
public struct JSON5Member: Sendable {
  /// The key, its escapes undone.
  public let key: String
  /// Where the key stands, quotes included.
  public let keySpan: SourceSpan
  /// Its value.
  public let value: JSON5Node

  /// Joins a key, its place and its value.
  public init(key: String, keySpan: SourceSpan, value: JSON5Node) {
    self.key = key
    self.keySpan = keySpan
    self.value = value
  }
}
