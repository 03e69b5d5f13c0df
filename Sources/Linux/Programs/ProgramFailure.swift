// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

extension Descriptor {
  /// Awaits the end of a pipe on which a child tells what failed before its program ran.
  ///
  /// - Throws: what failed, or `ETIMEDOUT` past the deadline.
  func awaitSilentEnd(until deadline: Deadline) throws(SystemError) {
    guard try Readiness.wait(toRead: [rawValue], until: deadline) else {
      throw SystemError("execve", .timedOut, detail: "the program's file, which the kernel has not loaded")
    }
    // A failure is written at once, so what is read is a whole one or the end.
    guard case .bytes(let bytes) = try readPipe(), bytes.count == MemoryLayout<clinux_failure>.size else {
      return
    }
    let failure = bytes.withUnsafeBytes { $0.loadUnaligned(as: clinux_failure.self) }
    let call = withUnsafeBytes(of: failure.call) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    throw SystemError(call, Errno(rawValue: failure.error))
  }
}
