// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The files that scenarios name, each read once: what was checked is what is sent, whatever becomes of the file.
final class NamedFiles: Sendable {
  private let contents = Mutex<[String: [UInt8]]>([:])
  private let sought = Mutex<Set<String>>([])

  /// How many bytes all of them have that were read.
  var bytes: Int { contents.withLock { $0.values.reduce(0) { $0 + $1.count } } }

  /// The paths of all that were looked for, also of those that are not there.
  var paths: Set<String> { sought.withLock { $0 } }

  /// The bytes of a file below a folder.
  ///
  /// - Throws: when there is no such file, it lies elsewhere, or it is longer than `limit` bytes.
  func read(_ path: String, below folder: String, atMost limit: Int) throws(FileProblem) -> [UInt8] {
    let name = "\(folder)/\(path)"
    sought.withLock { _ = $0.insert(name) }
    if let known = contents.withLock({ $0[name] }) { return known }
    let bytes = try FileReader.read(path, below: folder, atMost: limit)
    contents.withLock { $0[name] = bytes }
    return bytes
  }
}
