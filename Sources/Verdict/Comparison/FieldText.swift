// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What is said of a value that is not as wanted; `seen` says how it was met, `arrived`.
///
/// A file that says what it wants is shown beside the sentence; where it does not, the sentence begins with
/// the name of the field.
enum FieldText {
  /// What is said of a header field whose value is a number.
  static func text(
    _ field: IPField, wanted: Located<FieldMatcher>, in header: IPHeader, seen: String
  ) -> String {
    let value = field.text(in: header).map { "with \($0)" } ?? "without it"
    var right = ""
    if case .valid = wanted.value, let header = header.ipv4 {
      right = ", should be \(field.format(UInt128(header.rightChecksum())))"
    }
    return subject(field.title, wanted) + "wanted \(wanted.value.text(for: field)), \(seen) \(value)\(right)"
  }

  /// What is said of a header field of a packet of which the cable may have left less than that.
  static func text(_ field: IPField, wanted: Located<FieldMatcher>, in sighting: Sighting) -> String {
    let seen = sighting.place.rawValue
    guard !sighting.holds(field) else {
      return text(field, wanted: wanted, in: sighting.packet.header, seen: seen)
    }
    return subject(field.title, wanted) + "wanted \(wanted.value.text(for: field)), \(seen) without it"
  }

  /// What is said of the options of a packet of which the cable may have left less than a header.
  static func text(_ wanted: Located<OptionsMatcher>, in sighting: Sighting) -> String {
    text(wanted, in: sighting.packet.header, seen: sighting.place.rawValue)
  }

  /// What is said of the options.
  static func text(_ wanted: Located<OptionsMatcher>, in header: IPHeader, seen: String) -> String {
    let options =
      switch wanted.value {
      case .equals(let bytes): list(bytes)
      case .any: "any"
      }
    let title = IPField.variablePart(of: header.version).title
    return "\(title): wanted \(options), \(seen) with \(list(header.variablePart))"
  }

  /// What is said of a field of the frame.
  static func text(
    _ field: FrameField, wanted: Located<FieldMatcher>, value: UInt64, seen: String
  ) -> String {
    "\(field.title): wanted \(wanted.value.text(for: field)), \(seen) with \(field.format(value))"
  }

  /// What is said of a payload.
  static func text(_ wanted: Located<PayloadMatcher>, _ payload: [UInt8], seen: String) -> String {
    let difference = wanted.value.firstDifference(from: payload)
    let found = difference.map { "the same number, differing at \($0)" } ?? byteCount(payload.count)
    return "payload: wanted \(wanted.value.text), \(seen) with \(found)"
  }

  /// What is said of a piece of a payload, of which others are missing or came twice.
  static func text(
    _ wanted: Located<PayloadMatcher>, piece: [UInt8], at offset: Int, seen: String
  ) -> String {
    let subject = "payload: wanted \(wanted.value.text), \(seen) in fragments"
    guard case .equals(let right) = wanted.value else { return subject }
    let part = right.dropFirst(offset).prefix(piece.count)
    let first = zip(piece, part).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? part.count
    return "\(subject), which differ at \(offset + first)"
  }

  private static func subject<Value>(_ title: String, _ wanted: Located<Value>) -> String {
    wanted.span == nil ? "\(title): " : ""
  }

  private static func list(_ options: [UInt8]) -> String {
    guard !options.isEmpty else { return "none" }
    return HexDump.hexString(options)
  }
}
