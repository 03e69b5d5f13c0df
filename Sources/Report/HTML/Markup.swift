// SPDX-License-Identifier: Apache-2.0

import Scenario

/// A piece of an HTML document, in which foreign text cannot act: what a literal says stands as it is, and every text
/// that is put into one is escaped, for an element's text and for a quoted attribute alike.
struct Markup: ExpressibleByStringInterpolation, Sendable {
  /// The document's text.
  let text: String

  init(stringLiteral value: String) { text = value }

  init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

  static let none: Markup = ""

  static func + (left: Markup, right: Markup) -> Markup { [left, right].joined() }

  /// What a literal is made of.
  struct Interpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: String) { text += literal }

    mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

    /// Our own text, such as a script, that stands as it is.
    mutating func appendInterpolation(raw text: String) { self.text += text }

    mutating func appendInterpolation(_ number: Int) { text += String(number) }

    /// A text that nobody vouches for: what it is not to do to a page it is not to do to a terminal either.
    mutating func appendInterpolation(_ foreign: String) { text += Markup.escaped(foreign) }
  }

  /// The text with what means something in a document written out, and what must not be printed as well.
  private static func escaped(_ text: String) -> String {
    DocumentText.replacing(
      in: DocumentText.escape(text),
      ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;", "`": "&#96;"])
  }

  /// Foreign text on a line of others: letters that are read from right to left leave those around it where they are.
  static func isolated(_ foreign: String) -> Markup { "<bdi>\(foreign)</bdi>" }

  /// Lines of foreign text, each isolated.
  static func lines(_ foreign: [String]) -> Markup {
    foreign.map(isolated).joined(separator: "\n")
  }
}

extension [Markup] {
  /// The pieces one behind the other.
  func joined(separator: Markup = .none) -> Markup {
    var text = ""
    for (index, piece) in enumerated() { text += (index > 0 ? separator.text : "") + piece.text }
    return Markup(stringLiteral: text)
  }
}
