// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Glibc
import Testing

/// A process that was started by posix_spawn(3).
///
/// Foundation's Process crashed in some runs of all tests, which open many descriptors in many threads.
final class Child: @unchecked Sendable {
  let processIdentifier: pid_t
  private let ended = DispatchSemaphore(value: 0)
  private let lock = NSLock()
  private var waitStatus: Int32?

  private static let starting = NSLock()

  /// Starts a program that `env` finds on the PATH, with its input from a pipe and its outputs in files.
  ///
  /// - Parameter input: set to the end of the pipe that is written to.
  init(
    _ arguments: [String], environment: [String: String], in folder: String?, output: String, errors: String,
    input: inout FileHandle?
  ) throws {
    let variables = environment.map { "\($0.key)=\($0.value)" }
    // A pipe that another child had too would never end.
    let (number, writing) = try Self.starting.withLock { () throws -> (pid_t, Int32) in
      var ends: [Int32] = [0, 0]
      try #require(pipe(&ends) == 0)
      defer { close(ends[0]) }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      let streams = (input: ends[0], output: output, errors: errors)
      let place = folder.map { ["-C", $0] } ?? []
      return (try Self.spawn(["env"] + place + arguments, variables, streams), ends[1])
    }
    input = FileHandle(fileDescriptor: writing, closeOnDealloc: true)
    processIdentifier = number
    Foundation.Thread.detachNewThread { [self] in
      var status: Int32 = 0
      while waitpid(number, &status, 0) < 0 && errno == EINTR {}
      lock.withLock { waitStatus = status }
      ended.signal()
    }
  }

  /// Whether it has not ended yet.
  var isRunning: Bool { lock.withLock { waitStatus == nil } }

  /// Awaits its end for so many seconds; the exit status, or 128 and the number of the signal that ended it.
  func awaitEnd(seconds: Double) -> Int32? {
    guard ended.wait(timeout: .now() + seconds) == .success else { return nil }
    let status = lock.withLock { waitStatus } ?? 0
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f)
  }

  private static func spawn(
    _ arguments: [String], _ variables: [String],
    _ streams: (input: Int32, output: String, errors: String)
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, streams.input, STDIN_FILENO)
    for (number, path) in [(STDOUT_FILENO, streams.output), (STDERR_FILENO, streams.errors)] {
      posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    let argumentPointers = arguments.map { strdup($0) } + [nil]
    let variablePointers = variables.map { strdup($0) } + [nil]
    defer { for pointer in argumentPointers + variablePointers { free(pointer) } }
    var number: pid_t = 0
    let error = posix_spawn(&number, "/usr/bin/env", &actions, nil, argumentPointers, variablePointers)
    try #require(error == 0, "posix_spawn: \(String(cString: strerror(error)))")
    return number
  }
}
