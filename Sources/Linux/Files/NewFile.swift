// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files that a person asked for, for that person to change.
public enum NewFile {
  /// Whoever the umask lets may read it and write to it (umask(2)).
  static let mode: mode_t = 0o666

  /// Writes a file that must not be there yet, in folders that are made where they are missing; under sudo, what
  /// is made belongs to the caller.
  ///
  /// - Throws: `EEXIST` when anything of that name is there, a link that leads nowhere included, and the other
  ///   errors of mkdir(2), open(2) and write(2); then there is no file.
  public static func write(_ text: String, to path: String) throws(SystemError) {
    try SudoCaller.withRights { () throws(SystemError) in try writeAsCaller(text, to: path) }
  }

  private static func writeAsCaller(_ text: String, to path: String) throws(SystemError) {
    try OutputFolder.make(ReportFile.split(path).folder)
    let file = try Descriptor.open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode: mode)
    do throws(SystemError) {
      try file.writeAll(Array(text.utf8), to: path)
    } catch {
      unlink(path)
      throw error
    }
  }
}

extension Errno {
  /// Something of that name is there.
  public static let alreadyThere = Errno(rawValue: EEXIST)
}
