// SPDX-License-Identifier: Apache-2.0

/// Writes diagnostics for people: the message, the place, the line itself, and carets under the span.
///
/// ```
/// error: unknown key "protocal"
///   --> scenarios/new.json5:3:3
///    3 |   protocal: 253,
///      |   ^^^^^^^^ did you mean "protocol"?
/// ```
///
/// Whatever comes from a file is escaped by `Printable`; the carets stay under the exact span.
public enum DiagnosticText {
  /// All diagnostics by file and place, with an empty line between two.
  public static func render(_ diagnostics: Diagnostics) -> String {
    diagnostics.sorted.map(render).joined(separator: "\n")
  }

  /// One diagnostic, each line ended by a line feed.
  public static func render(_ diagnostic: Diagnostic) -> String {
    let span = diagnostic.span
    let position = span.position
    var lines = [
      "error: \(Printable.escape(diagnostic.message))",
      "  --> \(Printable.escape(span.file.path)):\(position.line):\(position.column)",
    ]
    lines += excerpt(of: span, label: diagnostic.label)
    lines += diagnostic.notes.map { note in
      gutter("", before: "=", Printable.escape(note))
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The line in which a span begins, under its number, and a line of carets with the label beside them.
  public static func excerpt(of span: SourceSpan, label: String? = nil) -> [String] {
    let line = MarkedLine(span)
    let number = String(span.position.line)
    let blank = String(repeating: " ", count: number.count)
    let marks = label.map { "\(line.carets) \(Printable.escape($0))" } ?? line.carets
    return [gutter(number, before: "|", line.text), gutter(blank, before: "|", marks)]
  }

  private static func gutter(_ number: String, before separator: String, _ text: String) -> String {
    let padding = String(repeating: " ", count: max(0, 4 - number.count))
    let start = "\(padding)\(number) \(separator)"
    return text.isEmpty ? start : "\(start) \(text)"
  }
}
