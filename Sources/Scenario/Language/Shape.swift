// SPDX-License-Identifier: Apache-2.0

/// What a value of a file may look like, as a value: what the JSON Schema and the reference page are made of.
public indirect enum Shape: Hashable, Sendable {
  /// A string; the pattern, where there is one, is a regular expression of ECMA-262 for all of it.
  case string(pattern: String?)
  /// A string, for which the pattern holds where there is one, or a whole number that stands for its digits.
  case text(pattern: String?)
  /// `true` or `false`.
  case boolean
  /// `true`, where `false` would say nothing.
  case onlyTrue
  /// A whole number of a range, in steps.
  case integer(ClosedRange<Int>, multipleOf: Int)
  /// Any number of a range.
  case number(ClosedRange<Double>)
  /// One of a few strings.
  case words([String])
  /// A list of so many values of one shape.
  case list(Shape, count: ClosedRange<Int>)
  /// An object with known keys.
  case object(ObjectShape)
  /// An object with keys of the author's choice, each as the pattern says, and values of one shape.
  case dictionary(Shape, keyPattern: String)
  /// Any one of several shapes.
  case either([Shape])
  /// The matrix: names with lists of at least one value of any kind, or a list of objects with a value of each name.
  case matrix
  /// The variables: names with a text, a number, `true` or `false`.
  case variables
}

/// What an object of a file may look like.
public struct ObjectShape: Hashable, Sendable {
  /// What the reference page calls it: "Message".
  public let name: String
  /// What it is, as a phrase: "a message".
  public let phrase: String
  /// Its keys, in the order of the reference page.
  public let keys: [KeyShape]
  /// Groups of keys of which exactly one group must be there; none where keys do not exclude each other.
  public internal(set) var alternatives: [[String]] = []
  /// Keys beside which another must be there, by the key that needs it.
  public internal(set) var needs: [String: String] = [:]
  /// Whether an object without any key is wrong, whichever it would have.
  public internal(set) var needsKey = false
}

/// What one key of an object means and what its value may look like.
public struct KeyShape: Hashable, Sendable {
  /// The key.
  public let name: String
  /// What it means, in one line.
  public let meaning: String
  /// Whether an object without it is wrong.
  public let isRequired: Bool
  /// When an object may be without it although it is required; nil for never.
  public internal(set) var exemption: Exemption?
  /// What its value must be, as a phrase: "a number from 0 to 255".
  public let phrase: String
  /// What its value may look like.
  public let shape: Shape
}

/// When an object may be without a key that it must have otherwise.
public struct Exemption: Hashable, Sendable {
  /// The keys of the object that must all have an object as their value.
  public let keys: [String]
  /// The key that each of those objects must have.
  public let member: String

  /// Whether an object with these members may be without the key.
  func applies(to members: [JSON5Member]) -> Bool {
    keys.allSatisfy { key in
      guard case .object(let inner)? = members.first(where: { $0.key == key })?.value.value else {
        return false
      }
      return inner.contains { $0.key == member }
    }
  }
}
