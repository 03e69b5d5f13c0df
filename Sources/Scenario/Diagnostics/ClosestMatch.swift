// SPDX-License-Identifier: Apache-2.0

/// Finds what a misspelt word was meant to be.
public enum ClosestMatch {
  /// The candidate that a word is most likely meant to be, or nil where none is near.
  ///
  /// One that differs only in case wins; else the one with the fewest edits (letters added, left out,
  /// changed, or two neighbours swapped), at most about a third of the word's length, the first of equals.
  public static func suggestion(for word: String, among candidates: [String]) -> String? {
    let letters = Letters(word)
    var nearest: String?
    var fewest = (letters.count + 1) / 3 + 1
    for candidate in candidates {
      let other = Letters(candidate)
      guard abs(other.count - letters.count) < fewest else { continue }
      let edits = letters.distance(to: other)
      if edits < fewest { (nearest, fewest) = (candidate, edits) }
    }
    return nearest
  }

  /// The optimal string alignment distance: Damerau and Levenshtein's, with no letter edited twice.
  static func distance<Letter: Equatable>(_ first: [Letter], _ second: [Letter]) -> Int {
    var beforeLast = Array(0...second.count)
    var last = beforeLast
    var row = beforeLast
    for i in first.indices {
      row[0] = i + 1
      for j in second.indices {
        let change = last[j] + (first[i] == second[j] ? 0 : 1)
        var fewest = min(change, last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
          fewest = min(fewest, beforeLast[j - 1] + 1)
        }
        row[j + 1] = fewest
      }
      (beforeLast, last, row) = (last, row, beforeLast)
    }
    return last[second.count]
  }
}

/// The letters of a word without their case: bytes where all are ASCII, which are compared faster.
private enum Letters {
  case ascii([UInt8])
  case any([Character])

  init(_ word: String) {
    let lowercased = word.lowercased()
    let bytes = Array(lowercased.utf8)
    self = bytes.allSatisfy { $0 < 0x80 } ? .ascii(bytes) : .any(Array(lowercased))
  }

  var count: Int {
    switch self {
    case .ascii(let bytes): bytes.count
    case .any(let characters): characters.count
    }
  }

  func distance(to other: Letters) -> Int {
    if case .ascii(let first) = self, case .ascii(let second) = other {
      return ClosestMatch.distance(first, second)
    }
    return ClosestMatch.distance(characters, other.characters)
  }

  private var characters: [Character] {
    switch self {
    case .ascii(let bytes): Array(String(decoding: bytes, as: UTF8.self))
    case .any(let characters): characters
    }
  }
}
