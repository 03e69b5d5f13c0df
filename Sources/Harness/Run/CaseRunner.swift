// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// Runs single cases, from an empty machine to a verdict, and leaves nothing behind.
public struct CaseRunner: Sendable {
  /// Where captures and what programs printed go, and of which cases.
  public struct Captures: Sendable {
    /// Which cases' captures are kept.
    public enum Choice: String, CaseIterable, Sendable {
      /// Every case's.
      case all
      /// Those of cases that fail.
      case failed
      /// None.
      case none
    }

    /// Which cases' captures are kept.
    public let choice: Choice
    /// The folder in which each case has a folder of its own.
    public let folder: String

    /// Says where captures go, and of which cases.
    public init(_ choice: Choice, in folder: String) {
      self.choice = choice
      self.folder = folder
    }
  }

  /// What the capture of a case is called in its folder.
  public static let captureName = ArtifactName.capture

  private let captures: Captures
  private let shown: Captures.Choice
  private let application: String
  private let confinesFiles: Bool
  private let artifacts: Artifacts
  /// Read once, in a thread that may run on all of them: those that run cases are kept on one at a time.
  private let processors = Result { () throws(SystemError) in try CPUAffinity.ofThisThread() }
  private let closing = ClosingPool()
  private let settings = InheritedSettings()
  private let timestamps = PacketTimestamps()
  private let programs = InstalledPrograms()
  private let modules = PythonModules()
  private let memoryKills = MemoryKills()

  /// Makes a runner that names `application` as the writer of its captures; its programs change files in few folders
  /// alone, or wherever their user may. Of the cases that are `shown` it tells what went between their hosts.
  public init(
    captures: Captures, application: String, confinesFiles: Bool = true,
    showing shown: Captures.Choice = .none
  ) {
    self.confinesFiles = confinesFiles
    self.shown = shown
    self.captures = captures
    artifacts = Artifacts(in: captures.folder)
    self.application = application
  }

  /// Runs one case once, in hosts of its own.
  public func run(_ planned: PlannedCase, stop: StopRequest) -> CaseResult {
    var spare = SpareHosts()
    return run(planned, retries: 0, spare: &spare, stop: stop)
  }

  /// Runs one case, and again where it fails, this often at most.
  ///
  /// Of a case that fails and then passes, the capture of what failed last is kept.
  func run(
    _ planned: PlannedCase, retries: Int, spare: inout SpareHosts, stop: StopRequest
  ) -> CaseResult {
    var failures: [CaseVerdict] = []
    var (capture, captureFailure): (String?, String?)
    var traffic: CaseTraffic?
    while true {
      var result = attempt(planned, number: failures.count + 1, &spare, stop)
      result.failedAttempts = failures
      if result.status == .flaky || result.traffic == nil { result.traffic = traffic }
      result.capture = result.capture ?? capture
      result.captureFailure = result.captureFailure ?? captureFailure
      guard case .judged(let verdict) = result.outcome, !verdict.isAccepted, failures.count < retries else {
        return result
      }
      failures.append(verdict)
      (capture, captureFailure) = (result.capture, result.captureFailure)
      traffic = result.traffic
    }
  }

  private func attempt(
    _ planned: PlannedCase, number: Int, _ spare: inout SpareHosts, _ stop: StopRequest
  ) -> CaseResult {
    let start = RunClock.now
    var timing = CaseTiming()
    let kills = planned.scenario.hasPrograms ? memoryKills.count : nil
    let (played, record) = play(planned.scenario, &spare, &timing, stop)
    let outcome = played.judged(memoryKillsBefore: kills, after: memoryKills.count)
    var result = CaseResult(planned, outcome: outcome, duration: RunClock.now - start)
    if record != nil { result.timing = timing }
    guard let record else { return result }
    if chooses(result, shown) {
      result.traffic = CaseTraffic(planned.scenario, record, result.verdict)
    }
    guard chooses(result, captures.choice) else { return result }
    do throws(SystemError) {
      result.capture = try keep(record, of: result, attempt: number)
    } catch {
      result.captureFailure = "\(error)"
    }
    return result
  }

  /// Writes the capture, and beside it what each program printed; returns the capture's path.
  private func keep(
    _ record: CaseRecord, of result: CaseResult, attempt: Int
  ) throws(SystemError) -> String {
    let folders = ArtifactName.folders(
      of: result.scenario.id, repetition: result.planned.repetition?.number, attempt: attempt)
    let comments = result.comments(on: record)
    let capture = ArtifactName.capture
    let bytes = record.pcapng(of: result.scenario, application: application, comments: comments)
    try artifacts.write(bytes, to: capture, in: folders)
    for print in record.printed {
      try artifacts.write(
        print.output.kept, to: ArtifactName.output(print.stream, of: print.host), in: folders)
    }
    return ([captures.folder] + folders + [capture]).joined(separator: "/")
  }

  private func chooses(_ result: CaseResult, _ choice: Captures.Choice) -> Bool {
    switch choice {
    case .all: true
    case .failed: !result.status.isAccepted && result.status != .notRun
    case .none: false
    }
  }

