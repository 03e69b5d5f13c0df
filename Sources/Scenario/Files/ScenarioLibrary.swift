// SPDX-License-Identifier: Apache-2.0

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

  /// The ids of the files that are wrong or cannot be read.
  public private(set) var wrongFiles: [String] = []

  private var searchedFolders: Set<String> = []
  private var namedPaths: Set<String> = []

  /// The folders that it was read from, by their paths without links: where one changes, so may the library.
  public var folders: Set<String> {
    searchedFolders.union(namedPaths.flatMap(FilePlaces.all).map(FilePlaces.folder))
  }

  /// The scenarios of all cases.
  public var scenarios: [Scenario] { cases.map(\.scenario) }

  /// Whether every file is right.
  public var isRight: Bool { diagnostics.isEmpty && problems.isEmpty }

  /// Reads the files, and those in the folders and all below them, with networks found in `networks` first, and with
  /// the values of `settings` for variables of those names.
  ///
  /// Folders named `netns` hold networks, and hidden ones are left alone. Once it is given up nothing more is read, and
  /// what was read is not all.
  public init(
    paths: [String], networks: String? = nil, settings: [VariableSetting] = [],
    isGivenUp: @escaping () -> Bool = { false }
  ) {
    self.init(
      paths: paths, networks: networks, settings: settings, mostBytes: Self.mostBytes, isGivenUp: isGivenUp)
  }

  /// As many bytes as all files may have together, those included that they name: they are held until the last case was
  /// played, a scenario file in about ten times as much memory.
  private static let mostBytes = 64 << 20

  init(
    paths: [String], networks: String? = nil, settings: [VariableSetting] = [], mostBytes: Int,
    isGivenUp: @escaping () -> Bool = { false }
  ) {
    if let networks, let problem = FileReader.problem(withFolder: networks) { problems.append(problem) }
    var reader = ScenarioReader(networks: networks, settings: settings)
    let entries = find(in: paths, isGivenUp)
    for entry in entries {
      guard !isGivenUp(), reader.bytes <= mostBytes else { break }
      fileCount += 1
      let known = cases.count
      defer { if cases.count == known { wrongFiles.append(entry.id) } }
      do throws(FileProblem) {
        let file = try FileReader.read(entry.path, isGivenUp: isGivenUp)
        if isGivenUp() { break }
        let read = reader.read(file, id: entry.id, networksAround: SourceFile.folder(of: entry.place))
        try Self.check(reader.bytes, atMost: mostBytes, upTo: entry, number: fileCount, of: entries.count)
        cases += read
      } catch {
        problems.append(error)
      }
    }
    diagnostics = reader.allDiagnostics
    namedPaths = reader.namedPaths
  }

  /// Checks how many bytes all files have up to one of them.
  private static func check(
    _ bytes: Int, atMost most: Int, upTo entry: FileSearch.Entry, number: Int, of count: Int
  ) throws(FileProblem) {
    guard bytes > most else { return }
    throw FileProblem(
      path: entry.path,
      reason:
        "with it the first \(number) of \(count) files and those that they name have \(bytes) bytes, but"
        + " the limit for all is \(most)")
  }

  // MARK: - Finding the files

  /// The files in the order of their ids, each once; two that would share an id go by their whole paths.
  private mutating func find(in paths: [String], _ isGivenUp: @escaping () -> Bool) -> [FileSearch.Entry] {
    var search = FileSearch(isGivenUp: isGivenUp)
    for path in paths {
      if path == FileReader.standardInput {
        search.addStandardInput()
        continue
      }
      switch FileReader.kind(of: path) {
      case .folder: search.add(folder: path)
      case .file where Configuration.isPlace(path):
        problems.append(
          FileProblem(
            path: path,
            reason: "this sets defaults for options and is not a"
              + " scenario"))
      case .file: search.add(file: path)
      case .link, .other, .nothing:
        problems.append(FileReader.problem(with: path))
        search.addFolder(around: path)
      }
    }
    problems += search.problems
    searchedFolders = search.folders
    var seen: Set<[UInt8]> = []
    var entries = search.entries.filter { seen.insert(Array($0.place.utf8)).inserted }
    Self.tellApart(&entries)
    return entries.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
  }

  /// Gives each entry an id of its own: first by its whole path, and where even those agree, by a number.
  ///
  /// An id names a folder of artifacts too, so that it never leads up or to the root.
  private static func tellApart(_ entries: inout [FileSearch.Entry]) {
    let counts = Dictionary(entries.map { ($0.id, 1) }, uniquingKeysWith: +)
    for index in entries.indices where counts[entries[index].id, default: 1] > 1 {
      let parts = entries[index].path.split(separator: "/").filter { $0 != "." && $0 != ".." }
      entries[index].id = FileID.id(of: parts.joined(separator: "/"))
    }
    var taken = Set(entries.lazy.map(\.id))
    var given: [String: Int] = [:]
    for index in entries.indices {
      let id = entries[index].id
      var count = given[id, default: 0] + 1
      if count > 1 {
        while !taken.insert("\(id)-\(count)").inserted { count += 1 }
        entries[index].id = "\(id)-\(count)"
      }
      given[id] = count
    }
  }
}
