// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

@Suite("processor affinity")
struct CPUAffinityTests {
  /// The processors that the calling thread may use, as the kernel lists them.
  private func allowed() throws -> String {
    let file = try #require(fopen("/proc/thread-self/status", "re"))
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 4096)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if text.hasPrefix("Cpus_allowed_list:") {
        return String(text.dropFirst(18).filter { !$0.isWhitespace })
      }
    }
    return ""
  }

  @Test("a thread is kept on one processor, and then has all of its own again")
  func keepsAndRestores() throws {
    let before = try allowed()
    let affinity = try CPUAffinity.ofThisThread()
    try affinity.keepCurrent()
    #expect(try Int(allowed()) != nil)
    affinity.restore()
    #expect(try allowed() == before)
  }
}
