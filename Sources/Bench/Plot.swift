// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The ratios as bars on a logarithmic axis (SVG), with the earlier ones thin below and the targets as strokes.
struct Plot {
  private let rows: [Row]
  private let earlier: [Row]

  private static let left = 420.0
  private static let width = 1000.0
  private static let step = 34.0
  private static let top = 40.0
  private static let axis = [0.1, 1, 10, 100, 1000]

  init(_ rows: [Row], before earlier: [Row]) {
    self.rows = rows.filter { $0.ratio != nil }
    self.earlier = earlier
  }

  /// The picture as the text of a file.
  var text: String {
    let height = Self.top + Double(rows.count) * Self.step + 20
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.width.short)" height="\(height.short)" \
      font-family="sans-serif" font-size="12">
      <rect width="100%" height="100%" fill="white"/>
      <text x="8" y="20">ratios, logarithmic: now, below it before; a stroke is the target, red where it is missed</text>
      \(lines(height).joined(separator: "\n"))
      \(rows.enumerated().map { bars($1, at: Self.top + Double($0) * Self.step) }.joined(separator: "\n"))
      </svg>

      """
  }

  private func lines(_ height: Double) -> [String] {
    Self.axis.map { ratio in
      let x = Self.place(of: ratio).short
      return """
        <line x1="\(x)" y1="\(Self.top.short)" x2="\(x)" y2="\(height.short)" stroke="#ddd"/>\
        <text x="\(x)" y="\((Self.top - 6).short)" text-anchor="middle" fill="#666">\(ratio.short)</text>
        """
    }
  }

  private func bars(_ row: Row, at y: Double) -> String {
    let before = earlier.first { $0.name == row.name && $0.reference == row.reference }?.ratio
    let label = "\(row.name) : \(row.reference ?? "") = \((row.ratio ?? .nan).short)"
    let colour = row.isMet == false ? "#c0392b" : "#2e7d5b"
    return """
      <text x="\((Self.left - 8).short)" y="\((y + 18).short)" text-anchor="end">\(Self.escape(label))</text>
      \(Self.bar(row.ratio, y + 6, 14, colour))\(Self.bar(before, y + 21, 4, "#999"))\
      \(Self.stroke(row.target?.ratio, y))
      """
  }

  private static func bar(_ ratio: Double?, _ y: Double, _ height: Double, _ colour: String) -> String {
    guard let ratio, ratio.isFinite else { return "" }
    let (one, end) = (place(of: 1), place(of: ratio))
    return """
      <rect x="\(min(one, end).short)" y="\(y.short)" width="\(max(1, abs(end - one)).short)" \
      height="\(height.short)" fill="\(colour)"/>
      """
  }

  private static func stroke(_ ratio: Double?, _ y: Double) -> String {
    guard let ratio else { return "" }
    let x = place(of: ratio).short
    return """
      <line x1="\(x)" y1="\((y + 2).short)" x2="\(x)" y2="\((y + 26).short)" stroke="black" stroke-width="2"/>
      """
  }

  private static func place(of ratio: Double) -> Double {
    let (first, last) = (log10(axis[0]), log10(axis[axis.count - 1]))
    let share = (log10(min(max(ratio, axis[0]), axis[axis.count - 1])) - first) / (last - first)
    return left + share * (width - left - 20)
  }

  private static func escape(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      default: result.append(character)
      }
    }
  }
}
