// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario

/// Notices when a file is saved that scenarios are made of, also while they are run.
public struct SaveWatch: ~Copyable {
  /// What was saved, and not taken into account yet.
  public struct Saves: Sendable {
    fileprivate var paths: Set<String>
    fileprivate var isOfAll: Bool

    /// Everything: what has not been run at all.
    public static let everything = Saves(paths: [], isOfAll: true)

    /// Nothing.
    public static let nothing = Saves(paths: [], isOfAll: false)

    /// These, and others.
    public mutating func add(_ others: Saves) {
      paths.formUnion(others.paths)
      isOfAll = isOfAll || others.isOfAll
    }

    /// The names of the files, in their order.
    public var names: [String] {
      paths.compactMap { $0.split(separator: "/").last.map(String.init) }.sorted()
    }
  }

  private var folders: FolderWatch
  private let stop: StopRequest
  private var watched: Watched
  private var known: Set<String> = []

  /// A file that is saved in several steps is whole when nothing more has happened for so long.
  private static let quiet = Duration.milliseconds(30)
  private static let longestUnrest = Duration.seconds(1)

  /// Watches nothing yet, until a stop is asked for; what is written below the folder of artifacts is passed over.
  ///
  /// - Throws: the errors of inotify_init1(2).
  public init(stop: StopRequest, artifacts: String) throws(SystemError) {
    folders = try FolderWatch()
    self.stop = stop
    watched = Watched(artifacts: FilePlaces.all(of: artifacts))
  }

  /// How many files are watched.
  public var count: Int { watched.files.places.count { Executable.File($0, in: "").isThere } }

  /// Watches what a library is made of, of which only some cases are selected, and files by which all of them go.
  ///
  /// - Returns: whether it is what is on the disk; else it is to be read again, since something may have been saved in
  ///   folders that were not watched by then.
  /// - Throws: the errors of inotify_add_watch(2).
  public mutating func watch(_ library: ScenarioLibrary, selected: [ScenarioCase], settings: Set<String>)
    throws(SystemError) -> Bool
  {
    watched.isRight = library.isRight
    // What a wrong file was made of stays known until it is right again.
    if library.isRight { watched.files = CaseFiles(selected) }
    watched.settings = Set(settings.flatMap(FilePlaces.all))
    var isNew = false
    let watched = watched
    for folder in library.folders.union(watched.places.map(FilePlaces.folder))
    where !watched.isOfArtifacts(folder) {
      if try folders.add(folder) { isNew = true }
    }
    return !isNew
  }

  /// Of the selected cases those that saves touch, those included that were not there before.
  public mutating func touched(by saves: Saves, of selected: [ScenarioCase]) -> [ScenarioCase] {
    let ids = Set(selected.lazy.map(\.id))
    defer { known = ids }
    if saves.isOfAll || !saves.paths.isDisjoint(with: watched.settings) { return selected }
    let touched = Set(watched.files.cases(madeOf: saves.paths).map(\.id)).union(ids.subtracting(known))
    return selected.filter { touched.contains($0.id) }
  }

  /// Awaits that something is saved that matters, or may do so.
  ///
  /// - Returns: nil where a stop was asked for.
  /// - Throws: the errors of ppoll(2) and read(2).
  public mutating func next() throws(SystemError) -> Saves? {
    while true {
      _ = try Readiness.wait(toRead: [folders.rawDescriptor, stop.rawDescriptor])
      if stop.isMade { return nil }
      let saves = try all()
      if saves.isOfAll || !saves.paths.isEmpty { return saves }
    }
  }

  /// Takes what happens until nothing does for a while.
  private mutating func all() throws(SystemError) -> Saves {
    var saves = Saves.nothing
    let end = Deadline(after: Self.longestUnrest)
    let watched = watched
    var isQuiet = false
    while !isQuiet, !end.hasPassed {
      let changes = try folders.changes()
      saves.isOfAll = saves.isOfAll || changes.isMoreThanKnown
      saves.paths.formUnion(changes.files.filter { watched.matters($0) })
      saves.paths.formUnion(changes.folders.filter { watched.isOfScenarios($0) })
      let patience = Deadline(after: min(Self.quiet, end.remaining))
      isQuiet = try !Readiness.wait(toRead: [folders.rawDescriptor], until: patience)
    }
    return saves
  }
}

/// What is watched, and what of it matters.
private struct Watched {
  var files = CaseFiles([])
  var isRight = false
  var settings: Set<String> = []
  /// The folder of artifacts, and where it leads as a link.
  let artifacts: Set<String>

  var places: Set<String> { files.places.union(settings) }

  func matters(_ file: String) -> Bool {
    // While something is wrong, nobody knows what will set it right.
    files.places.contains(file) || settings.contains(file)
      || isOfScenarios(file) && (!isRight || file.hasSuffix(".json5"))
  }

  func isOfScenarios(_ path: String) -> Bool {
    path.split(separator: "/").last?.hasPrefix(".") == false && !isOfArtifacts(path)
  }

  func isOfArtifacts(_ path: String) -> Bool {
    artifacts.contains { path == $0 || path.hasPrefix($0 + "/") }
  }
}
