// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// Runs many cases and tells what happens as events.
public struct ScenarioRun: Sendable {
  private let scenarios: [Scenario]
  private let runner: CaseRunner
  private let version: String

  /// Plans a run of the scenarios by a program of this version.
  public init(_ scenarios: [Scenario], runner: CaseRunner, version: String) {
    self.scenarios = scenarios
    self.runner = runner
    self.version = version
  }

  /// Runs the cases one after the other; where the machine cannot run one, it cannot run the others either.
  public func run(_ emit: (Event) -> Void) -> RunSummary {
    let start = SuspendingClock.now
    var summary = RunSummary()
    emit(
      .runStarted(
        RunDescription(
          version: version, kernel: SystemInformation.kernelRelease, cases: scenarios.count, jobs: 1)))
    var isOver = false
    for (index, scenario) in scenarios.enumerated() {
      let planned = PlannedCase(scenario, position: index + 1)
      let result =
        isOver
        ? CaseResult(planned, outcome: .notRun("this machine cannot run any case"), duration: .zero)
        : runner.run(planned)
      summary.add(result.status)
      emit(.caseFinished(result))
      isOver = isOver || result.status == .cannotRun && scenario.requires.isEmpty
    }
    summary.duration = start.duration(to: .now)
    emit(.runFinished(summary))
    return summary
  }
}