  private func play(
    _ scenario: Scenario, _ spare: inout SpareHosts, _ timing: inout CaseTiming, _ stop: StopRequest
  ) -> (CaseResult.Outcome, CaseRecord?) {
    if let lack = lack(of: scenario.requires.map(\.value)) ?? lackOfIPv6(scenario)
      ?? MemoryNeed(scenario).obstruction()
    {
      return (.notJudged(lack), nil)
    }
    var stopwatch = Stopwatch()
    let deadline = Deadline(after: scenario.timeout)
    if scenario.isOfFlows { return playFlows(scenario, &timing, stop, until: deadline) }
    do throws(SystemError) {
      var player = try Player(
        scenario, spare: &spare, with: resources(stop), until: deadline)
      timing.setUp = stopwatch.lap()
      var failure: SystemError?
      do throws(SystemError) {
        try player.play()
      } catch {
        failure = error
      }
      try player.countCaptures()
      timing.exchange = stopwatch.lap()
      let record = player.record
      var outcome = outcome(of: scenario, record, failure)
      if case .judged(var verdict) = outcome, !verdict.isPassed {
        verdict.add(hints: player.deviations())
        outcome = .judged(verdict)
      }
      timing.judging = stopwatch.lap()
      try end(player, of: scenario, outcome, &spare)
      timing.tearDown = stopwatch.lap()
      return (outcome, record)
    } catch {
      return (outcome(of: scenario, CaseRecord(), error), nil)
    }
  }

  /// The first of the things that a scenario needs and this machine lacks.
  private func lack(of needs: [Need]) -> Obstruction? {
    for need in needs {
      switch need {
      case .program(let name) where !programs.has(name):
        let reason = "this scenario needs the program \"\(name)\", which is not on the PATH"
        return Obstruction(.cannotRunHere, reason, fix: "install it")
      case .pythonModule(let name):
        do throws(SystemError) {
          if try modules.has(name) { continue }
        } catch {
          return Obstruction(error)
        }
        let reason = "this scenario needs the Python module \"\(name)\", which python3 cannot find"
        return Obstruction(.cannotRunHere, reason, fix: "install it")
      case .program: continue
      }
    }
    return nil
  }

  private func lackOfIPv6(_ scenario: Scenario) -> Obstruction? {
    guard scenario.uses(.v6), !IPv6Support.isThere else { return nil }
    return Obstruction(
      .cannotRunHere, "this scenario goes over IPv6, which this kernel does not have",
      fix: "start the kernel without ipv6.disable=1")
  }

  private func resources(_ stop: StopRequest) throws(SystemError) -> RunResources {
    RunResources(
      processors: try processors.get(), closing: closing, settings: settings, confinesFiles: confinesFiles,
      stop: stop)
  }

  /// Hosts of a case that failed are never used again.
  private func end(
    _ player: consuming Player, of scenario: Scenario, _ outcome: CaseResult.Outcome,
    _ spare: inout SpareHosts
  ) throws(SystemError) {
    guard scenario.mayShareHosts, case .judged(let verdict) = outcome, verdict.isPassed else { return }
    try player.end(handingTo: &spare)
  }

  private func playFlows(
    _ scenario: Scenario, _ timing: inout CaseTiming, _ stop: StopRequest, until deadline: Deadline
  ) -> (CaseResult.Outcome, CaseRecord?) {
    var stopwatch = Stopwatch()
    do throws(SystemError) {
      var player = try FlowPlayer(
        scenario, with: resources(stop), until: deadline)
      timing.setUp = stopwatch.lap()
      var failure: SystemError?
      do throws(SystemError) {
        try player.play()
      } catch {
        failure = error
      }
      timing.exchange = stopwatch.lap()
      let record = player.record
      let outcome = outcome(of: scenario, record, failure)
      timing.judging = stopwatch.lap()
      player.end()
      timing.tearDown = stopwatch.lap()
      return (outcome, record)
    } catch {
      return (outcome(of: scenario, CaseRecord(), error), nil)
    }
  }

  private func outcome(
    of scenario: Scenario, _ record: CaseRecord, _ failure: SystemError?
  ) -> CaseResult.Outcome {
    // A program that sends without end is to blame for what found no room, and one that took its host apart for what
    // failed then.
    let isFlooded = HostName.allCases.contains { PacketFlood(from: $0, scenario, record) != nil }
    if isFlooded || !record.hostChanges.isEmpty, failure?.errno != .canceled {
      return .judged(Judge.judge(scenario, record))
    }
    if let dropped = record.counts.first(where: { $0.value.dropped > 0 }) {
      let reason = "the capture at the \(dropped.key.rawValue) dropped \(dropped.value.dropped) packets"
      return .notJudged(Obstruction(.harnessFailed, reason))
    }
    if let full = record.overflowed.first {
      let reason =
        "the harness's own socket at the \(full.key.rawValue) had no room for \(full.value) packets, so it"
        + " is not known what was delivered"
      return .notJudged(
        Obstruction(
          .harnessFailed, reason, fix: "send fewer at once, or run it as root, which gives it more room"))
    }
    let overflowed = record.cable.values.reduce(0) { $0 + $1.overflowed }
    if overflowed > 0 {
      let reason = "the cable had no room for \(overflowed) frames"
      return .notJudged(Obstruction(.harnessFailed, reason))
    }
    if let failure {
      switch failure.errno {
      case .timedOut:
        return .judged(Judge.timedOut(scenario, record, awaiting: failure.detail ?? failure.call))
      case .canceled: return .notRun(CaseResult.wasStopped)
      default: return .notJudged(Obstruction(failure))
      }
    }
    return .judged(Judge.judge(scenario, record))
  }
}

extension CaseResult {
  /// What the capture says of each of its packets; nothing where there is no verdict.
  fileprivate func comments(on record: CaseRecord) -> [String?] {
    verdict.map { CaptureComments(scenario, record, $0).texts } ?? []
  }

  /// What was found; nil where it was not judged.
  fileprivate var verdict: CaseVerdict? {
    if case .judged(let verdict) = outcome { verdict } else { nil }
  }
}

/// Tells how long each of several things took.
private struct Stopwatch {
  private var last = RunClock.now

  /// The time since the last lap, or since the beginning.
  mutating func lap() -> Duration {
    let now = RunClock.now
    defer { last = now }
    return now - last
  }
}
