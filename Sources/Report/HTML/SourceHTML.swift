// SPDX-License-Identifier: Apache-2.0

/// The part of a scenario's file that matters for a case, with what findings are about marked.
struct SourceHTML {
  private let source: ReportedSource

  init(_ source: ReportedSource) {
    self.source = source
  }

  var markup: Markup {
    let lines: [Markup] = source.lines.enumerated().map { index, pieces in
      let isMarked = pieces.contains(where: \.isMarked)
      let text: [Markup] = pieces.map { piece in
        let text = piece.text.replacingTabs
        return piece.isMarked ? "<mark>\(.isolated(text))</mark>" : .isolated(text)
      }
      let number = source.firstLine + index
      return "<span class=\"line\(isMarked ? " hit" : "")\"><i>\(number)</i>\(text.joined())\n</span>"
    }
    let more: Markup =
      source.linesBehind > 0 ? "<p class=\"note\">and \(count(source.linesBehind, "more line"))</p>" : ""
    return """
      <h3>Scenario</h3>
      <pre class="source scroll" tabindex="0" role="group" aria-label="Scenario">\(lines.joined())</pre>\(more)
      """
  }
}

extension String {
  /// The text with a tab as two spaces, which it would be escaped as otherwise.
  fileprivate var replacingTabs: String {
    guard utf8.contains(UInt8(ascii: "\t")) else { return self }
    return String(map { $0 == "\t" ? "  " : String($0) }.joined())
  }
}
