// SPDX-License-Identifier: Apache-2.0

import Scenario

/// The part of a scenario's file that matters for a case.
public struct ReportedSource: Codable, Sendable {
  /// The number of its first line, from 1.
  public let firstLine: Int
  /// Its lines, each in pieces.
  public let lines: [[Piece]]
  /// How many lines of the file are behind it.
  public let linesBehind: Int

  /// A piece of a line.
  public struct Piece: Codable, Sendable {
    /// The text, which is foreign.
    public let text: String
    /// Whether a finding is about it.
    public let isMarked: Bool
  }

  private static let mostLines = 240
  private static let mostBytesOfLine = 2000
  /// So many lines stand before the first that matters where the file has more than fit.
  private static let linesBefore = 12

  /// Takes the file of a scenario, or where that is long the part around what is marked.
  init(_ scenario: Scenario, marking spans: [SourceSpan]) {
    let file = scenario.file
    let own = Self.innermost(spans.filter { $0.file === file && !$0.range.isEmpty }.map(\.range))
    let count = file.lineCount
    let start = own.first?.lowerBound ?? scenario.exchange.first?.span.range.lowerBound ?? 0
    let first = count <= Self.mostLines ? 1 : max(1, file.line(of: start) - Self.linesBefore)
    let last = min(count, first + Self.mostLines - 1)
    firstLine = first
    linesBehind = count - last
    lines = first <= last ? (first...last).map { Self.pieces(of: file, line: $0, marking: own) } : []
  }

  /// The spans that hold no other, in order: the value that is wrong says more than the message that it stands in.
  private static func innermost(_ spans: [Range<Int>]) -> [Range<Int>] {
    let sorted = spans.sorted { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
    return zip(sorted, sorted.dropFirst().map(Optional.some) + [nil]).compactMap { span, next in
      next.map { $0.upperBound <= span.upperBound && $0 != span } == true ? nil : span
    }
  }

  private static func pieces(of file: SourceFile, line number: Int, marking spans: [Range<Int>]) -> [Piece] {
    let all = file.range(ofLine: number)
    let line = all.lowerBound..<min(all.upperBound, all.lowerBound + mostBytesOfLine)
    var pieces: [Piece] = []
    var next = line.lowerBound
    func add(to end: Int, isMarked: Bool) {
      guard end > next else { return }
      pieces.append(Piece(text: String(decoding: file.bytes[next..<end], as: UTF8.self), isMarked: isMarked))
      next = end
    }
    for span in spans where span.overlaps(line) {
      add(to: max(next, min(span.lowerBound, line.upperBound)), isMarked: false)
      add(to: min(span.upperBound, line.upperBound), isMarked: true)
    }
    add(to: line.upperBound, isMarked: false)
    if line.upperBound < all.upperBound { pieces.append(Piece(text: "…", isMarked: false)) }
    return pieces
  }
}
