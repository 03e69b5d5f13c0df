// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files that a person asked for, for that person to change.
public enum NewFile {
  private static let readableByAll: mode_t = 0o644

  /// Writes a file that must not be there yet, in folders that are made where they are missing; under sudo, what
  /// is made belongs to the caller.
  ///
  /// - Throws: `EEXIST` when anything of that name is there, a link that leads nowhere included, and the other
  ///   errors of mkdir(2), open(2) and write(2); then there is no file.
  public static func write(_ text: String, to path: String) throws(SystemError) {
    try makeFolders(above: path)
    let file = try Descriptor.open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode: readableByAll)
    do throws(SystemError) {
      try write(Array(text.utf8)[...], to: file, path)
    } catch {
      unlink(path)
      throw error
    }
  }

  private static func write(
    _ bytes: ArraySlice<UInt8>, to file: borrowing Descriptor, _ path: String
  ) throws(SystemError) {
    var rest = bytes
    while !rest.isEmpty {
      rest = rest.dropFirst(
        try systemCall("write(\(path))") {
          rest.withUnsafeBytes { Glibc.write(file.rawValue, $0.baseAddress, $0.count) }
        })
    }
    guard let caller = SudoCaller.ofThisProcess else { return }
    try systemCall("fchown(\(path))") { fchown(file.rawValue, caller.user, caller.group) }
  }

  private static func makeFolders(above path: String) throws(SystemError) {
    var folder = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      guard mkdir(folder, 0o755) == 0 else {
        // Where something else than a folder is in the way, the next call says so.
        guard errno == EEXIST else { throw SystemError("mkdir(\(folder))", Errno(rawValue: errno)) }
        continue
      }
      guard let caller = SudoCaller.ofThisProcess else { continue }
      try systemCall("lchown(\(folder))") { lchown(folder, caller.user, caller.group) }
    }
  }
}

extension Errno {
  /// Something of that name is there.
  public static let alreadyThere = Errno(rawValue: EEXIST)
}
