// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The standard input of a program, to which is typed without ever waiting for it.
struct ProgramInput: ~Copyable {
  private var pipe: Descriptor?
  private var programs: Descriptor?
  private var waiting: [UInt8] = []
  private var isLast = false
  /// Whether the program has closed it and not read all that was typed.
  private(set) var isRefused = false

  /// Makes a pipe and types what there is to begin with: the program has not started yet, and cannot refuse it.
  init(typing bytes: [UInt8], isLast: Bool) throws(SystemError) {
    let both = try ProgramPipe(.toProgram)
    pipe = .some(both.ours)
    programs = .some(both.theirs)
    try type(bytes)
    if isLast { try close() }
  }

  /// The program's end, for its start.
  var theirs: Int32 { programs.number ?? -1 }

  /// Leaves the program's end to the program.
  mutating func closeTheirs() { programs = nil }

  /// The descriptor by which waiting for something to read ends when the program closes its end; nil where it is over.
  var closing: Int32? { pipe.number }

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

  /// Writes what the pipe has room for, and sees whether the program reads it still.
  mutating func write() throws(SystemError) {
    if !waiting.isEmpty, let count = try pipe?.writePipe(waiting[...]) {
      waiting.removeFirst(count)
    } else if !waiting.isEmpty {
      isRefused = true
      waiting = []
    }
    if try pipe?.hasReader() == false {
      let isUnread = try pipe?.holdsBytes() ?? false
      isRefused = isRefused || isUnread || !waiting.isEmpty
      waiting = []
      pipe = nil
    }
    if isLast && waiting.isEmpty { pipe = nil }
  }
}

extension Descriptor {
  /// Whether anybody has the other end of a pipe that this is the writers' end of (pipe(7), `POLLERR`).
  fileprivate func hasReader() throws(SystemError) -> Bool {
    var entry = pollfd(fd: rawValue, events: 0, revents: 0)
    try systemCall("poll") { poll(&entry, 1, 0) }
    return entry.revents & Int16(POLLERR) == 0
  }

  /// Whether a pipe holds something that nobody has read (`FIONREAD`).
  fileprivate func holdsBytes() throws(SystemError) -> Bool {
    var count: Int32 = 0
    try systemCall("ioctl(FIONREAD)") { ioctl(rawValue, UInt(FIONREAD), &count) }
    return count > 0
  }
}
