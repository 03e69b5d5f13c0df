// SPDX-License-Identifier: Apache-2.0

/// Colours for a terminal; they only add to what the words say.
public struct Palette: Sendable {
  private let isColoured: Bool

  /// Makes one that colours, or one that leaves all text as it is.
  public init(isColoured: Bool) {
    self.isColoured = isColoured
  }

  /// What went right.
  func good(_ text: String) -> String { wrap(text, "32") }

  /// What went wrong.
  func bad(_ text: String) -> String { wrap(text, "31") }

  /// What stands back.
  func faint(_ text: String) -> String { wrap(text, "2") }

  private func wrap(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
