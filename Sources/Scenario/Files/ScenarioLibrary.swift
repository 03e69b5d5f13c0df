// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// The scenarios of some files and folders, and all that is wrong with them.
public struct ScenarioLibrary: Sendable {
  /// The scenarios that are right, by id.
  public private(set) var scenarios: [Scenario] = []
  /// What is wrong in scenario and network files.
  public private(set) var diagnostics = Diagnostics()
  /// The paths that could not be read.
  public private(set) var problems: [FileProblem] = []
  /// How many scenario files there are, the wrong ones included.
  public private(set) var fileCount = 0

  /// Whether every file is right.
  public var isRight: Bool { diagnostics.isEmpty && problems.isEmpty }

  private static let fileExtension = ".json5"

  /// Reads the files, and those in the folders and all below them, with networks found in `networks` first.
  ///
  /// Folders named `netns` hold networks, and hidden ones are left alone.
  public init(paths: [String], networks: String? = nil) {
    var catalog = NetworkCatalog(folder: networks)
    for entry in find(in: paths) {
      fileCount += 1
      do throws(FileProblem) {
        let file = try FileReader.read(entry.path)
        if let scenario = read(file, id: entry.id, &catalog) { scenarios.append(scenario) }
      } catch {
        problems.append(error)
      }
    }
    diagnostics.report(contentsOf: catalog.diagnostics)
  }

  private struct Entry {
    let path: String
    var id: String
  }

  private mutating func read(_ file: SourceFile, id: String, _ catalog: inout NetworkCatalog) -> Scenario? {
    var decoding = Decoding()
    let node = JSON5Reader.read(file, into: &decoding.diagnostics)
    let decoded = node.flatMap { ObjectType<Scenario>.scenario.decodeWhatIsRight(in: $0, &decoding) }
    diagnostics.report(contentsOf: decoding.diagnostics)
    guard let node, var scenario = decoded, node.allowsChecks(despite: decoding.diagnostics),
      let network = network(of: scenario, at: node.span, &catalog)
    else { return nil }
    scenario.id = id
    if scenario.title.isEmpty { scenario.title = Self.title(of: id) }
    scenario.network = network
    let check = ScenarioCheck(scenario)
    diagnostics.report(contentsOf: check.diagnostics)
    return check.diagnostics.isEmpty && decoding.diagnostics.isEmpty ? check.scenario : nil
  }

  private mutating func network(
    of scenario: Scenario, at span: SourceSpan, _ catalog: inout NetworkCatalog
  ) -> Network? {
    if let name = scenario.networkName { return catalog.network(name, for: scenario.file) }
    let check = NetworkCheck(scenario.network, at: span)
    diagnostics.report(contentsOf: check.diagnostics)
    return check.diagnostics.isEmpty ? scenario.network : nil
  }

  private static func title(of id: String) -> String {
    let name = id.split(separator: "/").last ?? ""
    return String(name.map { $0 == "-" || $0 == "_" ? " " : $0 })
  }

  // MARK: - Finding the files

  /// The files in the order of their ids, each once; two that would share an id go by their whole paths.
  private mutating func find(in paths: [String]) -> [Entry] {
    var entries: [Entry] = []
    for path in paths {
      switch FileReader.kind(of: path) {
      case .folder: entries += files(below: path, id: "")
      case .file: entries.append(Entry(path: path, id: Self.id(of: path.split(separator: "/").last ?? "")))
      case .other, .nothing: problems.append(FileReader.problem(with: path))
      }
    }
    var seen: Set<String> = []
    entries = entries.filter { seen.insert($0.path).inserted }
    let counts = Dictionary(entries.map { ($0.id, 1) }, uniquingKeysWith: +)
    for index in entries.indices where counts[entries[index].id, default: 1] > 1 {
      entries[index].id = Self.idOfWholePath(entries[index].path)
    }
    return entries.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
  }

  private mutating func files(below folder: String, id: String) -> [Entry] {
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
      switch FileReader.kind(of: path) {
      case .folder where name != "netns" && !Self.isLink(path):
        entries += files(below: path, id: id + name + "/")
      case .folder: break
      default:
        if name.hasSuffix(Self.fileExtension) {
          entries.append(Entry(path: path, id: id + Self.id(of: name[...])))
        }
      }
    }
    return entries
  }

  private static func id(of path: Substring) -> String {
    String(path.hasSuffix(fileExtension) ? path.dropLast(fileExtension.count) : path)
  }

  /// A path as an id, which names a folder of artifacts too: it never leads up or to the root.
  private static func idOfWholePath(_ path: String) -> String {
    id(of: path.split(separator: "/").filter { $0 != "." && $0 != ".." }.joined(separator: "/")[...])
  }

  /// A linked folder could lead in a circle.
  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}

extension JSON5Node {
  /// The keys whose values may be wrong without making more errors out of what is right elsewhere.
  private static let independentKeys: Set<String> = ["title", "tags", "exchange", "timeout"]

  /// Whether a file with these errors can still be checked as a whole, so that all its errors are told at once.
  fileprivate func allowsChecks(despite diagnostics: Diagnostics) -> Bool {
    guard case .object(let members) = value else { return false }
    let harmless = members.filter { Self.independentKeys.contains($0.key) }.map(\.value.span.range)
    return diagnostics.reported.allSatisfy { error in
      harmless.contains { $0.contains(error.span.range.lowerBound) }
    }
  }
}
