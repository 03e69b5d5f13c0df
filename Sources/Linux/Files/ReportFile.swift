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
    try SudoCaller.withRights { () throws(SystemError) in
      if let stream = try openStream(path) { return try stream.writeAll(bytes, to: path) }
      let (folder, name) = split(target(of: path))
      try OutputFolder(folder, followsLink: true).write(bytes, to: name, isSynced: true)
    }
  }

  /// Writes behind what a file holds already, such as the one that GitHub gives a step for its summary.
  ///
  /// - Throws: the errors of open(2) and write(2).
  public static func append(_ bytes: [UInt8], to path: String) throws(SystemError) {
    try SudoCaller.withRights { () throws(SystemError) in
      if let stream = try openStream(path) { return try stream.writeAll(bytes, to: path) }
      let file = try Descriptor.open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, mode: 0o644)
      try file.writeAll(bytes, to: path)
    }
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
    return try openAtOnce(path)
  }

  /// How long somebody has to begin to read a pipe.
  private static let patience = Duration.seconds(2)

  /// Opens what is no regular file; it does not wait for long for somebody to read a pipe (fifo(7)).
  private static func openAtOnce(_ path: String) throws(SystemError) -> Descriptor {
    let deadline = Deadline(after: patience)
    while true {
      do throws(SystemError) {
        let opened = try Descriptor.open(path, O_WRONLY | O_NONBLOCK)
        try systemCall("fcntl(\(path))") { fcntl(opened.rawValue, F_SETFL, 0) }
        return opened
      } catch  where error.errno.rawValue == ENXIO {
        guard !deadline.hasPassed else {
          throw SystemError(error.call, error.errno, detail: "nobody reads it")
        }
        poll(nil, 0, 10)
      }
    }
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
