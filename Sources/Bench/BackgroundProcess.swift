// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A program that was started, and that goes on until it is ended or let go of.
final class BackgroundProcess {
  private var process: pid_t?
  private let output: Int32

  /// So many milliseconds may pass before it says anything more.
  private static let patience: Int32 = 10_000

  /// Starts a program, and returns as soon as what it prints has this word.
  ///
  /// - Throws: when it cannot be started, or ends or goes silent before.
  init(_ words: [String], saying word: String) throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw BenchError("pipe: \(String(cString: strerror(errno)))") }
    let writeEnd = ends[1]
    output = ends[0]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, writeEnd, STDOUT_FILENO)
    for end in ends { posix_spawn_file_actions_addclose(&actions, end) }
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var started = pid_t()
    let error = posix_spawn(&started, words[0], &actions, nil, &arguments, environ)
    close(writeEnd)
    guard error == 0 else { throw BenchError("\(words[0]): \(String(cString: strerror(error)))") }
    process = started
    try awaitOutput(word, of: words)
  }

  private func awaitOutput(_ word: String, of words: [String]) throws {
    var said = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !said.contains(word) {
      var event = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let count = poll(&event, 1, Self.patience) == 1 ? read(output, &buffer, buffer.count) : 0
      guard count > 0 else {
        throw BenchError("\(words.joined(separator: " ")) does not say \"\(word)\", but \"\(said)\"")
      }
      said += String(decoding: buffer[..<count], as: UTF8.self)
    }
  }

  /// Ends it, where it has not ended by itself.
  func end() {
    guard let process else { return }
    kill(process, SIGKILL)
    while waitpid(process, nil, 0) == -1 && errno == EINTR {}
    self.process = nil
  }

  deinit {
    end()
    close(output)
  }
}
