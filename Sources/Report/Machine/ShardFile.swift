// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// The JSON lines that a run wrote, read back.
public struct ShardFile: Sendable {
  /// The name by which people know it.
  public let name: String
  /// What it tells.
  public let finished: FinishedRun
  private let isCutShort: Bool

  /// Reads a file.
  ///
  /// A last line without its end was being written when the program died: it is left out, not wrong.
  ///
  /// - Throws: when a line does not hold an event, or one that cannot come there.
  public init(name: String, bytes: [UInt8]) throws(MergeError) {
    self.name = name
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var events: [ReportedEvent] = []
    for (index, line) in lines.dropLast().enumerated() {
      do {
        let event = try JSONLines.event(in: line)
        try Self.check(event, after: events)
        events.append(event)
      } catch {
        throw MergeError("\(Printable.escape(name)):\(index + 1): \(Self.words(for: error))")
      }
    }
    isCutShort = lines.last?.isEmpty == false
    finished = FinishedRun(events)
  }

  /// Its name, escaped.
  var shown: String { Printable.escape(name) }

  /// What is missing in it, in sentences.
  var problems: [String] {
    guard let run = finished.run else { return ["\(shown) is empty: its run never began"] }
    let missing = run.cases - finished.cases.count
    let lack =
      missing > 0 ? ", \(count(missing, "case")) of \(run.cases) \(missing == 1 ? "is" : "are") missing" : ""
    guard let end = finished.end, !isCutShort else { return ["\(shown) was cut short\(lack)"] }
    let counted = CaseStatus.allCases.filter { status in
      end.count(of: status) != finished.cases.count { $0.status == status }
    }
    let isComplete = end.errors != nil || missing == 0 && counted.isEmpty
    let own = (end.problems + (end.errors ?? []).map(\.sentence)).map { "\(shown): \(Printable.escape($0))" }
    return (isComplete ? [] : ["\(shown) does not hold as many cases as it counts\(lack)"]) + own
  }

  /// An event that cannot come after those before it.
  private struct Misplaced: Error {
    let reason: String
  }

  private static func check(_ event: ReportedEvent, after events: [ReportedEvent]) throws(Misplaced) {
    if case .end = events.last { throw Misplaced(reason: "there is something after the end of the run") }
    switch event {
    case .run:
      if !events.isEmpty { throw Misplaced(reason: "a second run begins: a file holds only one") }
    case .case, .end:
      if events.isEmpty { throw Misplaced(reason: "the first line must begin a run") }
    }
  }

  /// What is wrong with a line.
  private static func words(for error: any Error) -> String {
    if let misplaced = error as? Misplaced { return misplaced.reason }
    guard let error = error as? DecodingError else { return "this is not a line of a report" }
    let context: DecodingError.Context
    var what: String?
    switch error {
    case .dataCorrupted(let found), .typeMismatch(_, let found), .valueNotFound(_, let found): context = found
    case .keyNotFound(let key, let found): (context, what) = (found, "there is no \"\(key.stringValue)\"")
    @unknown default: return "this is not a line of a report"
    }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return Printable.escape((path.isEmpty ? "" : "\(path): ") + (what ?? context.debugDescription))
  }
}
