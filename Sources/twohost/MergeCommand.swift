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
  static let summary = "make one report from the JSON lines of several shards"
  static let details = [
    "Every shard must be there once, and complete: if one is missing or was cut short, the report says",
    "so, and the status is 5. Otherwise the status is that of one run of all cases. No privilege is needed.",
  ]
  static let options = ReportOptions.all
  static let writesReports = true

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard !arguments.operands.isEmpty else { throw UsageError("merge needs the JSON lines of a run") }
    try ReportOptions.check(arguments)
    var report = try ReportOptions.standardReport(arguments)
    let merged = try merge(arguments.operands)
    for event in merged.events { try Console.write(report.text(for: event)) }
    for problem in merged.problems { Console.explain("error: \(problem)") }
    let failures = ReportOptions.write(merged.events, arguments)
    Console.explain(failures: failures)
    return failures.isEmpty ? merged.exitStatus : .harnessFailed
  }

  /// What a file holds, or standard input by the name "-"; nil where it cannot be read.
  private static func contents(of path: String) -> [UInt8]? {
    guard path == InputFile.standardInput else {
      return FileManager.default.contents(atPath: path).map(Array.init)
    }
    guard let file = try? InputFile(path) else { return nil }
    var bytes: [UInt8] = []
    while case let piece = file.read(), !piece.isEmpty { bytes += piece }
    return file.failure == nil ? bytes : nil
  }

  /// The files as one run.
  ///
  /// - Throws: `WrongFiles` with all that is wrong with any of them.
  private static func merge(_ paths: [String]) throws(WrongFiles) -> MergedRun {
    var (files, errors): ([ShardFile], [String]) = ([], [])
    for path in paths {
      guard let bytes = contents(of: path) else {
        errors.append("\(path) cannot be read")
        continue
      }
      do throws(MergeError) {
        files.append(try ShardFile(name: path, bytes: bytes))
      } catch {
        errors.append("\(error)")
      }
    }
    do throws(MergeError) {
      if errors.isEmpty { return try MergedRun(files) }
    } catch {
      errors.append("\(error)")
    }
    throw WrongFiles(problems: [], diagnostics: Diagnostics(), others: errors)
  }
}
