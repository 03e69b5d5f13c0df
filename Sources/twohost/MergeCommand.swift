// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Linux
import Report
import Scenario
import Verdict

/// `twohost merge`: makes one report of the JSON lines of several shards.
enum MergeCommand: Command {
  static let name = "merge"
  static let operands = "FILE…"
  static let summary = "make one report of the JSON lines that several shards wrote"
  static let details = [
    "All shards must be there, each once, and each whole: where one is missing or was cut short the report says",
    "so, and the status is 5. Otherwise the status is that of one run of all cases. No privilege is needed.",
  ]
  static let options = ReportOptions.all

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard !arguments.operands.isEmpty else { throw UsageError("merge needs the JSON lines of a run") }
    try ReportOptions.check(arguments)
    var report = try ReportOptions.standardReport(arguments)
    guard let merged = merge(arguments.operands) else { return .usage }
    for event in merged.events { try Console.write(report.text(for: event)) }
    for problem in merged.problems { Console.explain("error: \(problem)") }
    if let path = arguments.value(ReportOptions.json) {
      let lines = merged.events.map(JSONLines().text).joined()
      try ReportFile.write(Array(lines.utf8), to: path)
    }
    let failures = writeDocuments(merged.events, arguments)
    Console.explain(failures: failures)
    return failures.isEmpty ? merged.exitStatus : .harnessFailed
  }

  /// - Returns: what could not be written, in sentences.
  private static func writeDocuments(_ events: [ReportedEvent], _ arguments: Arguments) -> [String] {
    var documents = RunDocuments(arguments)
    do throws(DocumentError) {
      for event in events {
        try documents.takeAtOnce(event)
        try documents.take(event)
      }
      return documents.write()
    } catch {
      return ["\(error)"] + documents.write()
    }
  }

  /// The files as one run; what is wrong with any of them is said.
  private static func merge(_ paths: [String]) -> MergedRun? {
    var files: [ShardFile] = []
    for path in paths {
      guard let contents = FileManager.default.contents(atPath: path) else {
        Console.explain("error: \(Printable.escape(path)) cannot be read")
        continue
      }
      do throws(MergeError) {
        files.append(try ShardFile(name: path, bytes: Array(contents)))
      } catch {
        Console.explain("error: \(error)")
      }
    }
    guard files.count == paths.count else { return nil }
    do throws(MergeError) {
      return try MergedRun(files)
    } catch {
      Console.explain("error: \(error)")
      return nil
    }
  }
}
