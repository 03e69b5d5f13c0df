// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Which case a capture of a run is of, as its comment says it: enough to play it again.
public struct CapturedCase: Sendable {
  /// The path of the scenario file, from the folder in which the run was started.
  public let path: String
  /// What names the case among those of its file's matrix: `[ttl=1]`; empty where there is none.
  public let caseName: String
  /// What was given on the command line for variables of the file.
  public let settings: [VariableSetting]
  /// What the file said then; nil where that is longer than a comment may be.
  public let text: String?

  /// The line that such a comment begins with, behind which the file's text stands.
  private struct Heading: Codable {
    /// What tells such a comment from others.
    var twohost = "case"
    let file: String
    let `case`: String
    let set: [String]
    let hasText: Bool
  }

  /// An option of pcapng has 16 bits for its length; the heading needs some of the room.
  private static let longestText = 60_000

  /// The case that is played.
  public init(_ scenario: Scenario) {
    path = scenario.file.path
    caseName = scenario.caseName
    settings = scenario.settings
    let bytes = scenario.file.bytes
    text = bytes.count <= Self.longestText ? String(decoding: bytes, as: UTF8.self) : nil
  }

  /// Reads a comment; nil for one that somebody else wrote.
  public init?(comment: String) {
    let lines = comment.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    guard let line = lines.first,
      let heading = try? JSONDecoder().decode(Heading.self, from: Data(line.utf8)), heading.twohost == "case"
    else { return nil }
    path = heading.file
    caseName = heading.case
    settings = heading.set.compactMap { VariableSetting($0) }
    text = heading.hasText && lines.count == 2 ? String(lines[1]) : nil
  }

  /// The comment of a capture of the case; nil where that would be longer than one may be.
  public var comment: String? {
    let heading = Heading(file: path, case: caseName, set: settings.map(\.text), hasText: text != nil)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let line = try? encoder.encode(heading) else {
      preconditionFailure("texts and lists of them can all be written")
    }
    let comment = String(decoding: line, as: UTF8.self) + (text.map { "\n\($0)" } ?? "")
    return comment.utf8.count <= Int(UInt16.max) ? comment : nil
  }

  /// The folder from which files that the scenario names are read, and beside which its networks are.
  public var folder: String { SourceFile.folder(of: path) }
}
