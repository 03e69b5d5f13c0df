// SPDX-License-Identifier: Apache-2.0

/// An element of an XML 1.0 document: with elements in it, or with text.
struct XMLElement {
  private let name: String
  private let attributes: [(String, String)]
  private let children: [XMLElement]
  private let text: [String]

  /// Makes an element of attributes and children.
  init(_ name: String, _ attributes: [(String, String)], _ children: [XMLElement] = []) {
    self.name = name
    self.attributes = attributes
    self.children = children
    text = []
  }

  /// Makes an element of attributes and lines of text, which are made to be printed.
  init(_ name: String, _ attributes: [(String, String)], text: [String]) {
    self.name = name
    self.attributes = attributes
    children = []
    self.text = text
  }

  /// The element in lines; text is never indented, because it would not be the same text.
  var lines: [String] {
    if !text.isEmpty {
      let content = text.map(Self.escaped).joined(separator: "\n")
      return ["<\(words)>\(content)\(end)"]
    }
    guard !children.isEmpty else { return ["<\(words)/>"] }
    return [begin] + indented(children.flatMap(\.lines), by: 2) + [end]
  }

  /// The tag with which it begins, where there is something in it.
  var begin: String { "<\(words)>" }

  /// The tag with which it ends.
  var end: String { "</\(name)>" }

  /// The element in lines, which stands within so many others.
  func text(within depth: Int) -> String { Self.text(lines, within: depth) }

  /// Lines within so many elements.
  static func text(_ lines: [String], within depth: Int) -> String {
    indented(lines, by: 2 * depth).map { $0 + "\n" }.joined()
  }

  private var words: String {
    name + attributes.map { " \($0.0)=\"\(Self.escaped(DocumentText.escape($0.1)))\"" }.joined()
  }

  private static func escaped(_ text: String) -> String {
    DocumentText.replacing(in: text, ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"])
  }
}
