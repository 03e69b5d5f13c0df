// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A program that was run from start to exit, and what that took.
struct MeasuredProcess {
  /// From before it was started until its end was known.
  let time: Duration
  /// The time that processors worked for it, in milliseconds.
  let processorMilliseconds: Double
  /// The most memory that it had in use, in bytes (getrusage(2), `ru_maxrss`).
  let peakBytes: Int

  /// Runs a program that reads a file as its input, with what it prints thrown away.
  ///
  /// - Throws: when it cannot be run, or does not end with this status.
  init(_ words: [String], input: String = "/dev/null", status wanted: Int32 = 0) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    if wanted != 0 {
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    }
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    var status: Int32 = 0
    var usage = rusage()
    var error: Int32 = 0
    time = SuspendingClock().measure {
      error = posix_spawn(&process, words[0], &actions, nil, &arguments, environ)
      guard error == 0 else { return }
      while wait4(process, &status, 0, &usage) == -1 && errno == EINTR {}
    }
    guard error == 0 else { throw BenchError("\(words[0]): \(String(cString: strerror(error)))") }
    // As wait(2) gives it: the exit status stands above the signal.
    guard status == wanted << 8 else {
      throw BenchError("\(words.joined(separator: " ")) ended with \(status)")
    }
    processorMilliseconds = usage.ru_utime.milliseconds + usage.ru_stime.milliseconds
    peakBytes = usage.ru_maxrss * 1024
  }
}

extension timeval {
  fileprivate var milliseconds: Double { Double(tv_sec) * 1e3 + Double(tv_usec) / 1e3 }
}
