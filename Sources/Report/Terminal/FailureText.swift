// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict
import Wire

/// What is shown of a case that failed: each finding at its place in the file, the table, the marked bytes.
struct FailureText {
  private let verdict: CaseVerdict

  /// A failure fits a screen; the rest is in the capture.
  private static let mostMessages = 2
  private static let mostFindings = 4
  private static let mostUnexpected = 2
  private static let mostHexLines = 8

  init(_ verdict: CaseVerdict) {
    self.verdict = verdict
  }

  /// What a row of the table begins with where something is wrong.
  static let mark = "! "

  /// The lines.
  var lines: [String] {
    let failed = verdict.messages.filter { !$0.findings.isEmpty }
    let shown = failed.prefix(Self.mostMessages).map(message)
    let more = failed.count - shown.count
    let rest = more > 0 ? [["and \(count(more, "more message")) that failed"]] : []
    return Array((shown + rest + caseFindings + hints + unexpected + printed).joined(separator: [""]))
  }

  private func message(_ message: MessageVerdict) -> [String] {
    var lines = message.findings.prefix(Self.mostFindings).flatMap { finding in
      self.finding(finding, message.title)
    }
    let more = message.findings.count - Self.mostFindings
    if more > 0 { lines.append("and \(count(more, "more finding"))") }
    if !message.rows.isEmpty { lines += [""] + table(message.rows) }
    if !message.measures.isEmpty { lines += [""] + table(message.measures) }
    if let payload = message.payload { lines += [""] + difference(payload) }
    if let packet = message.evidence { lines += [""] + evidence(packet) }
    let sentences = message.changes + message.hints.map { "hint: \($0)" }
    if !sentences.isEmpty { lines += [""] + indented(sentences, by: 2) }
    return lines
  }

  private var caseFindings: [[String]] {
    let shown = verdict.findings.prefix(Self.mostFindings).flatMap { finding($0, nil) }
    let more = verdict.findings.count - Self.mostFindings
    let lines = shown + (more > 0 ? ["and \(count(more, "more finding"))"] : [])
    return lines.isEmpty ? [] : [lines]
  }

  /// What may be behind what is wrong beside the messages, or behind all of it.
  private var hints: [[String]] {
    verdict.hints.isEmpty ? [] : [indented(verdict.hints.map { "hint: \($0)" }, by: 2)]
  }

  private var unexpected: [[String]] {
    verdict.unexpected.prefix(Self.mostUnexpected).map { packets in
      let number =
        packets.count == 1 ? "the unexpected packet" : "the first of \(packets.count) unexpected packets"
      return ["  \(number), \(packets.summary):"] + indented(HexDump.lines(packets.bytes, limit: 64), by: 2)
    }
  }

  private var printed: [[String]] {
    let lines = PrintedText.lines(verdict.printed)
    return lines.isEmpty ? [] : [indented(lines, by: 2)]
  }

  private func finding(_ finding: Finding, _ subject: String?) -> [String] {
    let places = finding.places.map(\.rawValue).formattedAsList
    let about = [subject, places.isEmpty ? nil : "wrong at \(places)"].compactMap { $0 }.joined(
      separator: ", ")
    let position = finding.span.position
    let place = "\(Printable.escape(finding.span.file.path)):\(position.line):\(position.column)"
    let heading = about.isEmpty ? place : "\(place)   \(about)"
    return [heading] + DiagnosticText.excerpt(of: finding.span, label: finding.text)
  }

  private func table(_ rows: [ComparisonRow]) -> [String] {
    let head = ["  field", "wanted"] + Place.allCases.map(\.rawValue)
    let body = rows.map { row in
      let cells = Place.allCases.map { row.seen[$0] ?? "-" }
      return ["\(row.isWrong ? Self.mark : "  ")\(row.title)", row.wanted] + cells + [row.remark ?? ""]
    }
    return TextTable.lines([head] + body)
  }

  private func table(_ measures: [MeasureRow]) -> [String] {
    let body = measures.map { ["\($0.isWrong ? Self.mark : "  ")\($0.title)", $0.wanted, $0.seen] }
    return TextTable.lines([["  measure", "wanted", "seen"]] + body)
  }

  /// The line of either payload in which they differ first, one under the other, with the first difference marked.
  private func difference(_ payload: PayloadDifference) -> [String] {
    let first = payload.position / 16
    let sides = [("wanted", payload.wanted), (payload.place.rawValue, payload.seen)]
    let width = sides.map(\.0.count).max() ?? 0
    let shown = sides.map { name, bytes in
      let lines = HexDump.lines(bytes, marking: [payload.position])
      let line = first < lines.count ? lines[first] : "(ends at byte \(bytes.count))"
      return "  \(TextTable.padded(name, to: width))  \(line)"
    }
    return ["  the payload, which first differs at byte \(payload.position):"] + shown
  }

  private func evidence(_ packet: MarkedPacket) -> [String] {
    let heading: String? =
      if let number = packet.returned {
        number == 1 ? "what came back:" : "what came back, number \(number):"
      } else {
        packet.place == nil ? "the nearest packet seen, with differences marked:" : nil
      }
    return (heading.map { ["  \($0)"] } ?? []) + hex(packet)
  }

  /// The packet's first line, its lines with marks, and what they leave room for.
  private func hex(_ packet: MarkedPacket) -> [String] {
    let lines = HexDump.lines(packet.bytes, marking: packet.marks)
    let marked = Set(packet.marks.map { $0 / 16 })
    let chosen = lines.indices.filter { $0 < 2 || marked.contains($0) }.prefix(Self.mostHexLines)
    let shown = chosen.enumerated().flatMap { position, line in
      let hasGap = position > 0 && chosen[position - 1] + 1 < line
      return (hasGap ? ["..."] : []) + [lines[line]]
    }
    let isCut = (chosen.last ?? 0) + 1 < lines.count
    return indented(shown + (isCut ? ["... \(packet.bytes.count) bytes in all"] : []), by: 2)
  }
}
