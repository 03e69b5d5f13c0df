// SPDX-License-Identifier: Apache-2.0

/// A file or folder that cannot be used at all, before anything in it could be wrong.
public struct FileProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path as it was given.
  public let path: String
  /// What is the matter, and what would be right.
  public let reason: String

  /// One line: `scenarios/new.json5: there is no such file`.
  public var description: String { "\(Printable.escape(path)): \(reason)" }
}
