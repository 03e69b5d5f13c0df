// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// What a case takes of memory, which is known before it is begun: all that is seen of it is held until it is judged.
public struct MemoryNeed {
  /// A payload is held as it is asked for, as it was seen at each place, as it is compared, and as it is captured
  /// (measured).
  private static let bytesOfByte = 12
  private static let bytesOfMessage = 7 << 9
  /// Of less nobody asks whether it is there.
  private static let least = 4 << 20

  /// What a run takes itself, and what each of the cases that it runs at once takes with its hosts, as small as can be
  /// (measured).
  private static let (bytesOfRun, bytesOfJob) = (5 << 19, 5 << 17)
  /// What a run takes beside to start programs, and for each job; not what the programs take.
  private static let (bytesOfPrograms, bytesOfProgram) = (4 << 20, 5 << 17)

  /// How many bytes it takes, about.
  let bytes: Int

  /// Reckons what a scenario takes; of its flows nothing is held.
  init(_ scenario: Scenario) {
    bytes = scenario.exchange.reduce(0) { sum, message in
      guard message.flow == nil else { return sum }
      return sum + message.repetitions
        * (Self.bytesOfMessage + Self.bytesOfByte * message.payload.value.count)
    }
  }

  /// Why there is no room for it; nil where there is, or where nobody knows.
  func obstruction(left: @autoclosure () -> Int? = ProcessMemory.left) -> Obstruction? {
    guard bytes >= Self.least, let left = left(), bytes > left else { return nil }
    return Obstruction(
      .harnessFailed,
      "this case needs about \(bytes >> 20) MiB of memory, but only \(left >> 20) MiB are left",
      fix: "send fewer or smaller messages, run fewer cases at once (--jobs), or raise the limit")
  }

  /// Why so many small cases have no room at once in a control group, in which the kernel would end the run without a
  /// word; nil where they have, or it has no limit.
  public static func obstruction(to plan: RunPlan) -> Obstruction? {
    plan.count == 0
      ? nil
      : obstruction(
        toJobs: min(plan.jobs, plan.count), hasPrograms: plan.hasPrograms, limit: ProcessMemory.limitOfGroup)
  }

  static func obstruction(toJobs jobs: Int, hasPrograms: Bool = false, limit: Int?) -> Obstruction? {
    let ofPrograms = hasPrograms ? bytesOfPrograms + jobs * bytesOfProgram : 0
    let needed = bytesOfRun + jobs * bytesOfJob + ofPrograms
    guard let limit, limit < needed else { return nil }
    let run = (jobs == 1 ? "a run" : "a run of \(jobs) jobs") + (hasPrograms ? " with programs" : "")
    return Obstruction(
      .harnessFailed,
      "\(run) needs at least \(needed >> 10) KiB of memory,"
        + " but its control group is limited to \(limit >> 10) KiB",
      fix: "\(jobs == 1 ? "" : "run fewer cases at once (--jobs), or ")raise the group's limit")
  }
}
