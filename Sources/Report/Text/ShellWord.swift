// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Words for a command line that a person can copy.
enum ShellWord {
  private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=:@%,")

  /// The text as one word of a shell, with nothing in it that a terminal would act on: what has such characters is
  /// written as bash, zsh and POSIX.1-2024 have it, `$'a\nb'`.
  static func quote(_ text: String) -> String {
    guard Printable.escape(text) == text else {
      return "$'" + PathText.bytes(text).map(escaped).joined() + "'"
    }
    guard !text.isEmpty, text.allSatisfy(plain.contains) else {
      let parts = text.split(separator: "'", omittingEmptySubsequences: false)
      return "'" + parts.joined(separator: #"'\''"#) + "'"
    }
    return text
  }

  private static func escaped(_ byte: UInt8) -> String {
    let character = Character(Unicode.Scalar(byte))
    if byte < 0x7f, byte >= 0x20, !"\\'".contains(character) { return String(character) }
    let digits = String(byte, radix: 8)
    return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
  }
}
