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

  /// The layers and fields of a packet, each field with its value and whether it is right, then its bytes.
  public func text(_ dissection: Dissection, bytes: [UInt8]) -> String {
    let layers = dissection.layers.flatMap { layer in [layer.name] + fields(of: layer) }
    let lines = layers + [""] + indented(HexDump.lines(bytes), by: 2)
    return lines.map { $0 + "\n" }.joined()
  }

  private func fields(of layer: Dissection.Layer) -> [String] {
    let rows = layer.fields.map { field in
      ["  " + field.title, Printable.escape(field.value), remark(field.remark)]
    }
    return zip(TextTable.lines(rows), layer.fields).map { line, field in
      if case .wrong = field.remark { palette.bad(line) } else { line }
    }
  }

  private func remark(_ remark: Dissection.Remark) -> String {
    switch remark {
    case .none: ""
    case .right: "right"
    case .wrong(let reason): "wrong: \(reason)"
    }
  }
}
