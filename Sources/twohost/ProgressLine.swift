// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Report
import Verdict

/// The one line on a terminal that shows how far a run is; a pipe never sees it.
struct ProgressLine {
  private var text = ProgressText()
  private var running: [Int: (id: String, start: Duration)] = [:]
  private var isShown = false
  private var nextDrawing = RunClock.now + patience

  /// A run that is over sooner than this needs no such line.
  private static let patience = Duration.milliseconds(300)
  private static let interval = Duration.milliseconds(100)

  /// Makes one where standard output is a terminal that can erase a line; else nil.
  init?() {
    guard isatty(STDOUT_FILENO) == 1, Console.variable("TERM") ?? "dumb" != "dumb" else { return nil }
  }

  /// Takes what happens.
  mutating func take(_ event: Event) {
    switch event {
    case .runStarted(let run): text.total = run.cases
    case .caseStarted(let start): running[start.position] = (start.id, RunClock.now)
    case .caseFinished(let result):
      running[result.planned.position] = nil
      text.done += 1
      if !result.status.isAccepted { text.failed += 1 }
    case .runFinished: break
    }
  }

  /// Draws the line anew, unless it was drawn just now.
  mutating func draw() {
    guard RunClock.now >= nextDrawing else { return }
    nextDrawing = RunClock.now + Self.interval
    text.running = running.count
    let slowest = running.values.min { $0.start < $1.start }
    text.slowest = slowest.map { ($0.id, RunClock.now - $0.start) }
    isShown = true
    try? Console.write(Console.eraseLine + text.text(width: Console.width(of: STDOUT_FILENO) - 1))
  }

  /// Takes the line away, before something else is written.
  mutating func erase() {
    guard isShown else { return }
    isShown = false
    try? Console.write(Console.eraseLine)
  }
}
