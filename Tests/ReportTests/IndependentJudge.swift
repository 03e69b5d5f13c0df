// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A program that reads one of our formats, as a judge of what we write.
struct IndependentJudge {
  /// The program's exit status.
  let status: Int32
  /// What it printed, its errors as well.
  let output: String

  /// Lets a shell's command read a text from the file `$1`.
  init(_ command: String, of text: String) throws {
    let folder = FileManager.default.temporaryDirectory
    let file = folder.appending(path: "twohost-judge-\(UUID().uuidString)")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let quoted = command.replacingOccurrences(of: "'", with: #"'\''"#)
    guard let stream = popen("sh -c '\(quoted)' sh \(file.path) 2>&1", "r") else {
      throw POSIXError(.init(rawValue: errno) ?? .EIO)
    }
    var printed: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 {
      printed += buffer.prefix(count)
    }
    status = pclose(stream) >> 8 & 0xff
    output = String(decoding: printed, as: UTF8.self)
  }

  /// Lets a script of Python's read a text from the file `sys.argv[1]`.
  init(python script: String, of text: String) throws {
    let quoted = script.replacingOccurrences(of: "'", with: #"'\''"#)
    try self.init("exec python3 -c '\(quoted)' \"$1\"", of: text)
  }
}
