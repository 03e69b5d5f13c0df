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

  /// The place that a line of a dump begins with: four digits, or more where it needs more.
  public static func offset(_ place: Int) -> String { place.hex(digits: 4) }

  /// Two lower-case digits a byte, without spaces.
  public static func hexString(_ bytes: some Sequence<UInt8>) -> String {
    hexString(bytes, separator: nil)
  }

  /// Two lower-case digits a byte, and between two bytes a character of ASCII, where one is given.
  static func hexString(_ bytes: some Sequence<UInt8>, separator: UInt8?) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(3 * bytes.underestimatedCount)
    for byte in bytes {
      if let separator, !digits.isEmpty { digits.append(separator) }
      digits.append(hexDigit(byte >> 4))
      digits.append(hexDigit(byte & 0xF))
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The digit of a number below 16, in lower case.
  static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static func line(_ bytes: [UInt8], _ range: Range<Int>, _ marking: Set<Int>) -> String {
    var line: [UInt8] = []
    line.reserveCapacity(8 + 4 * bytesPerLine)
    if range.lowerBound > 0xFFFF { line += (range.lowerBound >> 16).hex(digits: 1).utf8 }
    for shift in [12, 8, 4, 0] { line.append(hexDigit(UInt8(range.lowerBound >> shift & 0xF))) }
    line.append(UInt8(ascii: " "))
    var previousIsMarked = false
    for position in range {
      let isMarked = !marking.isEmpty && marking.contains(position)
      line.append(separator(previousIsMarked, isMarked))
      line.append(hexDigit(bytes[position] >> 4))
      line.append(hexDigit(bytes[position] & 0xF))
      previousIsMarked = isMarked
    }
    line.append(separator(previousIsMarked, false))
    line += repeatElement(UInt8(ascii: " "), count: (bytesPerLine - range.count) * 3 + 2)
    for position in range { line.append(printable(bytes[position])) }
    return String(decoding: line, as: UTF8.self)
  }

  /// What stands between two bytes, of which either may be marked.
  private static func separator(_ left: Bool, _ right: Bool) -> UInt8 {
    switch (left, right) {
    case (false, true): UInt8(ascii: "[")
    case (true, false): UInt8(ascii: "]")
    default: UInt8(ascii: " ")
    }
  }

  private static func printable(_ byte: UInt8) -> UInt8 {
    (0x20...0x7E).contains(byte) ? byte : UInt8(ascii: ".")
  }
}
