// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A file that is there whole or not at all: it gets its name when all of it is written.
struct OutputFile {
  private let parts: [FilePart]
  private let isSynced: Bool

  private static let process = getpid()

  /// Takes what the file is to hold, and whether the disk must have it before it gets its name.
  init(_ parts: [FilePart], isSynced: Bool) {
    self.parts = parts
    self.isSynced = isSynced
  }

  /// Takes the bytes that the file is to hold, and whether the disk must have it before it gets its name.
  init(_ bytes: [UInt8], isSynced: Bool) {
    self.init([.bytes(bytes)], isSynced: isSynced)
  }

  /// Writes the file in a folder, in place of what has its name.
  func write(to name: String, in folder: borrowing Descriptor) throws(SystemError) {
    let draft = ".\(name.prefix(200)).\(Self.process).part"
    do throws(SystemError) {
      if try writeUnnamed(draft, name, in: folder) { return }
    } catch  where error.errno == .notSupported {
      try writeNamed(draft, name, in: folder)
    }
    do throws(SystemError) {
      try systemCall("renameat(\(name))") { renameat(folder.rawValue, draft, folder.rawValue, name) }
    } catch {
      unlinkat(folder.rawValue, draft, 0)
      throw error
    }
  }

  /// Writes it as a file that has no name until it is whole (`O_TMPFILE`): the kernel drops it if this process dies.
  ///
  /// - Returns: whether it has its name; its draft's where another file has that one.
  private func writeUnnamed(
    _ draft: String, _ name: String, in folder: borrowing Descriptor
  ) throws(SystemError) -> Bool {
    let flags = clinux_O_TMPFILE | O_WRONLY | O_CLOEXEC
    let file = Descriptor(
      owning: try systemCall("openat(\(name))") { openat(folder.rawValue, ".", flags, NewFile.mode) })
    try fill(file, name)
    let unnamed = "/proc/self/fd/\(file.rawValue)"
    if linkat(AT_FDCWD, unnamed, folder.rawValue, name, AT_SYMLINK_FOLLOW) == 0 { return true }
    // One of this process's number that is there already is of a process that has died.
    unlinkat(folder.rawValue, draft, 0)
    try systemCall("linkat(\(name))") {
      linkat(AT_FDCWD, unnamed, folder.rawValue, draft, AT_SYMLINK_FOLLOW)
    }
    return false
  }

  /// Writes it under its draft's name: for file systems that have no unnamed files.
  func writeNamed(_ draft: String, _ name: String, in folder: borrowing Descriptor) throws(SystemError) {
    let flags = O_CREAT | O_TRUNC | O_NOFOLLOW | O_WRONLY | O_CLOEXEC
    let file = Descriptor(
      owning: try systemCall("openat(\(name))") { openat(folder.rawValue, draft, flags, NewFile.mode) })
    do throws(SystemError) {
      try fill(file, name)
    } catch {
      unlinkat(folder.rawValue, draft, 0)
      throw error
    }
  }

  private func fill(_ file: borrowing Descriptor, _ name: String) throws(SystemError) {
    try file.writeAll(parts, to: name)
    if isSynced { try systemCall("fsync(\(name))") { fsync(file.rawValue) } }
  }
}

extension Descriptor {
  /// Writes every byte, however many calls that takes.
  func writeAll(_ bytes: [UInt8], to name: String) throws(SystemError) {
    try writeAll(bytes[...], to: name)
  }

  /// Writes every byte, however many calls that takes.
  func writeAll(_ bytes: ArraySlice<UInt8>, to name: String) throws(SystemError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = try systemCall("write(\(name))") {
        rest.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(count)
    }
  }
}
