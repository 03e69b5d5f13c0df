// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A folder for one test's files.
struct TemporaryFolder {
  private let folder: URL

  /// Makes one that nobody else has.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "twohost-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// The folder's path.
  var path: String { folder.path }

  /// Writes a file, in folders that are made where they are missing.
  ///
  /// - Returns: its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// Removes the folder and all in it.
  func remove() {
    try? FileManager.default.removeItem(at: folder)
  }
}
