// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Files that are there whole or not at all.
public enum OutputFile {
  private static let ownerOnly: mode_t = 0o600

  /// Writes a file and then gives it its name, so that a process that dies leaves no half of one behind.
  ///
  /// Missing folders are made. The file is its owner's alone to read (mode 0600); under sudo, the caller's.
  ///
  /// - Throws: the errors of mkdir(2), open(2), write(2), linkat(2) and rename(2).
  public static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().joined(separator: "/")
    if !folder.isEmpty { try makeFolder(folder) }
    do throws(SystemError) {
      try writeUnnamed(bytes, to: path, in: folder.isEmpty ? "." : folder)
    } catch  where error.errno == .notSupported {
      try writeBeside(bytes, to: path)
    }
  }

  /// Writes a file that has no name until it is whole (`O_TMPFILE`): the kernel drops it if this process dies.
  private static func writeUnnamed(
    _ bytes: [UInt8], to path: String, in folder: String
  ) throws(SystemError) {
    let file = try Descriptor.open(folder, clinux_O_TMPFILE | O_WRONLY, mode: ownerOnly)
    try write(bytes, to: file, path)
    if unlink(path) != 0, errno != ENOENT { throw SystemError("unlink(\(path))", Errno(rawValue: errno)) }
    try systemCall("linkat(\(path))") {
      linkat(AT_FDCWD, "/proc/self/fd/\(file.rawValue)", AT_FDCWD, path, AT_SYMLINK_FOLLOW)
    }
  }

  /// Writes a file under another name and renames it: for file systems that have no unnamed files.
  static func writeBeside(_ bytes: [UInt8], to path: String) throws(SystemError) {
    let draft = "\(path).\(getpid()).part"
    let file = try Descriptor.open(draft, O_CREAT | O_EXCL | O_WRONLY, mode: ownerOnly)
    do throws(SystemError) {
      try write(bytes, to: file, draft)
      try systemCall("rename(\(path))") { rename(draft, path) }
    } catch {
      unlink(draft)
      throw error
    }
  }

  private static func write(
    _ bytes: [UInt8], to file: borrowing Descriptor, _ path: String
  ) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try systemCall("write(\(path))") {
        rest.withUnsafeBytes { Glibc.write(file.rawValue, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(count)
    }
    if let caller = SudoCaller.ofThisProcess {
      try systemCall("fchown(\(path))") { fchown(file.rawValue, caller.user, caller.group) }
    }
  }

  private static func makeFolder(_ path: String) throws(SystemError) {
    var partial = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      partial += "/\(part)"
      if mkdir(partial, 0o755) == 0 {
        guard let caller = SudoCaller.ofThisProcess else { continue }
        try systemCall("lchown(\(partial))") { lchown(partial, caller.user, caller.group) }
      } else if errno != EEXIST {
        throw SystemError("mkdir(\(partial))", Errno(rawValue: errno))
      }
    }
  }
}

/// Who called sudo, to whom the files of a run belong (sudo(8), `SUDO_UID`).
struct SudoCaller {
  let user: uid_t
  let group: gid_t

  static let ofThisProcess: SudoCaller? = {
    guard getuid() == 0, let user = number("SUDO_UID"), let group = number("SUDO_GID") else { return nil }
    return SudoCaller(user: user, group: group)
  }()

  private static func number(_ variable: String) -> UInt32? {
    getenv(variable).flatMap { UInt32(String(cString: $0)) }
  }
}
