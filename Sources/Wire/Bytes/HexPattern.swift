// SPDX-License-Identifier: Apache-2.0

/// Bytes of which some digits may be any.
public struct HexPattern: Hashable, Sendable {
  /// The bytes, with zeros where a digit may be any.
  private let bytes: [UInt8]
  /// The bits that must be as in `bytes`.
  private let mask: [UInt8]

  /// Takes bytes as they are.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    mask = [UInt8](repeating: 0xFF, count: bytes.count)
  }

  /// Reads pairs of hexadecimal digits, as `HexDump.bytes(fromHex:)` does; a dot stands for any digit.
  ///
  /// - Throws: `HexError` with the position of the first wrong character.
  public init(_ text: String) throws(HexError) {
    let dot = UInt8(ascii: ".")
    let zeros = text.utf8.map { $0 == dot ? UInt8(ascii: "0") : $0 }
    bytes = try HexDump.bytes(fromHex: String(decoding: zeros, as: UTF8.self))
    let digits = text.utf8.filter { $0 == dot || Self.isDigit($0) }.map { $0 == dot ? UInt8(0) : 0xF }
    mask = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private static func isDigit(_ character: UInt8) -> Bool {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }

  /// How many bytes there are.
  public var count: Int { bytes.count }

  /// Whether bytes are as the pattern says, and as many.
  public func matches(_ other: ArraySlice<UInt8>) -> Bool {
    guard other.count == count else { return false }
    return zip(other, zip(bytes, mask)).allSatisfy { $0 & $1.1 == $1.0 & $1.1 }
  }
}
