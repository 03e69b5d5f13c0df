// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

/// A report on the disk, which takes the place of an earlier one only when it is whole.
public enum ReportFile {
  /// Writes a report where its path leads, links included; the disk has it when this returns.
  ///
  /// What is no regular file, such as a pipe, is written to as it is.
  ///
  /// - Throws: the errors of mkdir(2), openat(2), write(2), fsync(2), linkat(2) and renameat(2).
  public static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
    try write([.bytes(bytes)], to: path)
  }

  /// Writes a report of several parts where its path leads, as one of bytes.
  ///
  /// - Throws: the errors of mkdir(2), openat(2), pread(2), write(2), fsync(2), linkat(2) and renameat(2).
  public static func write(_ parts: [FilePart], to path: String) throws(SystemError) {
    try SudoCaller.withRights { () throws(SystemError) in
      if let stream = try openStream(path) { return try stream.writeAll(parts, to: path) }
      let (folder, name) = split(target(of: path))
      let place = try OutputFolder(folder, followsLink: true)
      try OutputFile(parts, isSynced: true).write(to: name, in: place.descriptor)
    }
  }

  /// Writes behind what a file holds already, such as the one that GitHub gives a step for its summary.
  ///
  /// - Throws: the errors of open(2) and write(2).
  public static func append(_ bytes: [UInt8], to path: String) throws(SystemError) {
    try SudoCaller.withRights { () throws(SystemError) in
      if let stream = try openStream(path) { return try stream.writeAll(bytes, to: path) }
      let file = try Descriptor.open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, mode: NewFile.mode)
      try file.writeAll(bytes, to: path)
    }
  }

  /// The folder of a path, and the name in there.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }

  /// Removes the report of an earlier run from where the path leads: nobody is to take it for this run's.
  ///
  /// - Throws: the errors of unlink(2).
  public static func removeEarlier(_ path: String) throws(SystemError) {
    try SudoCaller.withRights { () throws(SystemError) in
      if !isStream(path) { try removeFile(target(of: path)) }
    }
  }

  /// Removes a file, if there is one.
  static func removeFile(_ path: String) throws(SystemError) {
    guard unlink(path) < 0, ![ENOENT, ENOTDIR, EISDIR].contains(errno) else { return }
    throw SystemError("unlink(\(path))", Errno(rawValue: errno))
  }

  /// Where a path leads: a file takes the place of what a link leads to, and not of the link, also where nothing is
  /// there yet.
  static func target(of path: String) -> String {
    var path = path
    for _ in 0..<mostLinks {
      if let resolved = realPath(path) { return resolved }
      guard let next = link(at: path) else { break }
      path = next.hasPrefix("/") ? next : "\(split(path).folder)/\(next)"
    }
    let (folder, name) = split(path)
    guard let place = realPath(folder) else {
      let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
      return path.hasPrefix("/") ? "/\(parts)" : parts
    }
    return place == "/" ? "/\(name)" : "\(place)/\(name)"
  }

  /// As many as the kernel follows (path_resolution(7)).
  private static let mostLinks = 40

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Where a link leads; nil where there is none.
  private static func link(at path: String) -> String? {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &target, target.count)
    return count > 0 ? PathText.text(target.prefix(count).map(UInt8.init(bitPattern:))) : nil
  }

  /// Opens what stands at a path if it is no regular file and no folder, or is a descriptor of this process, such as
  /// /dev/stdout; nil for everything else.
  static func openStream(_ path: String) throws(SystemError) -> Descriptor? {
    guard isStream(path) else { return nil }
    if let number = descriptorNumber(in: path) {
      // Not opened anew: a file would be written to from its beginning on.
      return Descriptor(owning: try systemCall("dup(\(path))") { fcntl(number, F_DUPFD_CLOEXEC, 0) })
    }
    return try openAtOnce(path)
  }

  /// Whether what stands at a path is no regular file and no folder, or is a descriptor of this process.
  static func isStream(_ path: String) -> Bool {
    if descriptorNumber(in: path) != nil { return true }
    var status = stat()
    return stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
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
          throw SystemError(error.call, error.errno, detail: "nothing reads it")
        }
        poll(nil, 0, 10)
      }
    }
  }

  /// The number of the descriptor of this process that a path names.
  static func descriptorNumber(in path: String) -> Int32? {
    switch path {
    case "/dev/stdout": STDOUT_FILENO
    case "/dev/stderr": STDERR_FILENO
    default:
      ["/dev/fd/", "/proc/self/fd/"].first(where: path.hasPrefix).flatMap { Int32(path.dropFirst($0.count)) }
    }
  }
}
