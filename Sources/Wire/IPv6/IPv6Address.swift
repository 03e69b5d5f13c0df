// SPDX-License-Identifier: Apache-2.0

/// An IPv6 address (RFC 4291).
public struct IPv6Address: Hashable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64

  /// Makes an address of its upper and its lower half, each as a number in host byte order.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The eight groups of 16 bits, in the order in which they are sent.
  var groups: [UInt16] {
    [high, low].flatMap { half in [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> $0) } }
  }

  /// The canonical text (RFC 5952 §4): lower case, no leading zeros, and `::` for the longest run of two zero groups or
  /// more, of several the first; an IPv4-mapped address ends in the dotted one (§5).
  public var description: String {
    if high == 0, low >> 32 == 0xFFFF {
      return "::ffff:\(IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)))"
    }
    let groups = groups
    guard let run = Self.longestZeroRun(groups) else { return Self.text(groups[...]) }
    return "\(Self.text(groups[..<run.lowerBound]))::\(Self.text(groups[run.upperBound...]))"
  }

  private static func text(_ groups: ArraySlice<UInt16>) -> String {
    groups.map { String($0, radix: 16) }.joined(separator: ":")
  }

  private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
    var longest = 0..<0
    var start = 0
    for index in 0...groups.count where index == groups.count || groups[index] != 0 {
      if index - start > longest.count { longest = start..<index }
      start = index + 1
    }
    return longest.count < 2 ? nil : longest
  }
}
