// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Threads that nobody waits for (pthread_create(3)): a namespace is a thread's own, so that work in several at once
/// needs several.
public enum Thread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs a body in a new thread.
  ///
  /// - Throws: `EAGAIN` where no more threads can be had.
  public static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
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
