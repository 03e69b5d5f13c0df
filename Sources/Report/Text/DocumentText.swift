// SPDX-License-Identifier: Apache-2.0

import Scenario

/// Foreign text for documents: without the characters that YAML and XML 1.0 refuse, and with others in place of those
/// that mean something there.
enum DocumentText {
  /// The text with what is not to be printed written out, and what is no character as well.
  static func escape(_ text: String) -> String {
    replacing(in: Printable.escape(text), ["\u{fffe}": "\\u{fffe}", "\u{ffff}": "\\u{ffff}"])
  }

  /// Lines that are made to be printed already, without what is no character.
  static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { escape(String($0)) }
  }

  /// The text with others in place of some code points.
  ///
  /// Comparing characters would not do: a combining mark behind a `<` makes another character of it, and formats
  /// read the `<` all the same.
  static func replacing(in text: String, _ replacements: [Unicode.Scalar: String]) -> String {
    guard text.unicodeScalars.contains(where: { replacements[$0] != nil }) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      if let replacement = replacements[scalar] {
        result += replacement
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
}
