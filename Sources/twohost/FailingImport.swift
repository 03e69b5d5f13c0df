// SPDX-License-Identifier: Apache-2.0

import Harness
import Linux
import Scenario
import Verdict
import Wire

/// `twohost import --failing`: from the capture of a case that failed to the smallest scenario that fails so.
enum FailingImport {
  /// As many candidates are played at most, for as long.
  private static let (mostRuns, longest) = (2000, Duration.seconds(600))

  /// Reduces the case of a capture, which is named by its own path or by that of its folder.
  static func run(_ path: String, networks: String?) throws -> ExitStatus {
    let stop = try StopRequest()
    let signals = try SignalWatch(stop: stop)
    let captured = try captured(path)
    var reduction = try reduction(of: captured, networks)
    if try Privilege.obtain() {
      Console.explain("twohost: running in a user namespace, because this user has no privilege")
    }
    try signals.start()
    let trial = CaseTrial(application: Version.text, version: Version.number, stop: stop)
    let faults = try reduction.scenario.flatMap { try trial.faults(of: $0) }
    if let interruption = signals.interruption { return interruption.exitStatus }
    guard let faults, !faults.isEmpty else {
      throw Obstruction(
        .nothingSelected, "\(captured.path)\(captured.caseName) passes here: there is nothing to reduce")
    }
    let deadline = Deadline(after: longest)
    try reduction.reduce(mostRuns: mostRuns, isOver: { deadline.hasPassed || stop.isMade }) { candidate in
      try isSame(candidate, faults, trial)
    }
    if let interruption = signals.interruption { return interruption.exitStatus }
    try Console.write(reduction.text(comment: comment(captured, faults, reduction)))
    return .passed
  }

  /// As many times a case with a program must fail in the same way: what programs do depends on when they do it.
  private static let confirmations = 4

  /// Whether a candidate fails in the same way; one that cannot be judged does not. Nil where it was stopped.
  private static func isSame(
    _ candidate: ScenarioCase, _ faults: Set<Fault>, _ trial: CaseTrial
  ) throws -> Bool? {
    do throws(Obstruction) {
      // What is measured of a flow is another each time: once in the same way is enough.
      let isMeasured = candidate.scenario.isOfFlows
      for _ in 0..<(candidate.hasPrograms || isMeasured ? confirmations : 1) {
        guard let found = try trial.faults(of: candidate) else { return nil }
        if (found == faults) == isMeasured { return isMeasured }
      }
      return !isMeasured
    } catch {
      return false
    }
  }

  private static func comment(
    _ captured: CapturedCase, _ faults: Set<Fault>, _ reduction: ScenarioReduction
  ) -> [String] {
    let name = "\(captured.path)\(captured.caseName)"
    let played =
      reduction.runs == 1 ? "1 smaller one was played" : "\(reduction.runs) smaller ones were played"
    return [
      "The smallest scenario that fails as \(name) did: \(Set(faults.map(\.name)).sorted().joined(separator: ", ")).",
      reduction.isCutShort
        ? "\(played), and then the search was ended: more of it could perhaps be left out."
        : "\(played): without any part of it, it fails otherwise or not at all.",
    ] + (captured.folder == "." ? [] : ["Files and networks that it names are those of \(captured.folder)."])
  }

  private static func reduction(of captured: CapturedCase, _ networks: String?) throws(Obstruction)
    -> ScenarioReduction
  {
    do throws(ScenarioReduction.Problem) {
      return try ScenarioReduction(captured, networks: networks)
    } catch {
      throw Obstruction(.usage, error.reason, fix: error.fix)
    }
  }

  /// The case that a capture is of, as its comment says.
  private static func captured(_ path: String) throws -> CapturedCase {
    let places = ["\(path)/\(CaseRunner.captureName)", path]
    guard let comment = places.lazy.compactMap(PacketOptions.comment).first,
      let captured = CapturedCase(comment: comment)
    else {
      throw Obstruction(
        .usage, "\(path) is no capture that says which case it is of",
        fix: "give the capture that a run left of a case that failed, or its folder")
    }
    return captured
  }
}
