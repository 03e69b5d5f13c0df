// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A report on the disk, which takes the place of an earlier one only when it is whole.
public enum ReportFile {
  /// Writes a report whose path leads where its user says, links included; the disk has it when this returns.
  ///
  /// What is no regular file, such as a pipe, is written to as it is.
  ///
  /// - Throws: the errors of mkdir(2), openat(2), write(2), fsync(2), linkat(2) and renameat(2).
  public static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
    guard !isSpecial(path) else {
      try Descriptor.open(path, O_WRONLY).writeAll(bytes, to: path)
      return
    }
    let (folder, name) = split(path)
    try OutputFolder(folder, followsLink: true).write(bytes, to: name, isSynced: true)
  }

  /// The folder of a path, and the name in there.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }

  /// Whether something stands at a path that is no regular file, and no folder.
  static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }
}
