// SPDX-License-Identifier: Apache-2.0

/// The standard input of a program, to which is typed without ever waiting for it.
struct ProgramInput: ~Copyable {
  private var pipe: Descriptor?
  private var waiting: [UInt8] = []
  private var isLast = false
  /// Whether the program has closed it.
  private(set) var isRefused = false

  init(_ pipe: consuming Descriptor) {
    self.pipe = consume pipe
  }

  /// The descriptor to wait on until it can be written to; nil where nothing waits to be written.
  var descriptor: Int32? { waiting.isEmpty ? nil : pipe.number }

  /// Types bytes; those that the pipe has no room for wait for the next `write`.
  mutating func type(_ bytes: [UInt8]) throws(SystemError) {
    waiting += bytes
    try write()
  }

  /// Lets the program read the end of the file when it has read what was typed.
  mutating func close() throws(SystemError) {
    isLast = true
    try write()
  }

  /// Writes what the pipe has room for.
  mutating func write() throws(SystemError) {
    if !waiting.isEmpty, let count = try pipe?.writePipe(waiting[...]) {
      waiting.removeFirst(count)
    } else if !waiting.isEmpty {
      isRefused = true
      waiting = []
    }
    if isRefused || (isLast && waiting.isEmpty) { pipe = nil }
  }
}
