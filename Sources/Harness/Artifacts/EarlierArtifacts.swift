// SPDX-License-Identifier: Apache-2.0

import Linux

/// What earlier runs left of some cases: nobody is to take it for what the next run leaves.
public struct EarlierArtifacts {
  /// Folders by their names, and in them those of cases and of files.
  fileprivate struct Tree {
    var folders: [String: Tree] = [:]
    var cases: Set<String> = []
    var files: Set<String> = []
  }

  private let folder: String
  private var tree = Tree()

  /// Looks for what cases left below a folder, repetitions and attempts included.
  ///
  /// - Parameters:
  ///   - cases: the ids of cases.
  ///   - files: the ids of files of which every case is meant.
  public init(of cases: some Sequence<String>, files: some Sequence<String> = [], in folder: String) {
    self.folder = folder
    for id in cases { Self.add(id, to: &tree, \.cases) }
    for id in files { Self.add(id, to: &tree, \.files) }
  }

  private static func add(_ id: String, to tree: inout Tree, _ kind: WritableKeyPath<Tree, Set<String>>) {
    let folders = ArtifactName.folders(of: id)
    guard let name = folders.last else { return }
    add(name, to: &tree, kind, in: folders.dropLast())
  }

  private static func add(
    _ name: String, to tree: inout Tree, _ kind: WritableKeyPath<Tree, Set<String>>,
    in folders: ArraySlice<String>
  ) {
    guard let first = folders.first else {
      tree[keyPath: kind].insert(name)
      return
    }
    add(name, to: &tree.folders[first, default: Tree()], kind, in: folders.dropFirst())
  }

  /// Removes it, and the folders that are empty then; what anybody else has put there stays.
  ///
  /// - Throws: the errors of openat(2), getdents(2) and unlinkat(2).
  public func remove() throws(SystemError) {
    try SudoCaller.withRights { () throws(SystemError) in
      guard let top = try OutputFolder.existing(folder) else { return }
      try remove(tree, in: top)
    }
  }

  private func remove(_ tree: Tree, in folder: borrowing OutputFolder) throws(SystemError) {
    for (name, inner) in tree.folders {
      guard let found = try folder.existing(name) else { continue }
      try remove(inner, in: found)
      try folder.removeIfEmpty(name)
    }
    guard !tree.cases.isEmpty || !tree.files.isEmpty else { return }
    for name in try folder.names() where tree.isMeant(name) {
      guard let found = try folder.existing(name) else { continue }
      try removeFiles(in: found)
      try folder.removeIfEmpty(name)
    }
  }

  /// Removes what a case left in its folder.
  private func removeFiles(in folder: borrowing OutputFolder) throws(SystemError) {
    for name in try folder.names() {
      if ArtifactName.isFile(name) {
        try folder.remove(name)
      } else if ArtifactName.isAttempt(name), let attempt = try folder.existing(name) {
        for name in try attempt.names() where ArtifactName.isFile(name) { try attempt.remove(name) }
        try folder.removeIfEmpty(name)
      }
    }
  }
}

extension EarlierArtifacts.Tree {
  /// Whether this is the folder of a case that is meant.
  fileprivate func isMeant(_ name: String) -> Bool {
    let name = ArtifactName.withoutRepetition(name)
    return cases.contains(name) || files.contains(ArtifactName.withoutMatrix(name))
  }
}
