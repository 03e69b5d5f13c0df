// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Linux

@Suite("what the kernel ended for want of memory")
struct MemoryKillsTests {
  /// The files as cgroups(7) and the kernel's documentation (cgroup-v2, memory.events; cgroup-v1, memory) show them.
  @Test(
    "its count is read from each file that has it",
    arguments: [
      ("low 0\nhigh 0\nmax 1283\noom 7\noom_kill 3\noom_group_kill 1\n", 3),
      ("oom_kill_disable 0\nunder_oom 0\noom_kill 12\n", 12),
      ("pgfault 9\ndrop_slab 0\noom_kill 0\nnuma_hit 5\n", 0),
    ] as [(String, UInt64)])
  func files(text: String, count: UInt64) {
    #expect(MemoryKills.count(inText: text) == count)
  }

  @Test("a file without it has none")
  func without() {
    #expect(MemoryKills.count(inText: "oom_kill_disable 0\nunder_oom 0\n") == nil)
    #expect(MemoryKills.count(inText: "") == nil)
  }

  @Test("here it is counted, and does not go down")
  func here() {
    let kills = MemoryKills()
    guard let before = kills.count else { return }
    #expect(kills.count ?? 0 >= before)
  }
}
