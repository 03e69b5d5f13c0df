// SPDX-License-Identifier: Apache-2.0

import Foundation

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
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command, "sh", file.path]
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let printed = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    status = process.terminationStatus
    output = String(decoding: printed, as: UTF8.self)
  }

  /// Lets a script of Python's read a text from the file `sys.argv[1]`.
  init(python script: String, of text: String) throws {
    let quoted = script.replacingOccurrences(of: "'", with: #"'\''"#)
    try self.init("exec python3 -c '\(quoted)' \"$1\"", of: text)
  }
}
