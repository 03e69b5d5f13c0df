// SPDX-License-Identifier: Apache-2.0

import Wire

/// A text by which names are chosen: `*` stands for any letters, `?` for one.
struct NamePattern: Sendable {
  private let letters: [UInt8]
  private let isPattern: Bool
  private let isPart: Bool

  /// Takes a pattern, or a text that a name must have somewhere, or else be.
  init(_ text: String, matchingParts isPart: Bool) {
    letters = Array(text.utf8)
    isPattern = text.utf8.contains { $0 == Self.many || $0 == Self.one }
    self.isPart = isPart
  }

  private static let (many, one) = (UInt8(ascii: "*"), UInt8(ascii: "?"))

  /// Whether a name is among those that are meant, in a time of at most the product of both lengths.
  func matches(_ name: String) -> Bool {
    guard isPattern else {
      return isPart
        ? Array(name.utf8).firstPlace(of: letters) != nil
        : name.utf8.elementsEqual(letters)
    }
    return matches(Array(name.utf8))
  }

  /// Goes back to the last star where something does not fit, and has it stand for one more.
  private func matches(_ name: [UInt8]) -> Bool {
    var (place, next) = (0, 0)
    var star: (place: Int, next: Int)?
    while next < name.count {
      if place < letters.count, letters[place] == Self.many {
        star = (place, next)
        place += 1
      } else if place < letters.count, letters[place] == name[next] || isOne(at: place, name[next]) {
        place += 1
        next += 1
      } else if let last = star {
        star = (last.place, last.next + 1)
        (place, next) = (last.place + 1, last.next + 1)
      } else {
        return false
      }
    }
    return letters[place...].allSatisfy { $0 == Self.many }
  }

  /// Whether one letter may stand here; of a letter of several bytes only the first counts.
  private func isOne(at place: Int, _ byte: UInt8) -> Bool { letters[place] == Self.one && byte & 0x80 == 0 }
}
