// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A folder that files are written below, and nowhere else, whatever links others have put there (openat(2)).
public struct OutputFolder: ~Copyable, Sendable {
  let descriptor: Descriptor

  /// Of folders that are made: whoever the umask lets may do anything in them (umask(2)).
  private static let mode: mode_t = 0o777

  /// Opens a folder, which is made with those around it where it is missing.
  ///
  /// - Throws: `ELOOP` or `ENOTDIR` where a link or a file stands in its place, unless links are to be followed, and
  ///   the errors of mkdir(2) and open(2).
  public init(_ path: String, followsLink: Bool = false) throws(SystemError) {
    descriptor = try SudoCaller.withRights { () throws(SystemError) in
      try Self.make(path)
      return try Descriptor.open(path, O_DIRECTORY | (followsLink ? 0 : O_NOFOLLOW))
    }
  }

  init(_ descriptor: consuming Descriptor) {
    self.descriptor = descriptor
  }

  /// Why files cannot be written below a path; nil where nothing is known to be in their way.
  public static func obstacle(at path: String) -> String? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return nil
    case S_IFLNK: return "it is a symbolic link, and links are not followed"
    default: return "it is not a folder"
    }
  }

  /// Writes a file below this folder, in folders of these names: it is there whole or not at all.
  ///
  /// Who may read it is as the umask says; under sudo, it is the caller's. A file of that name is replaced.
  ///
  /// - Throws: `ELOOP` or `ENOTDIR` where a link or a file stands in a folder's place, and the errors of mkdirat(2),
  ///   openat(2), write(2), fsync(2), linkat(2) and renameat(2).
  public func write(
    _ bytes: [UInt8], to name: String, in folders: [String] = []
  ) throws(SystemError) {
    try SudoCaller.withRights { () throws(SystemError) in
      try write(OutputFile(bytes, isSynced: false), to: name, in: folders[...])
    }
  }

  /// What a file in this folder holds, up to so many bytes; nil where there is none, or something else.
  ///
  /// - Throws: the other errors of openat(2), and those of read(2).
  public func read(_ name: String, atMost most: Int) throws(SystemError) -> [UInt8]? {
    let number: Int32
    do throws(SystemError) {
      let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
      number = try systemCall("openat(\(name))") { openat(descriptor.rawValue, name, flags) }
    } catch  where [.noEntry, .isLink].contains(error.errno) {
      return nil
    }
    let file = Descriptor(owning: number)
    var status = stat()
    try systemCall("fstat(\(name))") { fstat(file.rawValue, &status) }
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes = [UInt8](repeating: 0, count: min(most, Int(status.st_size)))
    let count = try systemCall("read(\(name))") { Glibc.read(file.rawValue, &bytes, bytes.count) }
    return Array(bytes.prefix(count))
  }

  private func write(
    _ file: OutputFile, to name: String, in folders: ArraySlice<String>
  ) throws(SystemError) {
    guard let first = folders.first else { return try file.write(to: name, in: descriptor) }
    try folder(first).write(file, to: name, in: folders.dropFirst())
  }

  /// The folder of a name in this one, made where it is missing.
  private func folder(_ name: String) throws(SystemError) -> OutputFolder {
    if mkdirat(descriptor.rawValue, name, Self.mode) < 0, errno != EEXIST {
      throw SystemError("mkdirat(\(name))", Errno(rawValue: errno))
    }
    return try open(name)
  }

  /// The folder of a name in this one.
  func open(_ name: String) throws(SystemError) -> OutputFolder {
    let flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let opened = try systemCall("openat(\(name))") { openat(descriptor.rawValue, name, flags) }
    return OutputFolder(Descriptor(owning: opened))
  }

  /// Makes a folder with those around it, as far as they are missing.
  static func make(_ path: String) throws(SystemError) {
    var partial = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      partial += "/\(part)"
      if mkdir(partial, mode) < 0, errno != EEXIST {
        throw SystemError("mkdir(\(partial))", Errno(rawValue: errno))
      }
    }
  }
}
