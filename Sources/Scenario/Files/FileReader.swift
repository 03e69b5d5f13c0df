// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads files that people wrote, whole and within the size that a scenario may have.
enum FileReader {
  /// Reads a regular file; of one that is too long, only as much as shows that it is.
  ///
  /// - Throws: when there is no such file, it may not be read, or it is a folder, a pipe or a device.
  static func read(_ path: String) throws(FileProblem) -> SourceFile {
    guard kind(of: path) == .file else { throw problem(with: path) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileProblem(path: path, reason: reason(errno)) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= JSON5Reader.maximumBytes {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileProblem(path: path, reason: reason(errno)) }
      if count == 0 { break }
      bytes += chunk.prefix(count)
    }
    return SourceFile(path: path, bytes: bytes)
  }

  /// What stands at a path, links followed.
  enum Kind {
    case file
    case folder
    case other
    case nothing
  }

  static func kind(of path: String) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { return .nothing }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }

  /// Why a path cannot be read as a file.
  static func problem(with path: String) -> FileProblem {
    switch kind(of: path) {
    case .nothing: FileProblem(path: path, reason: reason(errno))
    case .folder: FileProblem(path: path, reason: "this is a folder, not a file")
    case .other, .file: FileProblem(path: path, reason: "this is no regular file")
    }
  }

  private static func reason(_ error: Int32) -> String {
    switch error {
    case ENOENT: "there is no such file or folder"
    case EACCES: "it may not be read by this user"
    default: String(cString: strerror(error))
    }
  }
}
