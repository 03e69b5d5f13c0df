// SPDX-License-Identifier: Apache-2.0

/// A value that has a form on the wire, and that can be wrong.
///
/// The contract of every type that conforms:
/// - every field of the wire is stored, lengths and checksums included;
/// - parsing checks only that the bytes are there, never what they say;
/// - `bytes` writes exactly what is stored, so parsing and writing give the same bytes again;
/// - a stored value that the wire has too few bits for loses its upper bits and never reaches a neighbour.
public protocol WireValue: Hashable, Sendable {
  /// Reads the value from the beginning of `bytes`; throws `TruncatedError` when too few are there.
  init(parsing bytes: ArraySlice<UInt8>) throws(TruncatedError)

  /// The value as it stands, in network byte order.
  var bytes: [UInt8] { get }
}

extension WireValue {
  /// Reads the value from the beginning of `bytes`; throws `TruncatedError` when too few are there.
  public init(parsing bytes: [UInt8]) throws(TruncatedError) {
    try self.init(parsing: bytes[...])
  }
}
