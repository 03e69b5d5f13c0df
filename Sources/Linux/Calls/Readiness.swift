// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Waiting for descriptors to have something to read (ppoll(2)).
public enum Readiness {
  /// Waits until one of the descriptors can be read or written to, or the deadline, if there is one, passes.
  ///
  /// - Returns: whether one can be.
  /// - Throws: the error of ppoll(2).
  public static func wait(
    toRead readable: [Int32], toWrite writable: [Int32] = [], until deadline: Deadline? = nil
  ) throws(SystemError) -> Bool {
    var entries =
      readable.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      + writable.map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
    // The kernel's clock goes on while the process is stopped, and ours does not.
    repeat {
      let count = try systemCall("ppoll") {
        guard let deadline else { return clinux_ppoll(&entries, entries.count, nil) }
        var timeout = deadline.remaining.timespec
        return clinux_ppoll(&entries, entries.count, &timeout)
      }
      if count > 0 { return true }
    } while deadline.map { !$0.hasPassed } ?? true
    return false
  }
}
