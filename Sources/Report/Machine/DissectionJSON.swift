// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Packets taken apart, for programs: a JSON object a line.
public enum DissectionJSON {
  /// The line of a packet, line end included.
  ///
  /// What nothing is known of is left out: a packet that was given in hexadecimal has neither file nor time.
  public static func line(
    _ packet: CaptureFile.Packet, _ dissection: Dissection, number: Int, file: String? = nil
  ) -> String {
    var object = JSONText()
    object.add("number", UInt64(number))
    if let file { object.add("file", file) }
    if let time = packet.timestamp { object.add("time", UTCTime.text(time, separator: "T") + "Z") }
    if let interface = packet.interfaceName { object.add("interface", interface) }
    if let direction = packet.direction { object.add("direction", direction == .inbound ? "in" : "out") }
    if let comment = packet.comment { object.add("comment", comment) }
    object.add("capturedLength", UInt64(packet.bytes.count))
    object.add("originalLength", UInt64(packet.originalLength))
    object.add("linkType", UInt64(packet.linkType))
    object.add("bytes", HexDump.hexString(packet.bytes))
    object.add("layers", dissection.layers.map(text(of:)))
    return object.text + "\n"
  }

  private static func text(of layer: Dissection.Layer) -> String {
    var object = JSONText()
    object.add("title", layer.name)
    object.add("filter", layer.filterName)
    object.add("fields", layer.fields.map(text(of:)))
    return object.text
  }

  private static func text(of field: Dissection.Field) -> String {
    var object = JSONText()
    object.add("title", field.title)
    object.add("filter", field.filterName)
    object.add("value", field.value)
    if let number = field.number { object.add("number", number) }
    object.add("range", field.range)
    if let bits = field.bits { object.add("bits", bits) }
    switch field.remark {
    case .none: break
    case .right: object.add("remark", "right")
    case .wrong(let reason): object.add("remark", "wrong", reason)
    case .unjudged(let reason): object.add("remark", "not judged", reason)
    }
    return object.text
  }
}

/// A JSON object while it is written, whose keys are plain words.
private struct JSONText {
  private var members = "{"

  var text: String { members + "}" }

  mutating func add(_ key: String, _ text: String) { add(key, raw: Self.quoted(text)) }

  mutating func add(_ key: String, _ number: UInt64) { add(key, raw: String(number)) }

  /// A range as its first number and the one behind its last.
  mutating func add(_ key: String, _ range: Range<Int>) {
    add(key, raw: "[\(range.lowerBound),\(range.upperBound)]")
  }

  mutating func add(_ key: String, _ objects: [String]) {
    add(key, raw: "[" + objects.joined(separator: ",") + "]")
  }

  mutating func add(_ key: String, _ text: String, _ reason: String) {
    add(key, text)
    add("reason", reason)
  }

  private mutating func add(_ key: String, raw value: String) {
    if members.utf8.count > 1 { members += "," }
    members += "\"\(key)\":\(value)"
  }

  /// A string, in which nothing stands that would end a line or hide text.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }
    if isPlain { return "\"\(text)\"" }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where Printable.escape(String(scalar)) == String(scalar): quoted.unicodeScalars.append(scalar)
      default:
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
    return quoted + "\""
  }
}
