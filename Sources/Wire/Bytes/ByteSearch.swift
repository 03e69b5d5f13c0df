// SPDX-License-Identifier: Apache-2.0

/// The search for some bytes in others that come piece by piece, in time that grows with the number of both, whatever they
/// are (Knuth, Morris and Pratt 1977); that of `firstRange(of:)` can grow with the product.
public struct ByteSearch: Sendable {
  private let wanted: [UInt8]
  /// How many of the wanted bytes, from the first, still fit where so many did and the next one does not.
  private let left: [Int]
  /// How many of the wanted bytes fit the last that came.
  private var fitting = 0

  /// Begins a search.
  public init(for bytes: some Collection<UInt8>) {
    wanted = Array(bytes)
    var left = [0]
    for index in wanted.indices.dropFirst() {
      var count = left[index - 1]
      while count > 0, wanted[count] != wanted[index] { count = left[count - 1] }
      left.append(wanted[count] == wanted[index] ? count + 1 : 0)
    }
    self.left = left
  }

  /// Looks at the next bytes up to where those that are wanted end, and gives back how many these are; nil where they have
  /// not come yet. Where none are wanted they are found at once.
  public mutating func end(in bytes: some Collection<UInt8>) -> Int? {
    guard !wanted.isEmpty else { return 0 }
    for (index, byte) in bytes.enumerated() {
      while fitting > 0, wanted[fitting] != byte { fitting = left[fitting - 1] }
      if wanted[fitting] == byte { fitting += 1 }
      guard fitting == wanted.count else { continue }
      fitting = 0
      return index + 1
    }
    return nil
  }
}

extension Collection<UInt8> where Index == Int {
  /// Where bytes stand first among these; nil where they do not.
  public func firstPlace(of bytes: some Collection<UInt8>) -> Range<Int>? {
    var search = ByteSearch(for: bytes)
    return search.end(in: self).map { startIndex + $0 - bytes.count..<startIndex + $0 }
  }
}
