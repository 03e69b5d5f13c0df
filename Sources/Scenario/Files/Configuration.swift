// SPDX-License-Identifier: Apache-2.0

/// Defaults of options, as a file beside the scenarios has them.
public struct Configuration: Sendable {
  /// What the file is called.
  public static let fileName = "twohost.json5"

  /// The values of options by the keys of the file: none for one that is but given.
  public private(set) var options: [String: [String]] = [:]
  private var paths: Set<String> = []

  /// Whether a path is that of such a file.
  static func isPlace(_ path: String) -> Bool {
    path == fileName || path.hasSuffix("/\(fileName)")
  }

  mutating func set(_ key: String, _ values: [String]?, isPath: Bool = false) {
    options[key] = values
    if isPath { paths.insert(key) }
  }

  /// Reads a file; what is wrong with it is reported, and gives nil.
  ///
  /// - Throws: where it cannot be read.
  public static func read(_ path: String, into diagnostics: inout Diagnostics) throws(FileProblem)
    -> Configuration?
  {
    var decoding = Decoding()
    defer { diagnostics.report(contentsOf: decoding.diagnostics) }
    let file = try FileReader.read(path)
    guard let node = JSON5Reader.read(file, into: &decoding.diagnostics) else { return nil }
    let type = ObjectType<Configuration>.configuration.value
    guard var configuration = type.decode(node, &decoding) else { return nil }
    for key in configuration.paths {
      configuration.options[key] = configuration.options[key]?.map { Self.path($0, in: file.folder) }
    }
    return configuration
  }

  private static func path(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") || path == "-" || folder == "." ? path : "\(folder)/\(path)"
  }

  /// Where the file of a path to scenarios may be, the nearest first: in their folder, and above it up to the working
  /// folder. Above that it could be anybody's.
  public static func places(for path: String) -> [String] {
    let named = FileReader.kind(of: path) == .folder ? path : SourceFile.folder(of: path)
    guard path != FileReader.standardInput, let folder = FileReader.realPath(named.isEmpty ? "/" : named)
    else {
      return [fileName]
    }
    let working = FileReader.realPath(".") ?? "/"
    guard folder != working else { return [fileName] }
    let root = working == "/" ? working : working + "/"
    guard folder.hasPrefix(root) else { return ["\(folder == "/" ? "" : folder)/\(fileName)"] }
    let parts = folder.dropFirst(root.count).split(separator: "/")
    return parts.indices.reversed().map { parts[...$0].joined(separator: "/") + "/\(fileName)" } + [fileName]
  }

  /// The nearest file for a path to scenarios; nil where there is none.
  public static func place(for path: String) -> String? {
    places(for: path).first { FileReader.kind(of: $0, followingLinks: false) != .nothing }
  }
}
