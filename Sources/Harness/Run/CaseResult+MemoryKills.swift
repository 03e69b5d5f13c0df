// SPDX-License-Identifier: Apache-2.0

import Linux
import Verdict

extension CaseResult.Outcome {
  /// The same, but of a case with programs that did not pass while the kernel ended processes for want of memory: what
  /// failed then says nothing of them.
  func judged(memoryKillsBefore before: UInt64?, after: @autoclosure () -> UInt64?) -> Self {
    switch self {
    case .judged(let verdict) where verdict.isPassed: return self
    case .notJudged(let obstruction) where obstruction.status == .cannotRunHere: return self
    case .notRun: return self
    case .judged, .notJudged: break
    }
    guard let before, let after = after(), after > before else { return self }
    let ended = after - before == 1 ? "a process" : "\(after - before) processes"
    return .notJudged(
      Obstruction(
        .harnessFailed, "memory ran out while this case ran: the kernel killed \(ended) here (oom_kill)",
        fix: "let its programs use less memory, run fewer cases at once (--jobs), or raise the limit of the"
          + " control group or of the machine"))
  }
}
