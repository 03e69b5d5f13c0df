// SPDX-License-Identifier: Apache-2.0

extension FixedWidthInteger {
  /// All its hexadecimal digits in lower case, leading zeros included.
  var hex: String { hex(digits: Self.bitWidth / 4) }

  /// Its hexadecimal digits in lower case, with leading zeros up to at least `digits`.
  func hex(digits: Int) -> String {
    let text = String(self, radix: 16)
    return String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
  }
}
