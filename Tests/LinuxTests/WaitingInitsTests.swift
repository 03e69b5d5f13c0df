// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Testing

@testable import Linux

/// Each in a process of its own, which leaves no starter behind: nobody asks how one has ended.
@Suite("the inits that wait for programs, as root")
struct WaitingInitsTests {
  /// Inits of a starter of their own.
  private static func inits() throws -> WaitingInits {
    WaitingInits(from: Descriptor(owning: try systemCall("clone3") { clinux_make_starter(false) }))
  }

  /// What an init may give to its program.
  private static func bounds(of process: InitProcess) throws -> UInt64? {
    let text = try ProcFile.text("/proc/\(process.number)/status")
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("CapBnd:\t") })
    return UInt64(line.dropFirst("CapBnd:\t".count), radix: 16)
  }

  @Test("each is for the capabilities that it was asked for, in whichever order, and none is had twice")
  func capabilities() async {
    await #expect(processExitsWith: .success) {
      var inits = try Self.inits()
      var numbers: Set<Int32> = []
      // More that differ than may wait at once, and each of them again.
      for round in 0..<3 {
        for bit in UInt64(0)..<12 {
          let wanted: UInt64 = 1 << ((bit * 5 + UInt64(round)) % 12)
          let process = try inits.take(for: wanted)
          #expect(numbers.insert(process.number).inserted)
          // It sets them when it begins.
          #expect(try eventually { try Self.bounds(of: process) == wanted })
        }
      }
    }
  }

  @Test("one that has ended while it waited is passed over")
  func ended() async {
    await #expect(processExitsWith: .success) {
      var inits = try Self.inits()
      let first = try inits.take(for: 0)
      // The next one is made already, or will be soon, by the same process.
      let status = try ProcFile.text("/proc/\(first.number)/status")
      let parent = try #require(status.split(separator: "\n").first { $0.hasPrefix("PPid:\t") }?.dropFirst(6))
      let children = "/proc/\(parent)/task/\(parent)/children"
      var waiting: [Int32] = []
      let areTwo = try eventually {
        waiting = try ProcFile.text(children).split(separator: " ").compactMap { Int32($0) }
        return waiting.count == 2
      }
      #expect(areTwo)
      let next = try #require(waiting.first { $0 != first.number })
      try #require(kill(next, SIGKILL) == 0)
      #expect(eventually { kill(next, 0) != 0 })
      let second = try inits.take(for: 0)
      #expect(second.number != next && kill(second.number, 0) == 0)
    }
  }

  @Test("one ends when nobody wants it any more, and all end with those who have asked for them")
  func unwanted() async {
    await #expect(processExitsWith: .success) {
      var numbers: [Int32] = []
      do {
        var inits = try Self.inits()
        for _ in 0..<2 { numbers.append(try inits.take(for: 0).number) }
      }
      #expect(eventually { numbers.allSatisfy { kill($0, 0) != 0 } })
    }
  }
}
