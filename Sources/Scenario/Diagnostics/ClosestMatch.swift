// SPDX-License-Identifier: Apache-2.0

/// Finds what a misspelt word was meant to be.
public enum ClosestMatch {
  /// The candidate that a word is most likely meant to be, or nil where none is near.
  ///
  /// One that differs only in case wins; else the one with the fewest edits (letters added, left out,
  /// changed, or two neighbours swapped), at most about a third of the word's length, the first of equals.
  public static func suggestion(for word: String, among candidates: [String]) -> String? {
    let letters = Array(word.lowercased())
    var nearest: String?
    var fewest = (letters.count + 1) / 3 + 1
    for candidate in candidates {
      let other = Array(candidate.lowercased())
      guard abs(other.count - letters.count) < fewest else { continue }
      let edits = distance(letters, other)
      if edits < fewest { (nearest, fewest) = (candidate, edits) }
    }
    return nearest
  }

  /// The optimal string alignment distance: Damerau and Levenshtein's, with no letter edited twice.
  static func distance(_ first: [Character], _ second: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for i in first.indices {
      var row = [i + 1]
      for j in second.indices {
        let change = last[j] + (first[i] == second[j] ? 0 : 1)
        var fewest = min(change, last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
          fewest = min(fewest, beforeLast[j - 1] + 1)
        }
        row.append(fewest)
      }
      (beforeLast, last) = (last, row)
    }
    return last[second.count]
  }
}
