// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Threads that nobody waits for (pthread_create(3)): a namespace is a thread's own, so that work in several at once
/// needs several.
public enum Thread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// The least room for calls that a thread has, in bytes: as much as pthread_create(3) gives where there is no limit.
  /// Of less a limit may be (`RLIMIT_STACK`, which is meant for the first thread), and a thread that comes to its end
  /// is killed.
  private static let leastStack = 2 << 20

  /// Runs a body in a new thread.
  ///
  /// - Throws: `EAGAIN` where no more threads can be had.
  public static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var stack = 0
    pthread_attr_getstacksize(&attributes, &stack)
    pthread_attr_setstacksize(&attributes, max(stack, leastStack))
    var thread = pthread_t()
    let handed = Unmanaged.passRetained(Body(body))
    let error = pthread_create(
      &thread, &attributes,
      { handed in
        if let handed { Unmanaged<Body>.fromOpaque(handed).takeRetainedValue().run() }
        return nil
      }, handed.toOpaque())
    guard error == 0 else {
      handed.release()
      throw SystemError("pthread_create", Errno(rawValue: error))
    }
  }
}
