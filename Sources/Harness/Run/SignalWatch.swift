// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Synchronization
import Verdict

/// Looks after the signals by which a person or a CI ends or pauses a run, in a thread of its own, so that a run
/// that hangs in whatever it does can be ended too.
///
/// The first that asks for the end makes the request to stop, and the run has 5 s to come to it; a later one ends the
/// process at once, and the kernel takes down what there is. Ctrl-Z stops the process with its clock.
public final class SignalWatch: Sendable {
  private let first = Mutex<Interruption?>(nil)
  /// When a signal was seen to wait before the watch.
  private let firstSeen = Mutex<Duration?>(nil)
  private let stop: StopRequest
  private let signals: SignalDescriptor

  private static let longestEnd = Duration.seconds(5)
  private static let numbers: [(Int32, Interruption?)] = [
    (SIGHUP, .hangup), (SIGINT, .interrupt), (SIGTERM, .termination), (SIGTSTP, nil),
  ]

  /// What asked for the end; nil where nothing did.
  public var interruption: Interruption? { first.withLock { $0 } }

  /// Whoever closes a terminal or ends a job often sends its signal twice: that is one wish.
  private static let oneWish = Duration.milliseconds(300)

  /// Holds back the signals from now on, until they are watched; to be made before any thread is.
  ///
  /// - Throws: the errors of signalfd(2).
  public init(stop: StopRequest) throws(SystemError) {
    self.stop = stop
    signals = try SignalDescriptor(Self.numbers.map(\.0))
  }

  /// How long what comes before the watch may go on when somebody has asked for the end.
  private static let longestBeginning = Duration.seconds(1)

  /// What has asked for the end before the watch, a second ago or more: what comes before it is to be given up.
  public var overdue: Interruption? {
    let endings = Self.numbers.filter { $0.1 != nil }.map(\.0)
    guard let waiting = SignalDescriptor.waiting(endings),
      let interruption = Self.numbers.first(where: { $0.0 == waiting })?.1
    else { return nil }
    let since = firstSeen.withLock { seen in
      seen = seen ?? RunClock.now
      return seen ?? .zero
    }
    return RunClock.now - since >= Self.longestBeginning ? interruption : nil
  }

  /// Watches from now on, and first of all what came until now.
  ///
  /// - Throws: the errors of pthread_create(3).
  public func start() throws(SystemError) {
    try Thread.start { [self] in watch() }
  }

  private func watch() {
    var (end, firstTime): (Deadline?, Duration?) = (nil, nil)
    while (try? Readiness.wait(toRead: [signals.rawDescriptor], until: end)) ?? false {
      while let signal = signals.next() {
        guard let interruption = Self.numbers.first(where: { $0.0 == signal })?.1 else {
          // To this very thread: the process is stopped before the call returns.
          RunClock.hold { pthread_kill(pthread_self(), SIGSTOP) }
          continue
        }
        if let firstTime {
          if RunClock.now - firstTime > Self.oneWish { _exit(interruption.exitStatus.rawValue) }
          continue
        }
        firstTime = RunClock.now
        first.withLock { $0 = interruption }
        stop.make()
        end = Deadline(after: Self.longestEnd)
      }
    }
    _exit((interruption ?? .termination).exitStatus.rawValue)
  }
}
