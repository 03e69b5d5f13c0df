// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The scenarios of some files and folders, and all that is wrong with them.
public struct ScenarioLibrary: Sendable {
  /// The cases of the files that are right, by id of the file and then in the order of its matrix.
  public private(set) var cases: [ScenarioCase] = []
  /// What is wrong in scenario and network files.
  public private(set) var diagnostics = Diagnostics()
  /// The paths that could not be read.
  public private(set) var problems: [FileProblem] = []
  /// How many scenario files there are, the wrong ones included.
  public private(set) var fileCount = 0

  /// The scenarios of all cases.
  public var scenarios: [Scenario] { cases.map(\.scenario) }

  /// Whether every file is right.
  public var isRight: Bool { diagnostics.isEmpty && problems.isEmpty }

  private static let fileExtension = ".json5"

  /// Reads the files, and those in the folders and all below them, with networks found in `networks` first, and with
  /// the values of `settings` for variables of those names.
  ///
  /// Folders named `netns` hold networks, and hidden ones are left alone.
  public init(paths: [String], networks: String? = nil, settings: [VariableSetting] = []) {
    if let networks, let problem = FileReader.problem(withFolder: networks) { problems.append(problem) }
    var reader = ScenarioReader(networks: networks, settings: settings)
    for entry in find(in: paths) {
      fileCount += 1
      do throws(FileProblem) {
        let file = try FileReader.read(entry.path)
        cases += reader.read(file, id: entry.id, networksAround: SourceFile.folder(of: entry.place))
      } catch {
        problems.append(error)
      }
    }
    diagnostics = reader.allDiagnostics
  }

  private struct Entry {
    let path: String
    var id: String
    /// The path without dots and links; the path itself where nothing is there.
    let place: String
  }

  // MARK: - Finding the files

  /// The files in the order of their ids, each once; two that would share an id go by their whole paths.
  private mutating func find(in paths: [String]) -> [Entry] {
    var entries: [Entry] = []
    for path in paths {
      switch FileReader.kind(of: path) {
      case .folder: entries += files(below: path, id: "", inside: [])
      case .file:
        let id = Self.id(of: path.split(separator: "/").last ?? "")
        entries.append(Entry(path: path, id: id, place: FileReader.realPath(path) ?? path))
      case .link, .other, .nothing: problems.append(FileReader.problem(with: path))
      }
    }
    var seen: Set<String> = []
    entries = entries.filter { seen.insert($0.place).inserted }
    Self.tellApart(&entries)
    return entries.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
  }

  /// The files below a folder, links followed but for those that lead back to a folder around them.
  private mutating func files(below folder: String, id: String, inside: Set<String>) -> [Entry] {
    guard let place = FileReader.realPath(folder), !inside.contains(place) else { return [] }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      problems.append(FileProblem(path: folder, reason: "the folder cannot be read"))
      return []
    }
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    var entries: [Entry] = []
    for name in names where !name.hasPrefix(".") {
      let path = prefix + name
      // Asking a link alone where it leads spares a system call for each folder on the way to each file.
      var kind = FileReader.kind(of: path, followingLinks: false)
      let isLink = kind == .link
      if isLink { kind = FileReader.kind(of: path) }
      switch kind {
      case .folder where name != "netns":
        entries += files(below: path, id: id + name + "/", inside: inside.union([place]))
      case .folder: break
      default:
        if name.hasSuffix(Self.fileExtension) {
          let target = isLink ? FileReader.realPath(path) ?? path : "\(place)/\(name)"
          entries.append(Entry(path: path, id: id + Self.id(of: name[...]), place: target))
        }
      }
    }
    return entries
  }

  /// Gives each entry an id of its own: first by its whole path, and where even those agree, by a number.
  ///
  /// An id names a folder of artifacts too, so that it never leads up or to the root.
  private static func tellApart(_ entries: inout [Entry]) {
    let counts = Dictionary(entries.map { ($0.id, 1) }, uniquingKeysWith: +)
    for index in entries.indices where counts[entries[index].id, default: 1] > 1 {
      let parts = entries[index].path.split(separator: "/").filter { $0 != "." && $0 != ".." }
      entries[index].id = id(of: parts.joined(separator: "/")[...])
    }
    var taken: [String: Int] = [:]
    for index in entries.indices {
      let count = taken[entries[index].id, default: 0] + 1
      taken[entries[index].id] = count
      if count > 1 { entries[index].id += "-\(count)" }
    }
  }

  private static func id(of path: Substring) -> String {
    String(path.hasSuffix(fileExtension) ? path.dropLast(fileExtension.count) : path)
  }
}
