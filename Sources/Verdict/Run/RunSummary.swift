// SPDX-License-Identifier: Apache-2.0

/// What came of a run.
public struct RunSummary: Sendable {
  private var counts: [CaseStatus: Int] = [:]
  private var lostCaptures = 0
  private var firstLost: (id: String, reason: String) = ("", "")
  /// Whether flaky cases let the run pass.
  public let allowsFlaky: Bool
  /// How long the run took.
  public var duration = Duration.zero
  /// The signal that ended the run before its time; nil where none did.
  public var interruption: Interruption?

  /// The summary of a run without cases.
  public init(allowsFlaky: Bool = false) {
    self.allowsFlaky = allowsFlaky
  }

  /// Counts a case in.
  public mutating func add(_ status: CaseStatus) {
    counts[status, default: 0] += 1
  }

  /// Counts a case in, and whether its capture could be kept.
  public mutating func add(_ result: CaseResult) {
    add(result.status)
    guard let failure = result.captureFailure else { return }
    if lostCaptures == 0 { firstLost = (result.id, failure) }
    lostCaptures += 1
  }

  /// What is missing beside verdicts, in sentences.
  public var problems: [String] {
    let (id, reason) = firstLost
    return switch lostCaptures {
    case 0: []
    case 1: ["the capture of \(id) cannot be written: \(reason)"]
    default: ["\(lostCaptures) captures cannot be written; the first is that of \(id): \(reason)"]
    }
  }

  /// How many cases ended so.
  public func count(of status: CaseStatus) -> Int { counts[status, default: 0] }

  /// The status of the run: the less a verdict can be trusted, the more it weighs.
  ///
  /// A run without cases does not pass, and neither does one that left out any, or lost what it was to keep.
  public var exitStatus: ExitStatus {
    if !problems.isEmpty { return .harnessFailed }
    if let interruption { return interruption.exitStatus }
    let weighed: [(CaseStatus, ExitStatus)] = [
      (.cannotRun, .cannotRunHere), (.notJudged, .harnessFailed), (.failed, .failed),
      (.flaky, allowsFlaky ? .passed : .failed), (.notRun, .harnessFailed), (.passed, .passed),
      (.knownFailure, .passed),
    ]
    return weighed.first { count(of: $0.0) > 0 && $0.1 != .passed }?.1
      ?? (counts.isEmpty ? .nothingSelected : .passed)
  }
}

/// A signal by which a person or a CI ends a run before its time (signal(7)).
public enum Interruption: String, CaseIterable, Codable, Sendable {
  /// The terminal was closed.
  case hangup = "SIGHUP"
  /// A person pressed Ctrl-C.
  case interrupt = "SIGINT"
  /// Somebody asked it to end.
  case termination = "SIGTERM"

  /// The status with which the run ends: 128 and the signal's number.
  public var exitStatus: ExitStatus {
    switch self {
    case .hangup: .hungUp
    case .interrupt: .interrupted
    case .termination: .terminated
    }
  }
}
