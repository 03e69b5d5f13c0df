// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Synchronization
import Verdict

/// Looks after the signals by which a person or a CI ends or pauses a run, in a thread of its own, so that a run
/// that hangs in whatever it does can be ended too.
///
/// The first that asks for the end makes the request to stop, and the run has 5 s to come to it; a second ends the
/// process at once, and the kernel takes down what there is. Ctrl-Z stops the process with its clock.
public final class SignalWatch: Sendable {
  private let first = Mutex<Interruption?>(nil)
  private let stop: StopRequest

  private static let longestEnd = Duration.seconds(5)
  private static let numbers: [(Int32, Interruption?)] = [
    (SIGHUP, .hangup), (SIGINT, .interrupt), (SIGTERM, .termination), (SIGTSTP, nil),
  ]

  /// What asked for the end; nil where nothing did.
  public var interruption: Interruption? { first.withLock { $0 } }

  /// Watches from now on; to be made before any other thread.
  ///
  /// - Throws: the errors of signalfd(2) and pthread_create(3).
  public init(stop: StopRequest) throws(SystemError) {
    self.stop = stop
    let signals = try SignalDescriptor(Self.numbers.map(\.0))
    let number = signals.release()
    try Thread.start { [self] in watch(SignalDescriptor(owning: number)) }
  }

  private func watch(_ signals: borrowing SignalDescriptor) {
    var end: Deadline?
    while (try? Readiness.wait(toRead: [signals.rawDescriptor], until: end)) ?? false {
      while let signal = signals.next() {
        guard let interruption = Self.numbers.first(where: { $0.0 == signal })?.1 else {
          // To this very thread: the process is stopped before the call returns.
          RunClock.hold { pthread_kill(pthread_self(), SIGSTOP) }
          continue
        }
        guard self.interruption == nil else { _exit(interruption.exitStatus.rawValue) }
        first.withLock { $0 = interruption }
        stop.make()
        end = Deadline(after: Self.longestEnd)
      }
    }
    _exit((interruption ?? .termination).exitStatus.rawValue)
  }
}
