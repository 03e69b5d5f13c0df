// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

/// Reads files that people wrote, whole and within the size that a scenario may have.
enum FileReader {
  /// What stands for standard input in the place of a path.
  static let standardInput = "-"

  /// Reads a regular file, or standard input; of what is too long, only as much as shows that it is.
  ///
  /// - Parameter isGivenUp: asked again and again while standard input has nothing; what was read by then is all.
  /// - Throws: when there is no such file, it may not be read, or it is a folder, a pipe or a device.
  static func read(
    _ path: String, isGivenUp: () -> Bool = { false }
  ) throws(FileProblem) -> SourceFile {
    if path == standardInput { return try read(STDIN_FILENO, path, expecting: 0, isGivenUp) }
    var status = stat()
    guard PathText.withPath(path, { stat($0, &status) }) == 0, Kind(status) == .file else {
      throw problem(with: path)
    }
    let descriptor = PathText.withPath(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw FileProblem(path: path, reason: reason(errno)) }
    defer { close(descriptor) }
    return try read(descriptor, path, expecting: Int(status.st_size)) { false }
  }

  private static func read(
    _ descriptor: Int32, _ path: String, expecting size: Int, _ isGivenUp: () -> Bool
  ) throws(FileProblem) -> SourceFile {
    var bytes: [UInt8] = []
    // Files of /proc say that they have no bytes, and have some.
    var chunk = [UInt8](repeating: 0, count: min(max(size, 4096), 65_536))
    while bytes.count <= JSON5Reader.maximumBytes {
      guard canBeRead(descriptor, isGivenUp) else { break }
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileProblem(path: path, reason: reason(errno)) }
      if count == 0 { break }
      bytes += chunk.prefix(count)
    }
    return SourceFile(path: path, bytes: bytes)
  }

  /// So often somebody who waits is asked whether to go on, in milliseconds.
  private static let patience: Int32 = 200

  /// Waits until something can be read; false where that is given up.
  private static func canBeRead(_ descriptor: Int32, _ isGivenUp: () -> Bool) -> Bool {
    var awaited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&awaited, 1, patience) == 0 { if isGivenUp() { return false } }
    return true
  }

  /// Reads the bytes of a file below a folder; a path or a link that leads out of the folder is refused.
  ///
  /// - Throws: when there is no such file, it lies elsewhere, or it is longer than `limit` bytes.
  static func read(_ path: String, below folder: String, atMost limit: Int) throws(FileProblem) -> [UInt8] {
    let whole = "\(folder)/\(path)"
    guard kind(of: whole) == .file, let place = realPath(whole), let root = realPath(folder) else {
      throw FileProblem(path: path, reason: problem(with: whole).reason)
    }
    guard place.utf8.starts(with: (root == "/" ? root : root + "/").utf8) else {
      throw FileProblem(path: path, reason: "this is outside the scenario file's folder")
    }
    let bytes = try read(whole).bytes
    guard bytes.count <= limit else {
      throw FileProblem(path: path, reason: "this has more than \(limit) bytes")
    }
    return bytes
  }

  /// The path without links and dots, or nil where nothing is there (realpath(3)).
  static func realPath(_ path: String) -> String? {
    guard let resolved = PathText.withPath(path, { realpath($0, nil) }) else { return nil }
    defer { free(resolved) }
    return PathText.text(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
  }

  /// What stands at a path.
  enum Kind {
    case file
    case folder
    case link
    case other
    case nothing

    fileprivate init(_ status: stat) {
      self =
        switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
    }
  }

  /// What stands at a path; links are followed, so that none is found, unless this is asked for.
  static func kind(of path: String, followingLinks: Bool = true) -> Kind {
    var status = stat()
    let result = PathText.withPath(path) { followingLinks ? stat($0, &status) : lstat($0, &status) }
    return result == 0 ? Kind(status) : .nothing
  }

  /// Why a path cannot be read as a file.
  static func problem(with path: String) -> FileProblem {
    switch kind(of: path) {
    case .nothing: FileProblem(path: path, reason: reason(errno))
    case .folder: FileProblem(path: path, reason: "this is a folder, not a file")
    case .other, .file, .link: FileProblem(path: path, reason: "this is not a regular file")
    }
  }

  /// Why a path cannot be used as a folder; nil where it can.
  static func problem(withFolder path: String) -> FileProblem? {
    switch kind(of: path) {
    case .folder: nil
    case .nothing: FileProblem(path: path, reason: reason(errno))
    case .file, .link, .other: FileProblem(path: path, reason: "this is not a folder")
    }
  }

  /// An error of the system in words.
  static func reason(_ error: Int32) -> String {
    switch error {
    case ENOENT: "there is no such file or folder"
    case EACCES: "this user may not read it"
    default: String(cString: strerror(error))
    }
  }
}
