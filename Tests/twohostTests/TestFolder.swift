// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A folder for one test's files, gone with its last user.
final class TestFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/twohost-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file, in folders that are made where they are missing.
  func write(_ text: String, to name: String) throws {
    let file = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    // No program that another test starts just now inherits it: what is open for writing cannot be run.
    let descriptor = open(file.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    try #require(descriptor >= 0, "\(file.path): \(String(cString: strerror(errno)))")
    try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: Data(text.utf8))
  }

  /// Copies a file or a folder, in folders that are made where they are missing.
  func copy(_ source: String, to name: String) throws {
    let place = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Program.copy(source, to: place.path)
  }

  /// What a file holds, or nothing.
  func read(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data(), as: UTF8.self)
  }

  /// The files below this folder, by their paths in it.
  var files: [String] {
    let all = try? FileManager.default.subpathsOfDirectory(atPath: path)
    #expect(all != nil, "\(path) cannot be read")
    return (all ?? []).filter { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }
}
