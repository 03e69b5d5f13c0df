// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// Plays single cases, to see in which way each fails.
public struct CaseTrial: Sendable {
  private let runner: CaseRunner
  private let version: String
  private let stop: StopRequest

  /// Plays cases as a run by a program of this version would, until somebody asks it to stop; nothing is kept of them.
  public init(application: String, version: String, stop: StopRequest) {
    runner = CaseRunner(captures: .init(.none, in: "."), application: application)
    self.version = version
    self.stop = stop
  }

  /// In which ways a case fails, none where it passes; nil where it was not played to its end.
  ///
  /// - Throws: why it cannot be judged here.
  public func faults(of scenario: ScenarioCase) throws(Obstruction) -> Set<Fault>? {
    var outcome: CaseResult.Outcome?
    do throws(SystemError) {
      _ = try ScenarioRun(RunPlan([scenario]), runner: runner, version: version, stop: stop).run(
        interruption: { nil }, beat: {}
      ) { event in
        if case .caseFinished(let result) = event { outcome = result.outcome }
      }
    } catch {
      throw Obstruction(error)
    }
    switch outcome {
    case .judged(let verdict): return Set(verdict.allFindings.map(Fault.init))
    case .notJudged(let obstruction): throw obstruction
    case .notRun, nil: return nil
    }
  }
}
