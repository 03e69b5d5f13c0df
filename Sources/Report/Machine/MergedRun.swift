// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// One run made of the JSON lines of several shards, or of one whole run.
///
/// The same verdicts make the same report, however the cases were spread and whenever they ended: they are ordered by
/// their ids.
public struct MergedRun: Sendable {
  /// The events of the merged run, in the order in which reports take them.
  public let events: [ReportedEvent]
  /// The status of the merged run.
  public let exitStatus: ExitStatus
  /// Why the verdict is not complete, in sentences.
  public let problems: [String]

  /// Merges what files hold.
  ///
  /// - Throws: when files contradict each other or do not belong together.
  public init(_ files: [ShardFile]) throws(MergeError) {
    let begun = files.compactMap { file in file.finished.run.map { (file, $0) } }
    guard let (first, run) = begun.first else {
      throw MergeError(files.flatMap(\.problems).first ?? "there is nothing to merge")
    }
    let missing = try Self.missingShards(begun, first, run)
    try Self.checkCases(files)
    let problems = files.flatMap(\.problems) + missing
    let cases = files.flatMap(\.finished.cases).sorted { $0.isOrdered(before: $1) }
    var summary = RunSummary(allowsFlaky: begun.allSatisfy(\.1.allowsFlaky))
    for result in cases { summary.add(result.status) }
    let ends = files.compactMap(\.finished.end)
    summary.duration = Duration(inSeconds: ends.map(\.seconds).max() ?? 0)
    summary.interruption = ends.compactMap(\.interruption).first
    let merged = Self.merged(run, begun.map(\.1), allowsFlaky: summary.allowsFlaky)
    let end = ReportedEnd(summary, problems: problems)
    events =
      [.run(merged)] + cases.enumerated().map { .case($1.moved(to: $0 + 1)) } + [.end(end)]
    exitStatus = ExitStatus(rawValue: Int32(end.exitStatus)) ?? .harnessFailed
    self.problems = problems
  }

  /// The shards that no file is of, in sentences.
  private static func missingShards(
    _ begun: [(ShardFile, ReportedRun)], _ first: ShardFile, _ run: ReportedRun
  ) throws(MergeError) -> [String] {
    guard let count = run.shard?.of else {
      if begun.count > 1 {
        throw MergeError("\(first.shown) is a whole run, which cannot be merged with \(begun[1].0.shown)")
      }
      return []
    }
    var seen: [Int: ShardFile] = [:]
    for (file, run) in begun {
      guard let shard = run.shard else {
        throw MergeError("\(file.shown) is a whole run, which cannot be merged with \(first.shown)")
      }
      guard shard.of == count else {
        throw MergeError(
          "\(first.shown) is one of \(count) shards, but \(file.shown) is one of \(shard.of)")
      }
      if let other = seen.updateValue(file, forKey: shard.number) {
        throw MergeError("\(other.shown) and \(file.shown) are both shard \(shard.number) of \(count)")
      }
    }
    let missing = (1...count).filter { seen[$0] == nil }
    return missing.map { "shard \($0) of \(count) is missing" }
  }

  /// Each case is there once.
  private static func checkCases(_ files: [ShardFile]) throws(MergeError) {
    var seen: [String: ShardFile] = [:]
    for file in files {
      for result in file.finished.cases {
        guard let other = seen.updateValue(file, forKey: result.id) else { continue }
        let places =
          other.name == file.name ? "twice in \(file.shown)" : "in \(other.shown) and \(file.shown)"
        throw MergeError("the case \(Printable.escape(result.id)) is \(places)")
      }
    }
  }

  /// How the merged run begins; a whole run is as it was.
  private static func merged(
    _ first: ReportedRun, _ runs: [ReportedRun], allowsFlaky: Bool
  ) -> ReportedRun {
    guard first.shard != nil else { return first }
    var merged = first
    merged.version = runs.map(\.version).eachOnce.joined(separator: ", ")
    merged.kernel = runs.map(\.kernel).eachOnce.joined(separator: ", ")
    merged.cases = runs.map(\.cases).reduce(0, +)
    merged.jobs = nil
    merged.shards = runs.count
    merged.shard = nil
    merged.allowsFlaky = allowsFlaky
    return merged
  }
}

/// Files that cannot be merged.
public struct MergeError: Error, CustomStringConvertible {
  /// What is wrong, with the files' names, escaped.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension ReportedCase {
  /// The order of a merged run: by id, and repetitions of a case by their number.
  fileprivate func isOrdered(before other: ReportedCase) -> Bool {
    let (mine, theirs) = (plainID, other.plainID)
    return mine == theirs ? (repetition?.number ?? 0) < (other.repetition?.number ?? 0) : mine < theirs
  }

  /// The id without the repetition.
  private var plainID: Substring {
    repetition.map { id.dropLast("#\($0.number)".count) } ?? id[...]
  }

  fileprivate func moved(to position: Int) -> ReportedCase {
    var moved = self
    moved.position = position
    return moved
  }
}

extension [String] {
  /// The words in their order, each once.
  fileprivate var eachOnce: [String] {
    reduce(into: []) { words, word in
      if !words.contains(word) { words.append(word) }
    }
  }
}
