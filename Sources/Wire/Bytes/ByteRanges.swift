// SPDX-License-Identifier: Apache-2.0

/// Which bytes of many were seen: ranges in order, none of which touches the next.
public struct ByteRanges: Sendable {
  /// The ranges.
  public private(set) var ranges: [Range<Int>] = []

  /// No bytes.
  public init() {}

  /// Those that were seen from the first byte on, without a gap.
  public var leading: Int { ranges.first.flatMap { $0.lowerBound == 0 ? $0.upperBound : nil } ?? 0 }

  /// The gaps between the first byte and the last that was seen.
  public var gaps: [Range<Int>] {
    var next = 0
    return ranges.compactMap { range in
      defer { next = range.upperBound }
      return range.lowerBound > next ? next..<range.lowerBound : nil
    }
  }

  /// The place of the first range that ends behind a byte, or at it.
  private func index(endingFrom byte: Int) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < byte { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The parts of a range that were not seen yet.
  public func missing(in range: Range<Int>) -> [Range<Int>] {
    var missing: [Range<Int>] = []
    var next = range.lowerBound
    var index = index(endingFrom: next)
    while next < range.upperBound {
      guard index < ranges.count, ranges[index].lowerBound < range.upperBound else {
        missing.append(next..<range.upperBound)
        break
      }
      if ranges[index].lowerBound > next { missing.append(next..<ranges[index].lowerBound) }
      next = max(next, ranges[index].upperBound)
      index += 1
    }
    return missing
  }

  /// Notes that a range was seen.
  public mutating func insert(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let first = index(endingFrom: range.lowerBound)
    var (last, joined) = (first, range)
    while last < ranges.count, ranges[last].lowerBound <= range.upperBound {
      joined =
        min(joined.lowerBound, ranges[last].lowerBound)..<max(joined.upperBound, ranges[last].upperBound)
      last += 1
    }
    ranges.replaceSubrange(first..<last, with: [joined])
  }
}
