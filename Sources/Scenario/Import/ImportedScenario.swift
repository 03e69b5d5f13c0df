// SPDX-License-Identifier: Apache-2.0

import Wire

/// A conversation of a capture as a scenario.
public struct ImportedScenario: Sendable {
  /// What becomes of a connection of TCP.
  public enum Form: Hashable, Sendable {
    /// The bytes that it carries, whose segments kernels make again.
    case streams
    /// Each of its segments.
    case segments
  }

  /// The file.
  public let text: String
  /// What is to be said of it, in sentences: what is otherwise than in the capture, and what was left out.
  public let notes: [String]
  /// How many messages it has.
  public let count: Int

  /// Makes a scenario of the packets of a conversation, whose first end is the sender.
  ///
  /// - Parameters:
  ///   - packets: the packets, in the order of their capture.
  ///   - title: what the file is about, a sentence without its full stop: its first line.
  ///   - notes: what else is to be said of it.
  /// - Throws: `ImportProblem` where it cannot be said in the language.
  public init(
    _ packets: [ImportedPacket], of conversation: Conversation, as form: Form, title: String,
    notes: [String] = []
  ) throws(ImportProblem) {
    let draft: ImportDraft
    if form == .streams, conversation.protocol == Segment.tcp {
      draft = try StreamImport(packets, of: conversation).draft
    } else {
      draft = try PacketImport(packets, of: conversation).draft
    }
    let all = notes + draft.notes
    self.notes = all
    count = draft.messages
    let comment = (["\(title)."] + all).map { "// \(Printable.escape($0))\n" }.joined()
    text = comment + draft.tree.text + "\n"
  }
}

/// A scenario before it is text.
struct ImportDraft {
  let tree: JSON5Tree
  var notes: [String]
  let messages: Int

  private static let roomForComment = 8192

  /// The time for a case that takes so many seconds; nil where that is no more than each case has.
  static func timeout(seconds: Int) -> JSON5Tree? {
    seconds > 4 ? .string("\(min(3600, 5 + seconds))s") : nil
  }

  /// The scenario that a file with this would be; throws `ImportProblem` with the first thing that is wrong with it.
  func scenario() throws(ImportProblem) -> Scenario {
    let text = Array(tree.text.utf8)
    guard text.count <= JSON5Reader.maximumBytes - Self.roomForComment else {
      throw ImportProblem(
        "the scenario would have \(text.count) bytes, and a file may have \(JSON5Reader.maximumBytes)",
        fix: "import a part of it: --packet 1-1000")
    }
    var reader = ScenarioReader()
    let file = SourceFile(path: "imported.json5", bytes: text)
    let cases = reader.read(file, id: "imported", networksAround: file.folder)
    guard let first = cases.first else {
      let problem = reader.allDiagnostics.reported.first
      throw ImportProblem(
        "the language cannot say it: \(problem?.message ?? "the file is wrong")"
          + (problem.map { " (line \($0.span.line))" } ?? ""))
    }
    return first.scenario
  }
}
