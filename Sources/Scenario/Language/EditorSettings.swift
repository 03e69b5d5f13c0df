// SPDX-License-Identifier: Apache-2.0

/// Files by which editors know the language.
public enum EditorSettings {
  /// A file that is to be written: its path from the project's folder on, and what it holds.
  public typealias File = (path: String, text: String)

  /// The file in which Visual Studio Code has the settings of a project.
  public static let path = ".vscode/settings.json"

  /// For Visual Studio Code with the extension better-json5: which schema goes for which files, and the schemas.
  ///
  /// - Parameter path: the path of a scenario, whose outermost folder has all of them; where it has none, they lie beside
  ///   the settings' folder.
  public static func visualStudioCode(scenarios path: String) -> [File] {
    let parts = path.split(separator: "/").filter { $0 != "." }
    let isInFolder = path.contains("/") && !path.hasPrefix("/") && parts.first != ".."
    let pattern = isInFolder ? "\(parts.first ?? "")/**/*.json5" : "*.json5"
    let schemas: [(name: String, patterns: [String], text: String)] = [
      ("scenario", [pattern, "!**/netns/*", "!**/\(Configuration.fileName)"], LanguageSchema.scenario()),
      ("network", ["**/netns/*.json5"], LanguageSchema.network()),
      ("configuration", ["**/\(Configuration.fileName)"], LanguageSchema.configuration()),
    ]
    let place = { (name: String) in ".vscode/twohost/\(name).schema.json" }
    let mappings = schemas.map { schema in
      JSONTree.object([
        "fileMatch": .array(schema.patterns.map(JSONTree.string)), "url": .string("./" + place(schema.name)),
      ])
    }
    let settings = JSONTree.object(["json5.schemas": .array(mappings)]).text
    return [(Self.path, settings)] + schemas.map { (place($0.name), $0.text) }
  }
}
