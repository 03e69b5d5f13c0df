// SPDX-License-Identifier: Apache-2.0

import Linux
import Report

/// The file of a page, whose cases are put aside on the disk in the order in which they end; in memory is only where
/// each of them stands there.
struct PageFile {
  /// A case that was put aside.
  private struct Place {
    let group: HTMLReport.Group
    let position: Int
    let range: Range<Int>
  }

  private let path: String
  private var report = HTMLReport()
  private var spool: SpoolFile?
  private var length = 0
  private var places: [Place] = []

  /// Begins a page that goes to a path.
  init(path: String) {
    self.path = path
  }

  /// Takes an event; the page orders its cases by itself.
  ///
  /// - Throws: the errors of `SpoolFile`.
  mutating func take(_ event: ReportedEvent) throws(SystemError) {
    let bytes = Array(report.take(event).utf8)
    guard case .case(let result) = event else { return }
    let file = if let spool { spool } else { try SpoolFile(for: path) }
    spool = file
    try file.append(bytes)
    places.append(
      Place(
        group: HTMLReport.Group(result.status), position: result.position,
        range: length..<length + bytes.count))
    length += bytes.count
  }

  /// Writes the page of a run that is over.
  ///
  /// - Throws: the errors of `ReportFile`.
  func write() throws(SystemError) {
    var parts: [FilePart] = [.bytes(Array(report.head.utf8))]
    for group in HTMLReport.Group.allCases {
      parts.append(.bytes(Array(report.heading(of: group).utf8)))
      if let spool { parts += ranges(of: group).map { .part(of: spool, $0) } }
      parts.append(.bytes(Array(report.foot(of: group).utf8)))
    }
    parts.append(.bytes(Array(report.tail.utf8)))
    try ReportFile.write(parts, to: path)
  }

  /// Where the cases of a group stand, in the plan's order; what stands together is copied together.
  private func ranges(of group: HTMLReport.Group) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for place in places.filter({ $0.group == group }).sorted(by: { $0.position < $1.position }) {
      if let last = ranges.last, last.upperBound == place.range.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<place.range.upperBound
      } else {
        ranges.append(place.range)
      }
    }
    return ranges
  }
}
