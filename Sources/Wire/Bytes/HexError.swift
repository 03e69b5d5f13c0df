// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a text that should be bytes in hexadecimal, and where.
public struct HexError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: String, Sendable {
    /// A character that is no digit, white space or colon.
    case notHexadecimal = "is not a hexadecimal digit"
    /// A digit without a second one right after it.
    case halfByte = "is half a byte: two digits make one"
    /// A colon that does not stand between two bytes.
    case misplacedColon = "is not between two bytes"
  }

  /// The position of the wrong character; all characters before it are ASCII.
  public let index: Int
  /// What is wrong with it.
  public let reason: Reason

  /// A sentence without its full stop.
  public var description: String { "the character at \(index) \(reason.rawValue)" }
}

extension HexDump {
  /// Reads pairs of hexadecimal digits of either case, with white space or a colon between them or nothing;
  /// throws `HexError` with the position of the first wrong character.
  public static func bytes(fromHex text: String) throws(HexError) -> [UInt8] {
    let characters = Array(text.utf8)
    var bytes: [UInt8] = []
    var index = 0
    var colon: Int?
    var mayTakeColon = false
    while index < characters.count {
      let character = characters[index]
      if isSpace(character) {
        mayTakeColon = false
        index += 1
      } else if character == UInt8(ascii: ":") {
        guard mayTakeColon else { throw HexError(index: index, reason: .misplacedColon) }
        (colon, mayTakeColon) = (index, false)
        index += 1
      } else {
        bytes.append(try byte(in: characters, at: index))
        (colon, mayTakeColon) = (nil, true)
        index += 2
      }
    }
    if let colon { throw HexError(index: colon, reason: .misplacedColon) }
    return bytes
  }

  private static func byte(in characters: [UInt8], at index: Int) throws(HexError) -> UInt8 {
    guard let upper = digit(characters[index]) else { throw HexError(index: index, reason: .notHexadecimal) }
    guard index + 1 < characters.count else { throw HexError(index: index, reason: .halfByte) }
    let next = characters[index + 1]
    if let lower = digit(next) { return upper << 4 | lower }
    let isSeparator = isSpace(next) || next == UInt8(ascii: ":")
    throw isSeparator
      ? HexError(index: index, reason: .halfByte) : HexError(index: index + 1, reason: .notHexadecimal)
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func isSpace(_ character: UInt8) -> Bool {
    character == UInt8(ascii: " ") || (0x09...0x0D).contains(character)
  }
}
