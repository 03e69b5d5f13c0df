// SPDX-License-Identifier: Apache-2.0

import Scenario

/// Words for a command line that a person can copy.
enum ShellWord {
  private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=:@%,")

  /// The text as one word of a POSIX shell, with nothing in it that a terminal would act on.
  static func quote(_ text: String) -> String {
    let shown = Printable.escape(text)
    guard !shown.isEmpty, shown.allSatisfy(plain.contains) else {
      let parts = shown.split(separator: "'", omittingEmptySubsequences: false)
      return "'" + parts.joined(separator: #"'\''"#) + "'"
    }
    return shown
  }
}
