// SPDX-License-Identifier: Apache-2.0

/// Numbers of which any will do, in a file's order: to find one takes no longer where there are many.
public struct NumberChoice: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// The numbers.
  public let numbers: [UInt128]
  private let known: Set<UInt128>

  /// Holds numbers.
  public init(_ numbers: [UInt128]) {
    self.numbers = numbers
    known = Set(numbers)
  }

  /// Holds the numbers of a literal.
  public init(arrayLiteral numbers: UInt128...) { self.init(numbers) }

  /// Whether a number is one of them.
  public func contains(_ number: UInt128) -> Bool { known.contains(number) }
}
