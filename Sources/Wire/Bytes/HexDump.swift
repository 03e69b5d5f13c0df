// SPDX-License-Identifier: Apache-2.0

/// Bytes as hexadecimal text, and back.
public enum HexDump {
  private static let bytesPerLine = 16

  /// A classic dump, 16 bytes a line: offset, hexadecimal pairs, and the printable ASCII characters.
  ///
  /// Each run of `marking`, which are positions in `bytes`, stands in brackets. With a `limit`, only that many
  /// bytes are shown, and a last line says how many more there are.
  public static func lines(
    _ bytes: [UInt8], marking: Set<Int> = [], limit: Int? = nil
  ) -> [String] {
    let shown = min(bytes.count, max(0, limit ?? bytes.count))
    var lines = stride(from: 0, to: shown, by: bytesPerLine).map { begin in
      line(bytes, begin..<min(begin + bytesPerLine, shown), marking)
    }
    if shown < bytes.count {
      let more = bytes.count - shown
      lines.append("\(shown.hex(digits: 4))  ... \(more) more \(more == 1 ? "byte" : "bytes")")
    }
    return lines
  }

  /// Two lower-case digits a byte, without spaces.
  public static func hexString(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { $0.hex }.joined()
  }

  private static func line(_ bytes: [UInt8], _ range: Range<Int>, _ marking: Set<Int>) -> String {
    var line = range.lowerBound.hex(digits: 4) + " "
    var previousIsMarked = false
    for position in range {
      let isMarked = marking.contains(position)
      line += separator(previousIsMarked, isMarked) + bytes[position].hex
      previousIsMarked = isMarked
    }
    line += separator(previousIsMarked, false)
    line += String(repeating: " ", count: (bytesPerLine - range.count) * 3 + 2)
    return line + String(decoding: bytes[range].map(printable), as: UTF8.self)
  }

  /// What stands between two bytes, of which either may be marked.
  private static func separator(_ left: Bool, _ right: Bool) -> String {
    switch (left, right) {
    case (false, true): "["
    case (true, false): "]"
    default: " "
    }
  }

  private static func printable(_ byte: UInt8) -> UInt8 {
    (0x20...0x7E).contains(byte) ? byte : UInt8(ascii: ".")
  }
}
