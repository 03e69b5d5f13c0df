// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A line on standard error that says how things stand until something happens: a terminal loses it then, and anything else
/// keeps it.
struct StateLine {
  private let isErasable = isatty(STDERR_FILENO) == 1 && Console.variable("TERM") ?? "dumb" != "dumb"

  /// As many characters as a line has that nobody sees.
  private static let unseenWidth = 1000

  /// Writes a line of at most so many characters.
  func show(_ text: (Int) -> String) {
    let width = isErasable ? Console.width(of: STDERR_FILENO) - 1 : Self.unseenWidth
    Console.explain(text(width), isWhole: !isErasable)
  }

  /// Takes it away.
  func erase() {
    if isErasable { Console.explain(Console.eraseLine, isWhole: false) }
  }
}
