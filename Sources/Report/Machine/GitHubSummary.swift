// SPDX-License-Identifier: Apache-2.0

import Verdict

/// The summary of a step on GitHub, in Markdown: the counts, a table of what did not pass, and each failure's text.
public struct GitHubSummary: Sendable {
  private let finished: FinishedRun
  private let limit: Int

  /// GitHub refuses a summary of more than 1 MiB; this leaves room for another of the same step.
  public static let limit = 500_000

  /// Makes a summary of a run that is over, of at most so many bytes but for a few lines.
  public init(_ finished: FinishedRun, limit: Int = Self.limit) {
    self.finished = finished
    self.limit = limit
  }

  /// The summary, line ends included.
  public var text: String {
    let failed = finished.cases.filter { $0.status != .passed && $0.status != .notRun }
    let table = Self.fitting(failed.map(row), in: limit / 2)
    let details = Self.fitting(
      failed.filter { $0.status != .knownFailure }.map(details), in: limit - table.size)
    return
      ([heading] + headOfTable(failed) + table.pieces + cut(table.left) + details.pieces + cut(details.left))
      .joined()
  }

  private var heading: String {
    let end = finished.end.map { "\($0.countsInWords) in \(Duration(inSeconds: $0.seconds).formatted)" }
    let problems = finished.problems.map { "**\(Self.plain($0))**\n\n" }.joined()
    let run = finished.run.map { "\(Self.plain($0.heading))\n\n" } ?? ""
    return "### twohost: \(end ?? "cut short")\n\n\(run)\(problems)"
  }

  private func headOfTable(_ failed: [ReportedCase]) -> [String] {
    failed.isEmpty ? [] : ["| result | case | place | what |\n| --- | --- | --- | --- |\n"]
  }

  private func row(_ result: ReportedCase) -> String {
    let place = result.firstFinding.map { "\($0.file):\($0.line)" } ?? "\(result.file):\(result.line)"
    let cells = [result.id, place, result.message].map { "<code>\(Self.plain($0))</code>" }
    return "| \(result.status.words) | \(cells.joined(separator: " | ")) |\n"
  }

  private func details(_ result: ReportedCase) -> String {
    let text = result.evidence.joined(separator: "\n")
    let fence = Self.fence(around: text)
    let title = "\(result.status.words): <code>\(Self.plain(result.id))</code>"
    return "\n<details><summary>\(title)</summary>\n\n\(fence)text\n\(text)\n\(fence)\n\n</details>\n"
  }

  private func cut(_ count: Int) -> [String] {
    count > 0
      ? ["\nThis summary is cut: \(count) more did not fit. The log and the other reports have all.\n"] : []
  }

  /// As many of the pieces as fit, their size in bytes, and how many are left.
  private static func fitting(_ pieces: [String], in limit: Int) -> (pieces: [String], size: Int, left: Int) {
    var size = 0
    var taken: [String] = []
    for piece in pieces {
      guard size + piece.utf8.count <= limit else { break }
      size += piece.utf8.count
      taken.append(piece)
    }
    return (taken, size, pieces.count - taken.count)
  }

  /// More backticks than stand together anywhere in the text, so that nothing in it ends the block.
  private static func fence(around text: String) -> String {
    let longest = text.unicodeScalars.split { $0 != "`" }.map(\.count).max() ?? 0
    return String(repeating: "`", count: max(3, longest + 1))
  }

  /// Foreign text in which Markdown and HTML find nothing of theirs: what is neither a letter, a digit nor one of a few
  /// marks is written as a number.
  private static func plain(_ text: String) -> String {
    DocumentText.replacing(in: DocumentText.escape(text), meaningful)
  }

  private static let meaningful: [Unicode.Scalar: String] = {
    let marks = (0x21...0x7e).map { UInt8($0) }.filter { byte in
      let scalar = Unicode.Scalar(byte)
      return !scalar.properties.isAlphabetic && !("0"..."9").contains(scalar)
        && !" /-,()".unicodeScalars.contains(scalar)
    }
    return Dictionary(uniqueKeysWithValues: marks.map { (Unicode.Scalar($0), "&#\($0);") })
  }()
}
