// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict
import Wire

/// What passes between two hosts, as it happens: a line each, with the time since the first.
public struct PassingText {
  private let palette: Palette
  private var origin: UInt64?

  /// So many lines are shown of what comes at once: nobody reads more.
  private static let mostLines = 100

  /// Makes one that begins with the first event.
  public init(palette: Palette) { self.palette = palette }

  /// The lines for what happened since the last time.
  public mutating func lines(_ events: [PassingEvent]) -> [String] {
    let shown = events.prefix(Self.mostLines).map { line($0) }
    let rest = events.count - shown.count
    return rest == 0 ? shown : shown + [palette.faint("            … and \(rest) more at once")]
  }

  private mutating func line(_ event: PassingEvent) -> String {
    switch event.kind {
    case .left(let summary, let length):
      let what = Printable.escape(summary.text)
      let text = "\(arrow(from: event.host, "──────"))  \(what), \(count(length, "byte"))"
      let line = "\(time(event.timestamp))  \(text)"
      return summary.isHousekeeping ? palette.faint(line) : line
    case .treated(let deed):
      return
        "\(Self.noTime)  \(arrow(from: event.host, Self.mark(deed)))  \(palette.bad("\(deed.packet.name): \(deed.words)"))"
    case .missed(let number):
      return palette.bad(
        "\(Self.noTime)  \(count(Int(clamping: number), "frame")) not seen at the \(event.host.rawValue): there was no room"
      )
    }
  }

  private static let noTime = String(repeating: " ", count: 10)

  /// The cable between two hosts, where something happens to a packet.
  private static func mark(_ deed: CableDeed) -> String {
    switch deed.kind {
    case .dropped, .lost: "──✗   "
    default: "──~───"
    }
  }

  private func arrow(from host: HostName, _ cable: String) -> String {
    let isThrough = !cable.contains("✗")
    return host == .sender
      ? "sender \(cable)\(isThrough ? "▶" : " ") receiver"
      : "sender \(isThrough ? "◀" : " ")\(String(cable.reversed())) receiver"
  }

  private mutating func time(_ timestamp: UInt64?) -> String {
    guard let timestamp else { return Self.noTime }
    let start = origin ?? timestamp
    origin = start
    let passed = Duration.nanoseconds(timestamp > start ? timestamp - start : 0).decimal
    return String(repeating: " ", count: max(0, Self.noTime.count - passed.count)) + passed
  }
}
