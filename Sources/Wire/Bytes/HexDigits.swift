// SPDX-License-Identifier: Apache-2.0

extension FixedWidthInteger {
  /// All its hexadecimal digits in lower case, leading zeros included.
  var hex: String { hex(digits: Self.bitWidth / 4) }

  /// Its hexadecimal digits in lower case, with leading zeros up to at least `digits`.
  func hex(digits: Int) -> String {
    var rest = magnitude
    var reversed: [UInt8] = []
    while rest != 0 || reversed.count < digits {
      reversed.append(HexDump.hexDigit(UInt8(truncatingIfNeeded: rest) & 0xF))
      rest >>= 4
    }
    return String(decoding: reversed.reversed(), as: UTF8.self)
  }
}
