// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file that grows line by line under the name `FILE.part`, so that what was written can be read after a crash, and
/// takes the place of `FILE` at its end.
public struct GrowingFile: ~Copyable {
  private let file: Descriptor
  private let path: String
  private let part: String?

  /// Begins the file, in a folder that is made where it is missing; that of an earlier run goes, and so does what a run
  /// that has died has written of it.
  ///
  /// What is no regular file, such as a pipe, is written to as it is.
  ///
  /// - Throws: `EWOULDBLOCK` where another process writes it at this moment, and the errors of mkdir(2), open(2) and unlink(2).
  public init(_ path: String) throws(SystemError) {
    self = try SudoCaller.withRights { () throws(SystemError) -> GrowingFile in
      if let stream = try ReportFile.openStream(path) { return GrowingFile(stream, path: path, part: nil) }
      let target = ReportFile.target(of: path)
      _ = try OutputFolder(ReportFile.split(target).folder, followsLink: true)
      let name = Self.part(of: target)
      let opened = try Self.openAlone(name)
      try systemCall("ftruncate(\(name))") { ftruncate(opened.rawValue, 0) }
      try ReportFile.removeFile(target)
      return GrowingFile(opened, path: target, part: name)
    }
  }

  /// The file's name until its end.
  static func part(of path: String) -> String { "\(path).part" }

  private init(_ file: consuming Descriptor, path: String, part: String?) {
    self.file = file
    self.path = path
    self.part = part
  }

  deinit {
    // A child that has just been made has a copy of the descriptor, and with it the lock, until it runs its program
    // (flock(2)): the next who writes the file does not wait for that.
    if part != nil { flock(file.rawValue, LOCK_UN) }
  }

  /// Opens a file that nobody else writes at this moment.
  private static func openAlone(_ name: String) throws(SystemError) -> Descriptor {
    // A pipe that somebody has put there would keep this waiting for its reader.
    let opened = try Descriptor.open(name, O_CREAT | O_WRONLY | O_NOFOLLOW | O_NONBLOCK, mode: NewFile.mode)
    try systemCall("flock(\(name))") { flock(opened.rawValue, LOCK_EX | LOCK_NB) }
    // Who wrote it may have given it its last name between the two calls: it is whole then, and not to be cut.
    var (ours, there) = (stat(), stat())
    try systemCall("fstat(\(name))") { fstat(opened.rawValue, &ours) }
    guard ours.st_mode & S_IFMT == S_IFREG else {
      throw SystemError("open(\(name))", .alreadyThere, detail: "it is not a regular file")
    }
    guard lstat(name, &there) == 0, ours.st_ino == there.st_ino, ours.st_dev == there.st_dev else {
      throw SystemError("flock(\(name))", .wouldBlock)
    }
    return opened
  }

  /// Writes more of it, which can be read from now on.
  ///
  /// - Throws: the errors of write(2), of which `ENOSPC` says that the disk is full.
  public func append(_ bytes: [UInt8]) throws(SystemError) {
    try file.writeAll(bytes, to: part ?? path)
  }

  /// Gives it up before anything was written: there is no file then.
  ///
  /// - Throws: the errors of unlink(2).
  public consuming func discard() throws(SystemError) {
    guard let part else { return }
    try SudoCaller.withRights { () throws(SystemError) in try ReportFile.removeFile(part) }
  }

  /// Gives it its name, with all of it on the disk.
  ///
  /// - Throws: the errors of fsync(2) and rename(2).
  public consuming func finish() throws(SystemError) {
    guard let part else { return }
    try systemCall("fsync(\(part))") { fsync(file.rawValue) }
    _ = try SudoCaller.withRights { () throws(SystemError) in
      try systemCall("rename(\(path))") { rename(part, path) }
    }
  }
}
