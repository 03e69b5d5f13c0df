// SPDX-License-Identifier: Apache-2.0

/// What the program calls itself.
enum Version {
  /// What `--version` prints, written whole: it takes longer to put together than to print.
  static let line = "twohost 0.1.0\n"
  static let text = String(line.dropLast())
  static let number = String(text.dropFirst("twohost ".count))
}
