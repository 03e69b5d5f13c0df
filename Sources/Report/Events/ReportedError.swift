// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// Why nothing was run: what is wrong with the command line, a file or the machine.
public struct ReportedError: Codable, Sendable {
  /// The file that is wrong; nil where none is.
  public let file: String?
  /// The line there, from 1.
  public let line: Int?
  /// The column there, from 1, in characters.
  public let column: Int?
  /// What is wrong, in a sentence.
  public let text: String
  /// What to do about it, where that is known.
  public let fix: String?

  /// Tells of an error that is in no file.
  public init(_ text: String, fix: String? = nil) {
    (file, line, column) = (nil, nil, nil)
    self.text = text
    self.fix = fix
  }

  /// Tells of a file that cannot be read.
  public init(_ problem: FileProblem) {
    (file, line, column) = (problem.path, nil, nil)
    text = problem.reason
    fix = nil
  }

  /// Tells of an error at a place of a file.
  public init(_ diagnostic: Diagnostic) {
    let position = diagnostic.span.position
    file = diagnostic.span.file.path
    (line, column) = (position.line, position.column)
    text = ([diagnostic.message] + [diagnostic.label].compactMap { $0 } + diagnostic.notes).joined(
      separator: "; ")
    fix = nil
  }

  /// Where it is, as far as that is known: `a.json5:3:1`.
  var place: String? {
    file.map { ([$0] + [line, column].compactMap { $0 }.map(String.init)).joined(separator: ":") }
  }

  /// Place, text and fix, in one line.
  var sentence: String {
    [place, text].compactMap { $0 }.joined(separator: ": ") + (fix.map { "; fix: \($0)" } ?? "")
  }
}

extension ReportedEvent {
  /// The events of a run, or of a shard of one, that was refused before it began.
  public static func refusal(
    of version: String, on kernel: String, shard: Part?, _ errors: [ReportedError], _ status: ExitStatus
  ) -> [ReportedEvent] {
    [.run(ReportedRun(refusedBy: version, on: kernel, shard)), .end(ReportedEnd(errors, status))]
  }
}
