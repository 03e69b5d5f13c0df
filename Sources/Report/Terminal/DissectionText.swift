// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A packet taken apart, for a person to read.
public struct DissectionText: Sendable {
  private let palette: Palette

  /// Makes text with these colours.
  public init(palette: Palette) {
    self.palette = palette
  }

  /// What a capture says of a packet: number, file, interface, length, direction, time, and the comment on a line of its
  /// own.
  public func title(_ packet: CaptureFile.Packet, number: Int, file: String? = nil) -> String {
    let captured = packet.bytes.count
    let length =
      captured < packet.originalLength
      ? "\(captured) of \(packet.originalLength) bytes" : Self.counted(captured)
    let direction: String? =
      switch packet.direction {
      case .inbound: "inbound"
      case .outbound: "outbound"
      case nil: nil
      }
    let parts = [
      "packet \(number)\(file.map { " of \($0)" } ?? "")", packet.interfaceName, length, direction,
      packet.timestamp.map { "\(UTCTime.text($0)) UTC" },
    ]
    let line = Printable.escape(parts.compactMap(\.self).joined(separator: ", "))
    return line + (packet.comment.map { "\ncomment: \(Printable.escape($0))" } ?? "") + "\n"
  }

  private static func counted(_ bytes: Int) -> String { bytes == 1 ? "1 byte" : "\(bytes) bytes" }

  /// The layers and fields of a packet, each field with its value and whether it is right, then its bytes.
  public func text(_ dissection: Dissection, bytes: [UInt8]) -> String {
    var text = ""
    text.reserveCapacity(4096 + 8 * bytes.count)
    for layer in dissection.layers {
      text += layer.name
      text += "\n"
      addFields(of: layer, to: &text)
    }
    text += "\n"
    for line in HexDump.lines(bytes) {
      text += "  "
      text += line
      text += "\n"
    }
    return text
  }

  private static let gap = 3

  /// A column of names and one of values, each as wide as its widest cell; written in one go, since a capture may have
  /// millions of packets.
  private func addFields(of layer: Dissection.Layer, to text: inout String) {
    let values = layer.fields.map { Cell($0.value) }
    let titleWidth = layer.fields.reduce(0) { max($0, $1.title.utf8.count) } + Self.gap
    let valueWidth = values.reduce(0) { max($0, $1.columns) } + Self.gap
    for (field, value) in zip(layer.fields, values) {
      var line = "  "
      line += field.title
      line.append(spaces: titleWidth - field.title.utf8.count)
      line += value.text
      let remark = remark(field.remark)
      if !remark.isEmpty {
        line.append(spaces: valueWidth - value.columns)
        line += remark
      }
      if case .wrong = field.remark { line = palette.bad(line) }
      text += line
      text += "\n"
    }
  }

  /// A value that can be printed, and how wide it is.
  private struct Cell {
    let text: String
    let columns: Int

    init(_ value: String) {
      var value = value
      let isPlain = value.withUTF8 { $0.allSatisfy { (0x20...0x7E).contains($0) } }
      text = isPlain ? value : Printable.escape(value)
      columns = isPlain ? value.utf8.count : text.count
    }
  }

  private func remark(_ remark: Dissection.Remark) -> String {
    switch remark {
    case .none: ""
    case .right: "correct"
    case .wrong(let reason): "incorrect: \(reason)"
    case .unjudged(let reason): "not judged: \(reason)"
    }
  }
}

extension String {
  /// Spaces by their count, for all widths but the strangest.
  private static let spaces = (0..<128).map { String(repeating: " ", count: $0) }

  fileprivate mutating func append(spaces count: Int) {
    self += Self.spaces.indices.contains(count) ? Self.spaces[count] : String(repeating: " ", count: count)
  }
}
