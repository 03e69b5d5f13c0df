// SPDX-License-Identifier: Apache-2.0

import Scenario

/// How things stand while files are watched and nothing is run, in one line.
public struct WatchText: Sendable {
  /// Whether no file is wrong.
  public var isRight = true
  private var passes: [String: Bool] = [:]

  /// Begins with no case.
  public init() {}

  /// Takes how a case ended that was run last.
  public mutating func take(_ id: String, passes isPassed: Bool) { passes[id] = isPassed }

  /// Forgets all cases but some.
  public mutating func keep(only ids: [String]) {
    let kept = Set(ids)
    passes = passes.filter { kept.contains($0.key) }
  }

  /// The line, of at most `width` characters, without a line end.
  public func text(watching files: Int, width: Int) -> String {
    let failed = passes.filter { !$0.value }.keys.sorted()
    let counts =
      !isRight
      ? "nothing runs while a file has errors"
      : failed.isEmpty ? "\(passes.count) pass" : "\(failed.count) of \(passes.count) fail"
    let noun = files == 1 ? "1 file" : "\(files) files"
    let (begin, end) = ("watching \(noun) · \(counts)", " · Ctrl-C ends")
    guard isRight, !failed.isEmpty else { return String("\(begin)\(end)".prefix(max(0, width))) }
    let names = Printable.escape(failed.joined(separator: ", "))
    let room = width - begin.count - end.count - 2
    let shown = names.count <= room ? names : room > 1 ? names.prefix(room - 1) + "…" : ""
    return String((shown.isEmpty ? begin + end : "\(begin): \(shown)\(end)").prefix(max(0, width)))
  }
}
