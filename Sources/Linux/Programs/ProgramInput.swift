// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The standard input of a program, to which is typed without ever waiting for it.
///
/// Its pipe has room for one page, so that it can be written to, as far as poll(2) tells, only when all was read.
struct ProgramInput: ~Copyable {
  private var pipe: Descriptor?
  private var programs: Descriptor?
  private var waiting: ArraySlice<UInt8> = []
  private var isLast = false

  /// How many bytes were typed that the program had not read when it closed its end, or has not read yet.
  private(set) var unread = 0
  /// Whether the program has closed it and not read all that was typed.
  private(set) var isRefused = false

  private static let page: Int32 = 4096

  /// Makes a pipe and types what there is to begin with: the program has not started yet, and cannot refuse it.
  init(typing bytes: [UInt8], isLast: Bool) throws(SystemError) {
    let both = try ProgramPipe(.toProgram)
    try systemCall("fcntl(F_SETPIPE_SZ)") { fcntl(both.ours.rawValue, clinux_F_SETPIPE_SZ, Self.page) }
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

  /// The descriptor to wait on until it can be written to; nil where there is nothing to do then.
  var descriptor: Int32? { waiting.isEmpty && !isLast ? nil : pipe.number }

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
    if !waiting.isEmpty, let count = try pipe?.writePipe(waiting) { waiting = waiting.dropFirst(count) }
    // In this order: what nobody can read any more stays in the pipe, and what somebody can may have been read by now.
    guard let hasReader = try pipe?.hasReader(), let held = try pipe?.heldBytes() else {
      return refuseWaiting()
    }
    unread = held + waiting.count
    if !hasReader {
      isRefused = unread > 0
      waiting = []
      pipe = nil
    } else if isLast && unread == 0 {
      pipe = nil
    }
  }

  /// What is typed to a program that has closed its end before cannot be read.
  private mutating func refuseWaiting() {
    guard !waiting.isEmpty else { return }
    unread += waiting.count
    isRefused = true
    waiting = []
  }
}

extension Descriptor {
  /// Whether anybody has the other end of a pipe that this is the writers' end of (pipe(7), `POLLERR`).
  fileprivate func hasReader() throws(SystemError) -> Bool {
    var entry = pollfd(fd: rawValue, events: 0, revents: 0)
    try systemCall("poll") { poll(&entry, 1, 0) }
    return entry.revents & Int16(POLLERR) == 0
  }

  /// How many bytes a pipe holds that nobody has read (`FIONREAD`).
  fileprivate func heldBytes() throws(SystemError) -> Int {
    var count: Int32 = 0
    try systemCall("ioctl(FIONREAD)") { ioctl(rawValue, UInt(FIONREAD), &count) }
    return Int(count)
  }
}
