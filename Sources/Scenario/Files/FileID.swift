// SPDX-License-Identifier: Apache-2.0

import Wire

/// The id of a scenario file: its path without the extension, told apart from those of cases.
///
/// What stands behind an id for a case of a matrix, `x[ttl=1]`, or for a repetition, `x#2`, is written as `%` and two
/// digits where the file's own name has it: `x%5Bttl=1%5D`. So is a byte that is no part of UTF-8.
enum FileID {
  static let fileExtension = ".json5"

  /// The id of a file by its path, or by its path below a folder.
  static func id(of path: String) -> String {
    let whole =
      path.hasSuffix(fileExtension) ? Array(path.utf8.dropLast(fileExtension.utf8.count)) : Array(path.utf8)
    let name = whole.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let digits = whole.reversed().prefix(while: isDigit).count
    let id = whole.indices.flatMap { index in
      let isTaken =
        switch whole[index] {
        case UInt8(ascii: "["), UInt8(ascii: "]"): index >= name
        case UInt8(ascii: "#"): digits > 0 && index == whole.count - digits - 1
        // Else it would be taken for one of ours.
        case UInt8(ascii: "%"): whole[(index + 1)...].prefix(2).count(where: isHexDigit) == 2
        default: false
        }
      return isTaken ? escape(whole[index]) : [whole[index]]
    }
    return withoutBytes(String(decoding: id, as: UTF8.self))
  }

  private static func withoutBytes(_ id: String) -> String {
    guard id.unicodeScalars.contains(where: { PathText.byte(of: $0) != nil }) else { return id }
    let bytes = id.unicodeScalars.flatMap { PathText.byte(of: $0).map(escape) ?? Array($0.utf8) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    Array("%\(String(byte, radix: 16, uppercase: true))".utf8)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x41...0x46).contains(byte) }
}
