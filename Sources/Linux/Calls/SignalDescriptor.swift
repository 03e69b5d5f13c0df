// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Signals that are read like data, instead of interrupting whatever runs (signalfd(2)).
///
/// To be made before any thread is: threads have the signal mask of whoever started them.
public struct SignalDescriptor: ~Copyable, Sendable {
  private let descriptor: Descriptor

  /// The number to wait on.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  /// Blocks these signals and takes them from now on, but for those that whoever started this process ignores:
  /// nohup(1) means that.
  ///
  /// - Throws: the errors of pthread_sigmask(3) and signalfd(2).
  public init(_ signals: [Int32]) throws(SystemError) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals where !Self.isIgnored(signal) { sigaddset(&set, signal) }
    let error = pthread_sigmask(SIG_BLOCK, &set, nil)
    guard error == 0 else { throw SystemError("pthread_sigmask", Errno(rawValue: error)) }
    descriptor = Descriptor(
      owning: try systemCall("signalfd") {
        signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
      })
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(signal, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// The first of some signals that has come and was not taken yet; nil where none has (sigpending(2)).
  public static func waiting(_ signals: [Int32]) -> Int32? {
    var set = sigset_t()
    guard sigpending(&set) == 0 else { return nil }
    return signals.first { sigismember(&set, $0) == 1 }
  }

  /// Takes the next signal that has come; nil where none has.
  public func next() -> Int32? {
    var information = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    guard read(descriptor.rawValue, &information, size) == size else { return nil }
    return Int32(information.ssi_signo)
  }
}
