// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What a run does at this moment, in the one line that a terminal shows of it.
public struct ProgressText: Sendable {
  /// How many cases are over.
  public var done = 0
  /// How many cases there are.
  public var total = 0
  /// How many of those that are over did not go right.
  public var failed = 0
  /// How many cases are running.
  public var running = 0
  /// The case that has been running longest, and for how long.
  public var slowest: (id: String, time: Duration)?

  /// Begins with no case.
  public init() {}

  /// The line, of at most `width` characters, without a line end.
  public func text(width: Int) -> String {
    let failures = failed > 0 ? ", \(failed) failed" : ""
    let counts = "\(done) of \(total) done\(failures) · \(running) running"
    guard let slowest else { return String(counts.prefix(max(0, width))) }
    let time = slowest.time.formatted
    let id = Printable.escape(slowest.id)
    // The id gives way first: the time says whether anything moves at all.
    let room = width - "\(counts) ·  \(time)".count
    let shown = id.count <= room ? id : room > 0 ? id.prefix(room - 1) + "…" : ""
    return String((shown.isEmpty ? counts : "\(counts) · \(shown) \(time)").prefix(max(0, width)))
  }
}
