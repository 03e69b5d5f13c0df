// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Scenario

/// The report for programs: a JSON object a line, as things happen, so that what was written before a crash can
/// be read.
public struct JSONLines: Report {
  /// Makes a report.
  public init() {}

  /// The line of an event, line end included.
  public func text(for event: ReportedEvent) -> String { Self.line(of: event) }

  /// The line of a value, line end included.
  static func line(of value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Nothing in a report is without a form in JSON: it is made of strings and of numbers that are finite.
    guard let data = try? encoder.encode(value) else { return "" }
    return escaped(String(decoding: data, as: UTF8.self)) + "\n"
  }

  /// The event that a line holds.
  ///
  /// - Throws: `DecodingError` when it holds none, or one of another format.
  public static func event(in line: some Sequence<UInt8>) throws -> ReportedEvent {
    try JSONDecoder().decode(ReportedEvent.self, from: Data(line))
  }

  /// JSON lets stand what hides or reorders text on a terminal, and what some programs take for a line end; outside
  /// ASCII such characters can be in strings alone.
  private static func escaped(_ json: String) -> String {
    guard json.unicodeScalars.contains(where: isUnsafe) else { return json }
    var escaped = ""
    for scalar in json.unicodeScalars {
      guard isUnsafe(scalar) else {
        escaped.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return escaped
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x7f else { return false }
    let text = String(scalar)
    return Printable.escape(text) != text
  }
}
