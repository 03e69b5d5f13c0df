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
    let values = attributes.map { " \($0.0)=\"\(Self.escaped(DocumentText.escape($0.1)))\"" }.joined()
    if !text.isEmpty {
      let content = text.map(Self.escaped).joined(separator: "\n")
      return ["<\(name)\(values)>\(content)</\(name)>"]
    }
    guard !children.isEmpty else { return ["<\(name)\(values)/>"] }
    return ["<\(name)\(values)>"] + indented(children.flatMap(\.lines), by: 2) + ["</\(name)>"]
  }

  private static func escaped(_ text: String) -> String {
    DocumentText.replacing(in: text, ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"])
  }
}
