// SPDX-License-Identifier: Apache-2.0

import Linux
import Synchronization

/// The folder of what cases leave, opened once, when the first one leaves something.
final class Artifacts: Sendable {
  private final class OpenFolder: Sendable {
    let folder: OutputFolder
    init(_ folder: consuming OutputFolder) { self.folder = folder }
  }

  private let path: String
  private let opened = Mutex<OpenFolder?>(nil)

  /// Names the folder.
  init(in path: String) {
    self.path = path
  }

  /// Writes a file below the folder, as `OutputFolder` does; a folder that was removed meanwhile is made again.
  func write(_ bytes: [UInt8], to name: String, in folders: [String]) throws(SystemError) {
    do throws(SystemError) {
      try open().folder.write(bytes, to: name, in: folders)
    } catch  where error.errno == .noEntry {
      try open(anew: true).folder.write(bytes, to: name, in: folders)
    }
  }

  private func open(anew: Bool = false) throws(SystemError) -> OpenFolder {
    try opened.withLock { known throws(SystemError) in
      let folder = if let known, !anew { known } else { OpenFolder(try OutputFolder(path)) }
      known = folder
      return folder
    }
  }
}
