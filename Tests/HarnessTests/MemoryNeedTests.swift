// SPDX-License-Identifier: Apache-2.0

import Testing
import Verdict

@testable import Harness

@Suite("the memory that a case takes")
struct MemoryNeedTests {
  private func need(_ text: String) throws -> MemoryNeed { MemoryNeed(try scenario(text)) }

  @Test("what is repeated counts each time, and a flow does not")
  func bytes() throws {
    let once = try need("{ exchange: ['abc'] }").bytes
    #expect(try need("{ exchange: [{ payload: 'abc', repeat: 7 }] }").bytes == 7 * once)
    #expect(try need("{ exchange: [{ flow: { packets: 1000 } }] }").bytes == 0)
  }

  /// The least limit of a control group in which a burst of them came to its end with its capture.
  @Test(
    "no case takes more than is reckoned",
    arguments: [(60_000, 400, 270), (3_000, 8_000, 288), (1_400, 17_000, 290), (10, 30_000, 95)])
  func measured(size: Int, messages: Int, mebibytes: Int) throws {
    let need = try need("{ exchange: [{ payload: { size: \(size) }, repeat: \(messages) }] }")
    #expect(need.bytes >> 20 >= mebibytes)
    #expect(need.bytes >> 20 < mebibytes * 5 / 4)
  }

  @Test("a large case is begun where there is room, or nobody knows, and a small one always")
  func obstruction() throws {
    let large = try need("{ exchange: [{ payload: { size: 60000 }, repeat: 100 }] }")
    #expect(large.obstruction(left: nil) == nil && large.obstruction(left: large.bytes) == nil)
    let reason = large.obstruction(left: 20 << 20)?.reason
    #expect(reason == "this case needs about 69 MiB of memory, but only 20 MiB are left")
    let ofPoorMachines = try need("{ exchange: [{ payload: { size: 9000 }, repeat: 200 }] }")
    #expect(ofPoorMachines.obstruction(left: 12 << 20) != nil)
    #expect(try need("{ exchange: ['a'] }").obstruction(left: 0) == nil)
  }

  /// The least limit of a control group, in KiB, in which a run of this many jobs came to its end, and the most in which
  /// the kernel ended it.
  @Test(
    "a run is begun in a control group in which it comes to its end, and in none in which it does not",
    arguments: [
      (1, false, 3500, 2750), (2, false, 4000, 3500), (4, false, 6000, 4500), (8, false, 8000, 7000),
      (1, true, 8000, 7000), (2, true, 10_000, 9000), (4, true, 12_000, 11_000),
    ])
  func groups(jobs: Int, hasPrograms: Bool, enough: Int, tooLittle: Int) {
    let status = { (kibibytes: Int?) in
      MemoryNeed.obstruction(toJobs: jobs, hasPrograms: hasPrograms, limit: kibibytes.map { $0 << 10 })?
        .status
    }
    #expect(status(nil) == nil && status(enough) == nil)
    #expect(status(tooLittle) == .harnessFailed)
  }

  @Test("what is said names the jobs, what they take and what there may be")
  func groupText() {
    let of = { (jobs: Int) in MemoryNeed.obstruction(toJobs: jobs, limit: 2 << 20)?.reason }
    #expect(of(1) == "a run needs at least 3200 KiB of memory, but its control group is limited to 2048 KiB")
    #expect(
      of(4) == "a run of 4 jobs needs at least 5120 KiB of memory, but its control group is limited to 2048"
        + " KiB")
  }

  @Test("a case that failed or broke off while the kernel ended processes for want of memory has no verdict")
  func kills() {
    let failed = CaseResult.Outcome.notJudged(Obstruction(.harnessFailed, "x"))
    let reason = { (outcome: CaseResult.Outcome) in
      if case .notJudged(let obstruction) = outcome { obstruction.reason } else { "" }
    }
    let text = "memory ran out while this case ran: the kernel killed 2 processes here (oom_kill)"
    #expect(reason(failed.judged(memoryKillsBefore: 3, after: 5)) == text)
    for (before, after) in [(3, 3), (nil, 3), (3, nil)] as [(UInt64?, UInt64?)] {
      #expect(reason(failed.judged(memoryKillsBefore: before, after: after)) == "x")
    }
    let lacking = CaseResult.Outcome.notJudged(Obstruction(.cannotRunHere, "y"))
    #expect(reason(lacking.judged(memoryKillsBefore: 3, after: 5)) == "y")
  }
}
