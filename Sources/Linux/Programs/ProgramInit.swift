// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The init of a program's PID namespace: with it ends everything in there (pid_namespaces(7)).
struct ProgramInit: ~Copyable {
  private let process: InitProcess
  private var isKilled = false

  private static let longestDeath = Duration.seconds(5)

  /// Takes an init that has a program to start.
  init(_ process: InitProcess) { self.process = process }

  /// Its number, as this process counts.
  var number: Int32 { process.number }

  deinit {
    guard !isKilled else { return }
    _ = clinux_pidfd_send_signal(process.rawDescriptor, SIGKILL)
    // Whoever lets go of a program may count on its being gone.
    _ = try? Readiness.wait(toRead: [process.rawDescriptor], until: Deadline(after: Self.longestDeath))
  }

  /// Asks every process of the namespace to end, by SIGTERM.
  func terminate() throws(SystemError) {
    do throws(SystemError) {
      try systemCall("pidfd_send_signal(SIGTERM)") {
        clinux_pidfd_send_signal(process.rawDescriptor, SIGTERM)
      }
    } catch  where error.errno == .noSuchProcess {
      // It has ended, and the starter has reaped it.
    }
  }

  /// Ends every process of the namespace, and returns when none is left.
  mutating func kill() throws(SystemError) {
    guard !isKilled else { return }
    let process = process.rawDescriptor
    do throws(SystemError) {
      try systemCall("pidfd_send_signal(SIGKILL)") { clinux_pidfd_send_signal(process, SIGKILL) }
    } catch  where error.errno == .noSuchProcess {
      // It has ended, and the starter has reaped it.
    }
    guard try Readiness.wait(toRead: [process], until: Deadline(after: Self.longestDeath)) else {
      throw SystemError(
        "pidfd_send_signal(SIGKILL)", .timedOut, detail: "a program that the kernel does not end")
    }
    isKilled = true
  }
}
