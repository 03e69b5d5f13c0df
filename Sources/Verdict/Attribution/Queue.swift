// SPDX-License-Identifier: Apache-2.0

/// Numbers that are taken in order.
struct Queue {
  private var numbers: [Int] = []
  private var start = 0

  /// Puts a number at the end.
  mutating func append(_ number: Int) { numbers.append(number) }

  /// The first for which something holds, which those before it never will again.
  mutating func next(where holds: (Int) -> Bool) -> Int? {
    while start < numbers.count, !holds(numbers[start]) { start += 1 }
    return start < numbers.count ? numbers[start] : nil
  }

  /// Takes the first; nil where none is left.
  mutating func popFirst() -> Int? {
    guard start < numbers.count else { return nil }
    defer { start += 1 }
    return numbers[start]
  }

  /// Those that are left, at most so many.
  func ahead(_ most: Int) -> ArraySlice<Int> { numbers[start...].prefix(most) }

  /// The first of all, at most so many.
  func all(_ most: Int) -> ArraySlice<Int> { numbers.prefix(most) }

  /// The last of all.
  var last: Int? { numbers.last }
}
