// SPDX-License-Identifier: Apache-2.0

/// A stretch of a file.
public struct SourceSpan: Sendable {
  /// The file.
  public let file: SourceFile
  /// The byte offsets it covers.
  public let range: Range<Int>

  /// Names a stretch of a file by its byte offsets.
  public init(file: SourceFile, range: Range<Int>) {
    self.file = file
    self.range = range
  }

  /// The line in which it begins, from 1: less work than its position.
  public var line: Int { file.line(of: range.lowerBound) }

  /// Where it begins.
  public var position: SourcePosition { file.position(of: range.lowerBound) }
}
