// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A report on the disk, which takes the place of an earlier one only when it is whole.
public enum ReportFile {
  /// Writes a report where its path leads, links included; the disk has it when this returns.
  ///
  /// What is no regular file, such as a pipe, is written to as it is.
  ///
  /// - Throws: the errors of mkdir(2), openat(2), write(2), fsync(2), linkat(2) and renameat(2).
  public static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
    if let stream = try openStream(path) { return try stream.writeAll(bytes, to: path) }
    let (folder, name) = split(target(of: path))
    try OutputFolder(folder, followsLink: true).write(bytes, to: name, isSynced: true)
  }

  /// The folder of a path, and the name in there.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }

  /// Where a path leads: a file takes the place of what a link leads to, and not of the link.
  static func target(of path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Opens what stands at a path if it is no regular file and no folder, or is a descriptor of this process, such as
  /// /dev/stdout; nil for everything else.
  static func openStream(_ path: String) throws(SystemError) -> Descriptor? {
    if let number = descriptorNumber(in: path) {
      // Not opened anew: a file would be written to from its beginning on.
      return Descriptor(owning: try systemCall("dup(\(path))") { fcntl(number, F_DUPFD_CLOEXEC, 0) })
    }
    var status = stat()
    guard stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else { return nil }
    return try Descriptor.open(path, O_WRONLY)
  }

  private static func descriptorNumber(in path: String) -> Int32? {
    switch path {
    case "/dev/stdout": STDOUT_FILENO
    case "/dev/stderr": STDERR_FILENO
    default:
      ["/dev/fd/", "/proc/self/fd/"].first(where: path.hasPrefix).flatMap { Int32(path.dropFirst($0.count)) }
    }
  }
}
