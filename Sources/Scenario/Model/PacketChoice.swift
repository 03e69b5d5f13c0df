// SPDX-License-Identifier: Apache-2.0

/// Which packets a cable treats, by their place among all that enter it in one direction or among those that match.
public struct PacketChoice: Sendable {
  /// How packets look of which the place counts; nil where each counts.
  public internal(set) var seen: Seen?
  /// Which of those that count.
  public internal(set) var nth = Nth.numbers([1])

  /// Places among packets, from 1.
  public enum Nth: Hashable, Sendable {
    /// These, in order.
    case numbers([Int])
    /// Every so many-th.
    case every(Int)
  }

  init(number: Int) {
    nth = .numbers([number])
  }

  init(_ seen: Seen, _ nth: Nth) {
    self.seen = seen
    self.nth = nth
  }

  /// The number of the one packet that is meant among all of its direction; nil where packets must match.
  public var number: Int? {
    guard seen == nil, case .numbers(let numbers) = nth else { return nil }
    return numbers.first
  }

  /// Whether single packets are meant, each of which must come, and not whichever come.
  public var isOfSingles: Bool {
    if case .numbers = nth { true } else { false }
  }

  /// Whether the packet in a place among those that count is meant.
  public func includes(_ place: Int) -> Bool {
    switch nth {
    case .numbers(let numbers): numbers.includes(place)
    case .every(let step): place.isMultiple(of: step)
    }
  }

  /// The same choice of what never comes where so many packets count; nil where all comes, of every so many-th one.
  public func missing(of count: Int) -> PacketChoice? {
    var missing = self
    switch nth {
    case .numbers(let numbers):
      let late = numbers.filter { $0 > count }
      missing.nth = .numbers(late)
      return late.isEmpty ? nil : missing
    case .every(let step): return count < step ? missing : nil
    }
  }

  /// Which packets they are, without what they look like: `packet 2`, `packets 2 and 3`, `every packet`.
  public var words: String {
    switch nth {
    case .numbers(let numbers) where numbers.count == 1: "packet \(numbers[0])"
    case .numbers(let numbers): "packets \(numbers.map(String.init).formattedAsList)"
    case .every(1): "every packet"
    case .every(let step): "every \(step.ordinal) packet"
    }
  }
}

extension Int {
  /// The number as a place in an order: `3rd`.
  fileprivate var ordinal: String {
    let isTeen = (11...13).contains(self % 100)
    switch self % 10 {
    case 1 where !isTeen: return "\(self)st"
    case 2 where !isTeen: return "\(self)nd"
    case 3 where !isTeen: return "\(self)rd"
    default: return "\(self)th"
    }
  }
}

extension [Int] {
  /// Whether a number is among these, which are in order.
  fileprivate func includes(_ number: Int) -> Bool {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == number
  }
}
