// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Bytes of a report that are put aside until it is known what stands before them: a file without a name, which the
/// kernel drops when this process ends.
public final class SpoolFile: Sendable {
  private let file: Descriptor
  private let path: String

  /// Begins the file on the disk where a report goes, in a folder that is made where it is missing; for a report that is
  /// no regular file, such as a pipe, where temporary files are.
  ///
  /// - Throws: the errors of mkdir(2) and openat(2).
  public init(for path: String) throws(SystemError) {
    self.path = path
    file = try SudoCaller.withRights { () throws(SystemError) in
      let place =
        ReportFile.isStream(path) ? Self.temporary : ReportFile.split(ReportFile.target(of: path)).folder
      return try Self.open(in: try OutputFolder(place, followsLink: true).descriptor, path)
    }
  }

  private static var temporary: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

  private static func open(
    in folder: borrowing Descriptor, _ path: String
  ) throws(SystemError) -> Descriptor {
    let flags = clinux_O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC
    do throws(SystemError) {
      return Descriptor(
        owning: try systemCall("openat(\(path))") { openat(folder.rawValue, ".", flags, 0o600 as mode_t) })
    } catch  where error.errno == .notSupported {
      return try openNamed(in: folder, path)
    }
  }

  /// For file systems that have no unnamed files: it loses its name at once.
  static func openNamed(in folder: borrowing Descriptor, _ path: String) throws(SystemError) -> Descriptor {
    let name = ".\(ReportFile.split(path).name.prefix(200)).\(getpid()).\(UInt32.random(in: .min ... .max))"
    let flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC
    let file = Descriptor(
      owning: try systemCall("openat(\(path))") { openat(folder.rawValue, name, flags, 0o600 as mode_t) })
    try systemCall("unlinkat(\(path))") { unlinkat(folder.rawValue, name, 0) }
    return file
  }

  /// Puts more bytes behind those that are there.
  ///
  /// - Throws: the errors of write(2), of which `ENOSPC` says that the disk is full.
  public func append(_ bytes: [UInt8]) throws(SystemError) {
    try file.writeAll(bytes, to: path)
  }

  /// How many bytes are copied at once.
  private static let step = 1 << 16

  /// Writes those of a range of places, as far as they are there, to a file.
  func copy(_ range: Range<Int>, to other: borrowing Descriptor, _ name: String) throws(SystemError) {
    var buffer = [UInt8](repeating: 0, count: min(Self.step, range.count))
    var offset = range.lowerBound
    while offset < range.upperBound {
      let wanted = min(buffer.count, range.upperBound - offset)
      let count = try systemCall("pread(\(path))") {
        buffer.withUnsafeMutableBytes { pread(file.rawValue, $0.baseAddress, wanted, off_t(offset)) }
      }
      guard count > 0 else { return }
      try other.writeAll(buffer[..<count], to: name)
      offset += count
    }
  }
}

/// A part of a file that is written in one go.
public enum FilePart: Sendable {
  /// What is in memory.
  case bytes([UInt8])
  /// What was put aside.
  case spooled(SpoolFile)
  /// What was put aside in a range of places, from 0.
  case part(of: SpoolFile, Range<Int>)
}

extension Descriptor {
  /// Writes parts one after another.
  func writeAll(_ parts: [FilePart], to name: String) throws(SystemError) {
    for part in parts {
      switch part {
      case .bytes(let bytes): try writeAll(bytes[...], to: name)
      case .spooled(let spool): try spool.copy(0..<Int.max, to: self, name)
      case .part(let spool, let range): try spool.copy(range, to: self, name)
      }
    }
  }
}
