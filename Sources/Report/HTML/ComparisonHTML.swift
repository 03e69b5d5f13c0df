// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What was wanted of a message beside what was seen of it, in a table.
struct ComparisonHTML {
  private let comparison: ReportedComparison

  init(_ comparison: ReportedComparison) {
    self.comparison = comparison
  }

  var markup: Markup {
    "<h3>Wanted and seen: \(comparison.title)</h3>\n" + fields + measures + sentences
  }

  private var fields: Markup {
    guard !comparison.fields.isEmpty else { return "" }
    let places = Place.allCases.map(\.rawValue)
    let rows: [Markup] = comparison.fields.map { field in
      let seen: [Markup] = places.map { "<td>\(field.seen[$0] ?? "-")</td>" }
      return """
        <tr\(Self.wrong(field.isWrong))><th scope="row">\(Self.word(field.isWrong))\(field.title)</th>\
        <td>\(field.wanted)</td>\(seen.joined())<td>\(field.remark ?? "")</td></tr>
        """
    }
    return Self.table(["field", "wanted"] + places + ["note"], rows, "Fields of \(comparison.title)")
  }

  private var measures: Markup {
    guard !comparison.measures.isEmpty else { return "" }
    let rows: [Markup] = comparison.measures.map { measure in
      """
      <tr\(Self.wrong(measure.isWrong))><th scope="row">\(Self.word(measure.isWrong))\(measure.title)</th>\
      <td>\(measure.wanted)</td><td>\(measure.seen)</td></tr>
      """
    }
    return Self.table(["measure", "wanted", "seen"], rows, "Measures of \(comparison.title)")
  }

  private var sentences: Markup {
    let changes: [Markup] = comparison.changes.map { "<li>\(.isolated($0))</li>" }
    let hints: [Markup] = comparison.hints.map { "<li class=\"hint\"><b>Hint</b> \(.isolated($0))</li>" }
    let all = changes + hints
    return all.isEmpty ? "" : "<ul class=\"told\">\(all.joined())</ul>\n"
  }

  private static func wrong(_ isWrong: Bool) -> Markup { isWrong ? " class=\"wrong\"" : "" }

  /// A mark, as in a terminal, for who does not see colours.
  private static func word(_ isWrong: Bool) -> Markup {
    isWrong ? "<span class=\"hidden\">wrong: </span>" : ""
  }

  private static func table(_ head: [String], _ rows: [Markup], _ label: String) -> Markup {
    let cells: [Markup] = head.map { "<th scope=\"col\">\($0)</th>" }
    return """
      <div class="scroll" tabindex="0" role="group" aria-label="\(label)"><table class="values"><thead><tr>\(cells.joined())</tr></thead>\
      <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>

      """
  }
}
