// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The init of a program's PID namespace: with it ends everything in there (pid_namespaces(7)).
struct ProgramInit: ~Copyable {
  private let descriptor: Descriptor
  /// Its number, as this process counts.
  let number: Int32
  private var isReaped = false

  private static let longestDeath = Duration.seconds(5)

  /// Makes an init in a network namespace, and with it the program.
  ///
  /// - Throws: `EPERM` without CAP_SYS_ADMIN, and the other errors of clone(2).
  init(
    _ launch: ProgramLaunch, in space: borrowing NetworkNamespace, streams: (Int32, Int32, Int32),
    news: Int32,
    failure: Int32
  ) throws(SystemError) {
    var process: Int32 = -1
    number = try space.enter { () throws(SystemError) in
      try launch.start(streams: streams, news: news, failure: failure, &process)
    }
    descriptor = Descriptor(owning: process)
  }

  deinit {
    guard !isReaped else { return }
    _ = clinux_pidfd_send_signal(descriptor.rawValue, SIGKILL)
    _ = clinux_reap(descriptor.rawValue)
  }

  /// Asks every process of the namespace to end, by SIGTERM.
  func terminate() throws(SystemError) {
    try systemCall("pidfd_send_signal(SIGTERM)") { clinux_pidfd_send_signal(descriptor.rawValue, SIGTERM) }
  }

  /// Ends every process of the namespace, and returns when none is left.
  mutating func kill() throws(SystemError) {
    guard !isReaped else { return }
    let process = descriptor.rawValue
    try systemCall("pidfd_send_signal(SIGKILL)") { clinux_pidfd_send_signal(process, SIGKILL) }
    guard try Readiness.wait(toRead: [process], until: Deadline(after: Self.longestDeath)) else {
      throw SystemError("waitid", .timedOut, detail: "a program that the kernel does not end")
    }
    try systemCall("waitid(P_PIDFD)") { clinux_reap(process) }
    isReaped = true
  }
}
