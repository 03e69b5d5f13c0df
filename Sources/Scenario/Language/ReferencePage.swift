// SPDX-License-Identifier: Apache-2.0

import Wire

/// The language as a page for people.
public enum LanguageReference {
  /// The page as Markdown, with headers of these protocols: a table for each object, the whole file's first.
  public static func markdown(_ protocols: Protocols = .all) -> String {
    let files = [
      ObjectType<Scenario>.scenario(with: protocols.transports).shape,
      ObjectType<Configuration>.configuration.shape,
    ]
    let sections = files.map { ObjectIndex(below: $0) }.flatMap { index in
      index.names.map { section(of: index.objects(named: $0)) }
    }
    return ([introduction] + sections).joined(separator: "\n\n") + "\n"
  }

  private static let introduction = """
    # The scenario language

    A scenario file is a [Scenario](#scenario), a network file a [Network](#network), and the file `twohost.json5` beside
    scenarios a [Configuration](#configuration), all in JSON5. A key that is not listed here is an error.

    Where a scenario has a `matrix` or `variables`, `"${name}"` may stand for any value, and within a text for a part of
    it. A whole number in place of a text stands for its decimal digits: `["--port", 7777]`.

    This page is what `twohost schema --reference` prints.
    """

  /// An object's section; `variants` are what it holds in the several places where it stands.
  private static func section(of variants: [ObjectShape]) -> String {
    guard let object = variants.first else { return "" }
    let rows = object.keys.map { row(of: $0, among: variants) }
    let table = ["| key | value | meaning |", "| --- | --- | --- |"] + rows
    let phrase = object.phrase.prefix(1).uppercased() + object.phrase.dropFirst()
    return ["## \(object.name)", phrase + ".", table.joined(separator: "\n"), choice(of: object)]
      .compactMap { $0 }.joined(separator: "\n\n")
  }

  private static func row(of key: KeyShape, among variants: [ObjectShape]) -> String {
    let phrases = Set(variants.flatMap(\.keys).filter { $0.name == key.name }.map(\.phrase))
    let phrase = phrases.count == 1 ? key.phrase : "a value like that of the key that it stands for"
    let links = key.shape.objects.map { "[\($0.name)](#\($0.name.lowercased()))" }
    let value = links.isEmpty ? phrase : "\(phrase): \(links.joined(separator: ", "))"
    let name = "`\(key.name)`" + (key.isRequired ? " (required\(exemption(of: key)))" : "")
    return "| \([name, value, key.meaning].map(escape).joined(separator: " | ")) |"
  }

  private static func exemption(of key: KeyShape) -> String {
    guard let exemption = key.exemption else { return "" }
    let keys = exemption.keys.map { "`\($0)`" }.joined(separator: " and ")
    return " unless \(keys) have `\(exemption.member)`"
  }

  private static func choice(of object: ObjectShape) -> String? {
    guard !object.alternatives.isEmpty else { return object.needsKey ? "It has at least one key." : nil }
    let groups = object.alternatives.map { keys in keys.map { "`\($0)`" }.joined(separator: " and/or ") }
    let needs = object.needs.sorted { $0.key < $1.key }.map { " `\($0.key)` needs `\($0.value)`." }
    return "It has exactly one of \(groups.joined(separator: ", "))." + needs.joined()
  }

  /// A text as a cell of a table.
  private static func escape(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
