// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

/// Ranges of bytes against plain sets of them.
@Suite struct ByteRangesTests {
  @Test("whatever is inserted in whatever order, what is there and what is missing is as of a set")
  func likeASet() {
    var generator = SplitMix64(seed: 7)
    for _ in 0..<300 {
      var ranges = ByteRanges()
      var bytes: Set<Int> = []
      for _ in 0..<12 {
        let start = Int.random(in: 0..<40, using: &generator)
        let range = start..<start + Int.random(in: 0..<12, using: &generator)
        let missing = ranges.missing(in: range)
        #expect(missing.flatMap { Array($0) } == range.filter { !bytes.contains($0) })
        #expect(missing.allSatisfy { !$0.isEmpty })
        ranges.insert(range)
        bytes.formUnion(range)
        #expect(ranges.ranges.flatMap { Array($0) } == bytes.sorted())
        let last = bytes.max() ?? -1
        #expect(ranges.gaps.flatMap { Array($0) } == (0..<last + 1).filter { !bytes.contains($0) })
        #expect(ranges.leading == ((0...60).first { !bytes.contains($0) } ?? 0))
        for (one, next) in zip(ranges.ranges, ranges.ranges.dropFirst()) {
          #expect(one.upperBound < next.lowerBound)
        }
      }
    }
  }
}
