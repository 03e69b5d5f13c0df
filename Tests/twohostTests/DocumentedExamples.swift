// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The fenced examples of a Markdown page.
struct DocumentedExamples {
  /// One example in JSON5.
  struct Example: CustomTestStringConvertible {
    /// The line of the page on which its fence begins.
    let line: Int
    /// What stands in it.
    let text: String
    /// What stands behind `json5` on the fence: nothing, `fails=TEXT` or `file=PATH`.
    let note: String

    /// What the report of its failure has at the place that failed; nil for one that passes.
    var failure: String? { note.hasPrefix("fails=") ? String(note.dropFirst(6)) : nil }
    /// Where others look for it; nil for a scenario.
    var file: String? { note.hasPrefix("file=") ? String(note.dropFirst(5)) : nil }

    var testDescription: String { "line \(line)" }
  }

  let examples: [Example]

  /// Reads a page of the checkout.
  init(page: String) {
    let path = "\(TwoHostProgram.checkout)/\(page)"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    var found: [Example] = []
    var open: (line: Int, note: String, body: [Substring])?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let block = open {
        guard line == "```" else {
          open?.body.append(line)
          continue
        }
        if block.note.hasPrefix("json5") {
          let note = block.note.dropFirst(5).drop { $0 == " " }
          found.append(
            Example(line: block.line, text: block.body.joined(separator: "\n"), note: String(note)))
        }
        open = nil
      } else if line.hasPrefix("```") {
        open = (index + 1, String(line.dropFirst(3)), [])
      }
    }
    examples = found
  }
}
