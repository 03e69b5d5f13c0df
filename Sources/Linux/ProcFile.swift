// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files of /proc, whose size nobody knows before they are read (proc(5)).
enum ProcFile {
  /// All that a file holds now.
  ///
  /// - Throws: the errors of open(2) and pread(2), where /proc is not mounted for example.
  static func read(_ path: String) throws(SystemError) -> [UInt8] {
    let file = try Descriptor.open(path, O_RDONLY)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = try systemCall("pread(\(path))") {
        pread(file.rawValue, &chunk, chunk.count, off_t(bytes.count))
      }
      if count == 0 { return bytes }
      bytes += chunk.prefix(count)
    }
  }

  /// All that a file holds now, as text.
  ///
  /// - Throws: as `read` does.
  static func text(_ path: String) throws(SystemError) -> String {
    String(decoding: try read(path), as: UTF8.self)
  }
}
