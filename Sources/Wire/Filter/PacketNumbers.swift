// SPDX-License-Identifier: Apache-2.0

/// Which packets of a file are meant, by their numbers from 1 on: `3`, `2-5`, `7-`, `-4`, or several with commas.
public struct PacketNumbers: Sendable {
  private let ranges: [ClosedRange<Int>]

  /// Reads numbers and ranges; nil where one is neither, is 0, or ends before it begins.
  public init?(_ text: String) {
    var ranges: [ClosedRange<Int>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      guard ends.contains(where: { !$0.isEmpty }) else { return nil }
      let numbers = ends.map { end in
        end.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(end.isEmpty ? "0" : end) : nil
      }
      guard let first = numbers[0], let last = numbers[numbers.count - 1] else { return nil }
      let begin = ends[0].isEmpty ? 1 : first
      let end = ends[ends.count - 1].isEmpty ? Int.max : last
      guard begin >= 1, begin <= end else { return nil }
      ranges.append(begin...end)
    }
    self.ranges = ranges
  }

  /// Whether a packet is meant.
  public func contains(_ number: Int) -> Bool { ranges.contains { $0.contains(number) } }

  /// The highest number that is meant.
  public var last: Int { ranges.map(\.upperBound).max() ?? 0 }
}
