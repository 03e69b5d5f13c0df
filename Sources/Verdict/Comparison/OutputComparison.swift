// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

extension OutputMatcher {
  /// What is wrong with an output; nil where it is as asked.
  func problem(of output: PrintedOutput) -> String? {
    switch self {
    case .contains(let texts):
      guard output.isWhole else { return Self.problem(behind: output.textsFound, of: texts) }
      return Self.problem(of: output.kept, containing: texts)
    case .equals, .lines:
      // Where some of it was not kept, nobody can say that it is all as wanted.
      guard output.isWhole else { return "\(output.total) bytes are more than is kept" }
      return problem(ofWhole: output.kept)
    }
  }

  /// Whether an output is as asked so far, or is another for good, whatever is printed yet.
  func isSettled(by output: PrintedOutput) -> Bool {
    if problem(of: output) == nil { return true }
    // What is asked of the whole output can be seen no more.
    guard output.isWhole || !texts.isEmpty else { return true }
    let wanted: [UInt8]
    switch self {
    case .contains: return false
    case .equals(let text): wanted = Array(text.utf8)
    case .lines(let lines): wanted = Array(lines.map { $0 + "\n" }.joined().utf8)
    }
    return !wanted.starts(with: output.kept)
  }

  private func problem(ofWhole bytes: [UInt8]) -> String? {
    switch self {
    case .equals(let text):
      Self.problem(of: bytes.lines(keepingEnds: true), Array(text.utf8).lines(keepingEnds: true))
    case .lines(let lines): Self.problem(of: bytes.lines(keepingEnds: false), lines.map { Array($0.utf8) })
    case .contains(let texts): Self.problem(of: bytes, containing: texts)
    }
  }

  /// The first line that is another than wanted.
  private static func problem(of lines: [[UInt8]], _ wanted: [[UInt8]]) -> String? {
    guard lines != wanted else { return nil }
    let index = zip(lines, wanted).prefix { $0 == $1 }.count
    let number = index + 1
    guard index < lines.count else {
      return "wanted line \(number), \(quoted(wanted[index])), but it ended"
    }
    guard index < wanted.count else {
      return "there is an extra line \(number): \(quoted(lines[index]))"
    }
    return "line \(number): wanted \(quoted(wanted[index])), printed \(quoted(lines[index]))"
  }

  /// The first text that is not there behind those before it.
  private static func problem(of bytes: [UInt8], containing texts: [String]) -> String? {
    var rest = bytes[...]
    for (index, text) in texts.enumerated() {
      guard let found = rest.firstPlace(of: text.utf8) else {
        return problem(behind: index, of: texts)
      }
      rest = rest[found.upperBound...]
    }
    return nil
  }

  /// What is missing where so many of the texts are there; nil where all of them are.
  private static func problem(behind found: Int, of texts: [String]) -> String? {
    guard found < texts.count else { return nil }
    let behind = found > 0 ? " after \"\(texts[found - 1])\"" : ""
    return "\"\(texts[found])\" was not printed\(behind)"
  }

  private static func quoted(_ line: [UInt8]) -> String { "\"\(String(decoding: line, as: UTF8.self))\"" }
}

extension [UInt8] {
  /// The lines, with or without the line feeds that end them.
  fileprivate func lines(keepingEnds: Bool) -> [[UInt8]] {
    let lineFeed = UInt8(ascii: "\n")
    var lines = split(separator: lineFeed, omittingEmptySubsequences: false).map(Array.init)
    let last = lines.popLast() ?? []
    if keepingEnds { lines = lines.map { $0 + [lineFeed] } }
    return last.isEmpty ? lines : lines + [last]
  }
}

extension RoleExpectation {
  /// Whether what a program has printed is all as asked, or cannot become so any more.
  public func isSettled(_ stdout: PrintedOutput, _ stderr: PrintedOutput) -> Bool {
    [(self.stdout, stdout), (self.stderr, stderr)].allSatisfy { wanted, seen in
      wanted?.value.isSettled(by: seen) ?? true
    }
  }
}
