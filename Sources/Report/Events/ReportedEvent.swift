// SPDX-License-Identifier: Apache-2.0

import Verdict

/// What reports tell of a run, as a line of JSON holds it: all that any report needs, so that each can be made again
/// from the lines.
public enum ReportedEvent: Sendable {
  /// The run begins.
  case run(ReportedRun)
  /// A case is over, or will not be run.
  case `case`(ReportedCase)
  /// The run is over.
  case end(ReportedEnd)

  /// What reports tell of an event; nil where they tell nothing.
  public init?(_ event: Event) {
    switch event {
    case .runStarted(let run): self = .run(ReportedRun(run))
    case .caseStarted: return nil
    case .caseFinished(let result): self = .case(ReportedCase(result))
    case .runFinished(let summary): self = .end(ReportedEnd(summary))
    }
  }

  /// Forgets what shows how a case went, for reports that do not.
  public mutating func dropDetail() {
    guard case .case(var result) = self, result.detail != nil else { return }
    result.detail = nil
    self = .case(result)
  }
}

extension ReportedEvent: Codable {
  private enum Key: String, CodingKey {
    case event
  }

  private enum Kind: String, Codable {
    case run, `case`, end
  }

  /// Reads one flat object whose `event` says which it is.
  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: Key.self).decode(Kind.self, forKey: .event) {
    case .run:
      try ReportedRun.checkFormat(decoder)
      self = .run(try ReportedRun(from: decoder))
    case .case: self = .case(try ReportedCase(from: decoder))
    case .end: self = .end(try ReportedEnd(from: decoder))
    }
  }

  /// Writes one flat object whose `event` says which it is.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .run(let run):
      try container.encode(Kind.run, forKey: .event)
      try run.encode(to: encoder)
    case .case(let result):
      try container.encode(Kind.case, forKey: .event)
      try result.encode(to: encoder)
    case .end(let end):
      try container.encode(Kind.end, forKey: .event)
      try end.encode(to: encoder)
    }
  }
}

/// What is told of a run before it begins.
public struct ReportedRun: Codable, Sendable {
  /// The version of the format, which rises when a key changes its meaning or goes.
  public let format: Int
  /// The program's version.
  public var version: String
  /// The kernel's release.
  public var kernel: String
  /// How many cases there are.
  public var cases: Int
  /// How many cases are run at once; nil where runs were merged, each of which had its own.
  public var jobs: Int?
  /// Which part of the selected cases these are; nil for all.
  public var shard: Part?
  /// How many shards this run was merged from; nil where it was not.
  public var shards: Int?
  /// Whether flaky cases let the run pass.
  public var allowsFlaky: Bool

  /// The version of the format that is written.
  public static let currentFormat = 1

  /// A format that is not known may lack any key: it is told by its number, not by what it lacks.
  static func checkFormat(_ decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let format = try container.decode(Int.self, forKey: .format)
    guard format == currentFormat else {
      throw DecodingError.dataCorruptedError(
        forKey: .format, in: container,
        debugDescription: "format \(format) is not known: this version reads format \(currentFormat)")
    }
  }

  /// A run that did not begin.
  init(refusedBy version: String, on kernel: String, _ shard: Part?) {
    format = Self.currentFormat
    self.version = version
    self.kernel = kernel
    self.shard = shard
    cases = 0
    allowsFlaky = false
  }

  init(_ run: RunDescription) {
    format = Self.currentFormat
    version = run.version
    kernel = run.kernel
    cases = run.cases
    jobs = run.jobs
    shard = run.shard?.part
    allowsFlaky = run.allowsFlaky
  }
}

/// What is told of a run when it is over.
public struct ReportedEnd: Codable, Sendable {
  /// How many cases ended how, by the names of `CaseStatus`; every name is there.
  public let counts: [String: Int]
  /// How long the run took; of a merged one, the longest of its shards.
  public let seconds: Double
  /// The signal that ended the run before its time.
  public let interruption: Interruption?
  /// The exit status that the cases and the signal make.
  public let exitStatus: Int
  /// What else is missing for a verdict, in sentences: `shard 3 of 4 is missing`.
  public let problems: [String]
  /// Why nothing was run; nil where something was.
  public let errors: [ReportedError]?

  /// Tells of a run that did not begin.
  init(_ errors: [ReportedError], _ status: ExitStatus) {
    (counts, seconds, interruption, problems) = (ReportedEnd(RunSummary()).counts, 0, nil, [])
    exitStatus = Int(status.rawValue)
    self.errors = errors
  }

  init(_ summary: RunSummary, problems more: [String] = []) {
    problems = summary.problems + more
    let counted = CaseStatus.allCases.map { ($0.rawValue, summary.count(of: $0)) }
    counts = Dictionary(uniqueKeysWithValues: counted)
    seconds = summary.duration.inSeconds
    interruption = summary.interruption
    exitStatus = Int((problems.isEmpty ? summary.exitStatus : .harnessFailed).rawValue)
    errors = nil
  }

  /// What is wrong beside the cases, in sentences.
  var allProblems: [String] {
    (interruption.map { ["interrupted by \($0.rawValue)"] } ?? []) + problems + (errors ?? []).map(\.sentence)
  }

  /// The same of a run of which more is missing, in sentences: then its verdict is not to be trusted.
  public func with(problems more: [String]) -> ReportedEnd {
    ReportedEnd(copying: self, problems: problems + more)
  }

  private init(copying end: ReportedEnd, problems: [String]) {
    counts = end.counts
    seconds = end.seconds
    interruption = end.interruption
    exitStatus = problems.isEmpty ? end.exitStatus : Int(ExitStatus.harnessFailed.rawValue)
    self.problems = problems
    errors = end.errors
  }

  /// How many cases ended so.
  public func count(of status: CaseStatus) -> Int { counts[status.rawValue, default: 0] }
}
