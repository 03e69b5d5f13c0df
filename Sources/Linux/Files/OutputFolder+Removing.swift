// SPDX-License-Identifier: Apache-2.0

import Glibc

extension OutputFolder {
  /// Opens a folder that is there; nil where there is none, or something else.
  ///
  /// - Throws: the other errors of open(2).
  public static func existing(_ path: String) throws(SystemError) -> OutputFolder? {
    try ifThere { () throws(SystemError) in
      OutputFolder(try Descriptor.open(path, O_DIRECTORY | O_NOFOLLOW))
    }
  }

  /// Opens a folder that is there in this one; nil where there is none, or something else.
  ///
  /// - Throws: the other errors of openat(2).
  public func existing(_ name: String) throws(SystemError) -> OutputFolder? {
    try Self.ifThere { () throws(SystemError) in try open(name) }
  }

  private static func ifThere(
    _ open: () throws(SystemError) -> OutputFolder
  ) throws(SystemError) -> OutputFolder? {
    do throws(SystemError) {
      return try open()
    } catch  where [.noEntry, .isLink, .isNoFolder].contains(error.errno) {
      return nil
    }
  }

  /// The names of what is in this folder.
  ///
  /// - Throws: the errors of openat(2).
  public func names() throws(SystemError) -> [String] {
    // A descriptor of its own, which the stream takes and closes.
    let copy = try systemCall("openat(.)") { openat(descriptor.rawValue, ".", O_DIRECTORY | O_CLOEXEC) }
    return fdopendir(copy).map(FolderStream.names) ?? []
  }

  /// Removes a file or a link from this folder; a folder of that name stays, and is no error.
  ///
  /// - Throws: the other errors of unlinkat(2).
  public func remove(_ name: String) throws(SystemError) {
    try unlink(name, 0, passing: [.noEntry, .isFolder])
  }

  /// Removes a folder from this one if nothing is in it.
  ///
  /// - Throws: the other errors of unlinkat(2).
  public func removeIfEmpty(_ name: String) throws(SystemError) {
    try unlink(name, AT_REMOVEDIR, passing: [.noEntry, .isNotEmpty, .isNoFolder])
  }

  private func unlink(_ name: String, _ flags: Int32, passing harmless: [Errno]) throws(SystemError) {
    do throws(SystemError) {
      try systemCall("unlinkat(\(name))") { unlinkat(descriptor.rawValue, name, flags) }
    } catch  where harmless.contains(error.errno) {}
  }
}

/// A folder that is read (readdir(3)).
enum FolderStream {
  /// The names in it, with those of the folder itself and the one around it; it is closed.
  static func names(in stream: OpaquePointer) -> [String] {
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }
}

extension Errno {
  static let isLink = Errno(rawValue: ELOOP)
  fileprivate static let isNoFolder = Errno(rawValue: ENOTDIR)
  fileprivate static let isFolder = Errno(rawValue: EISDIR)
  fileprivate static let isNotEmpty = Errno(rawValue: ENOTEMPTY)
}
