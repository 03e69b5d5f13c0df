// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files of /proc, whose size nobody knows before they are read (proc(5)).
enum ProcFile {
  private static let chunkBytes = 16_384
  private static let halfPageBytes = 2048

  /// All that a file holds now.
  ///
  /// - Throws: the errors of open(2) and pread(2), where /proc is not mounted for example.
  static func read(_ path: String) throws(SystemError) -> [UInt8] {
    try read(Descriptor.open(path, O_RDONLY), path)
  }

  /// All that a file that was opened before holds now.
  ///
  /// - Throws: the errors of pread(2).
  static func read(_ file: borrowing Descriptor, _ path: String) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = try chunk(of: file, from: bytes.count, path)
      if more.isEmpty { return bytes }
      if bytes.isEmpty { bytes = more } else { bytes += more }
    }
  }

  /// All that a table holds now which the kernel prints in one piece, where it has room for all of it.
  ///
  /// To ask whether there is more would make it print all again.
  ///
  /// - Throws: the errors of pread(2).
  static func readAtOnce(_ file: borrowing Descriptor, _ path: String) throws(SystemError) -> [UInt8] {
    let bytes = try chunk(of: file, from: 0, path)
    return bytes.count < chunkBytes ? bytes : try read(file, path)
  }

  /// All that a table holds now which the kernel prints line by line, where it is short.
  ///
  /// The kernel fills a page before it leaves lines for another call: less than half of one is all.
  ///
  /// - Throws: the errors of pread(2).
  static func readLines(_ file: borrowing Descriptor, _ path: String) throws(SystemError) -> [UInt8] {
    let bytes = try chunk(of: file, from: 0, path)
    return bytes.count < halfPageBytes ? bytes : try read(file, path)
  }

  private static func chunk(
    of file: borrowing Descriptor, from start: Int, _ path: String
  ) throws(SystemError) -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: chunkBytes) { chunk, count throws(SystemError) in
      count = try systemCall("pread(\(path))") {
        pread(file.rawValue, chunk.baseAddress, chunk.count, off_t(start))
      }
    }
  }

  /// The names in a folder; none where it cannot be read.
  static func names(in path: String) -> [String] {
    opendir(path).map(FolderStream.names) ?? []
  }

  /// All that a file holds now, as text.
  ///
  /// - Throws: as `read` does.
  static func text(_ path: String) throws(SystemError) -> String {
    String(decoding: try read(path), as: UTF8.self)
  }
}
