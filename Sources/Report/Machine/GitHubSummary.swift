// SPDX-License-Identifier: Apache-2.0

import Verdict

/// The summary of a step on GitHub, in Markdown: the counts, a table of what did not pass, and each failure's text.
///
/// Of what would not fit it keeps no more than how much that is.
public struct GitHubSummary: Sendable {
  private var run: ReportedRun?
  private var end: ReportedEnd?
  private var rows: Pieces
  private var details: Pieces
  private let limit: Int

  /// GitHub refuses a summary of more than 1 MiB; this leaves room for another of the same step.
  public static let limit = 500_000

  /// Begins a summary of at most so many bytes but for a few lines.
  public init(limit: Int = Self.limit) {
    self.limit = limit
    rows = Pieces(limit: limit / 2)
    details = Pieces(limit: limit)
  }

  /// Takes an event, cases in the plan's order.
  public mutating func take(_ event: ReportedEvent) {
    switch event {
    case .run(let begun): run = begun
    case .end(let ended): end = ended
    case .case(let result):
      guard result.status != .passed && result.status != .notRun else { return }
      rows.add { Self.row(result) }
      if result.status != .knownFailure { details.add { Self.details(result) } }
    }
  }

  /// The summary of a run that is over, line ends included.
  public var text: String {
    let shown = details.fitting(in: limit - rows.size)
    return ([heading] + headOfTable + rows.taken + cut(rows.left) + shown.taken + cut(shown.left)).joined()
  }

  private var heading: String {
    let result = end.map { "\($0.countsInWords) in \(Duration(inSeconds: $0.seconds).formatted)" }
    let problems = end.problems.map { "**\(Self.plain($0))**\n\n" }.joined()
    let run = run.map { "\(Self.plain($0.heading))\n\n" } ?? ""
    return "### twohost: \(result ?? "cut short")\n\n\(run)\(problems)"
  }

  private var headOfTable: [String] {
    rows.isEmpty ? [] : ["| result | case | place | what |\n| --- | --- | --- | --- |\n"]
  }

  private static func row(_ result: ReportedCase) -> String {
    let place = result.firstFinding.map { "\($0.file):\($0.line)" } ?? "\(result.file):\(result.line)"
    let cells = [result.id, place, result.message].map { "<code>\(plain($0))</code>" }
    return "| \(result.status.words) | \(cells.joined(separator: " | ")) |\n"
  }

  private static func details(_ result: ReportedCase) -> String {
    let text = result.evidence.joined(separator: "\n")
    let fence = fence(around: text)
    let title = "\(result.status.words): <code>\(plain(result.id))</code>"
    return "\n<details><summary>\(title)</summary>\n\n\(fence)text\n\(text)\n\(fence)\n\n</details>\n"
  }

  private func cut(_ count: Int) -> [String] {
    count > 0
      ? [
        "\nThis summary is truncated: \(count) more did not fit. The log"
          + " and the other reports have all of them.\n"
      ] : []
  }

  /// Pieces of text as far as they fit in so many bytes, one after another, and how many are left.
  private struct Pieces {
    let limit: Int
    private(set) var taken: [String] = []
    private(set) var size = 0
    private(set) var left = 0

    init(limit: Int) {
      self.limit = limit
    }

    var isEmpty: Bool { taken.isEmpty && left == 0 }

    /// Takes a piece, which is made where those before it have left room for any.
    mutating func add(_ make: () -> String) {
      guard left == 0 else {
        left += 1
        return
      }
      let piece = make()
      guard size + piece.utf8.count <= limit else {
        left = 1
        return
      }
      size += piece.utf8.count
      taken.append(piece)
    }

    /// Those of them that fit in less.
    func fitting(in limit: Int) -> Pieces {
      var fewer = Pieces(limit: min(limit, self.limit))
      for piece in taken { fewer.add { piece } }
      fewer.left += left
      return fewer
    }
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
