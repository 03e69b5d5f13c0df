// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A packet layer by layer and field by field beside its bytes: as it left and, where it is another then, as it arrived.
struct PacketHTML {
  private let packet: ReportedCrossing
  private let time: (UInt64?) -> Markup

  init(_ packet: ReportedCrossing, since time: @escaping (UInt64?) -> Markup) {
    (self.packet, self.time) = (packet, time)
  }

  var markup: Markup {
    let faults: [Markup] = packet.faults.prefix(Self.mostFaults).map { "<li>\(.isolated($0))</li>" }
    let list: Markup = faults.isEmpty ? "" : "<ul class=\"faults\">\(faults.joined())</ul>\n"
    let deeds: [Markup] = packet.deeds.map { "<li>\($0.text)</li>" }
    let done: Markup = deeds.isEmpty ? "" : "<ul class=\"told\">\(deeds.joined())</ul>\n"
    return "<div class=\"opened\">\n\(list)\(done)\(views)</div>"
  }

  private static let mostFaults = 12

  private var views: Markup {
    let left = packet.left
    var views: [Markup] = []
    if let left {
      let isAlone = packet.arrived.allSatisfy { $0.isLike(left) }
      let rest: Markup =
        packet.arrived.isEmpty
        ? "" : isAlone ? ", and arrived so at \(time(packet.arrived[0].time)) ms" : ""
      views.append(
        FrameHTML(left, beside: packet.arrived.first).markup("As it left at \(time(left.time)) ms\(rest)"))
    }
    for frame in packet.arrived where left.map({ !frame.isLike($0) }) ?? true {
      views.append(FrameHTML(frame, beside: left).markup("As it arrived at \(time(frame.time)) ms"))
    }
    return views.joined()
  }
}

extension ReportedFrame {
  /// Whether there is nothing to see of it that is not to be seen of another.
  fileprivate func isLike(_ other: ReportedFrame) -> Bool {
    bytes == other.bytes && length == other.length && marks == other.marks && wrongFields == other.wrongFields
      && isChecksumOffloaded == other.isChecksumOffloaded
  }
}

/// A frame field by field, beside its bytes.
struct FrameHTML {
  private let frame: ReportedFrame
  private let bytes: [UInt8]
  private let marks: Set<Int>
  /// The positions of the bytes that were others at the other end of the cable.
  private let changed: Set<Int>

  private static let mostBytes = 1024
  private static let mostValue = 128

  /// Takes a frame; what another has otherwise is marked as changed.
  init(_ frame: ReportedFrame, beside other: ReportedFrame?) {
    self.frame = frame
    let bytes = frame.frame
    self.bytes = bytes
    marks = Set(frame.marks)
    let others = other?.frame ?? bytes
    changed = Set(bytes.indices.filter { $0 >= others.count || others[$0] != bytes[$0] })
  }

  func markup(_ title: Markup) -> Markup {
    """
    <section class="frame"><h4>\(title), \(count(frame.length, "byte"))\(note)</h4>
    <div class="split"><div class="layers">\(layers)</div>\(hex)</div></section>

    """
  }

  private var note: Markup {
    frame.isChecksumOffloaded ? "; its checksum is offloaded: the kernel left it to a network card" : ""
  }

  // MARK: - Fields

  private var layers: Markup {
    let packet = CaptureFile.Packet(bytes, linkType: CaptureFile.ethernet, originalLength: frame.length)
    return Dissection(packet).layers.map(table).joined()
  }

  private func table(_ layer: Dissection.Layer) -> Markup {
    let rows: [Markup] = layer.fields.map(row)
    return """
      <table class="fields"><caption>\(layer.name)</caption><thead class="hidden"><tr><th scope="col">bytes</th>\
      <th scope="col">field</th><th scope="col">value</th><th scope="col">remark</th></tr></thead><tbody>
      \(rows.joined())</tbody></table>

      """
  }

  private func row(_ field: Dissection.Field) -> Markup {
    let isUnwanted = isUnwanted(field)
    var remarks: [String] = []
    var style: Markup = ""
    switch field.remark {
    case .none: break
    case .right: remarks = ["correct"]
    case .wrong
    where frame.isChecksumOffloaded && field.filterName.hasSuffix(".checksum")
      && field.filterName != "ip.checksum":
      remarks = ["offloaded"]
    case .wrong(let reason):
      remarks = ["incorrect: \(reason)"]
      style = " class=\"bad\""
    case .unjudged(let reason): remarks = ["not judged: \(reason)"]
    }
    if isUnwanted {
      remarks.insert("not as wanted", at: 0)
      style = " class=\"bad\""
    } else if field.bits == nil, !changed.isDisjoint(with: field.range) {
      remarks.append("changed on the way")
      if style.text.isEmpty { style = " class=\"new\"" }
    }
    let value =
      field.value.utf8.count > Self.mostValue ? field.value.prefix(Self.mostValue) + " …" : field.value
    return """
      <tr\(style) data-b="\(field.range.lowerBound)-\(field.range.upperBound)"><td>\(Self.place(field.range))</td>\
      <th scope="row">\(field.title)</th><td>\(.isolated(value))</td><td>\(remarks.joined(separator: "; "))</td></tr>

      """
  }

  /// Whether a field is not as the file wants it; of one that shares its bytes with others its name says so.
  private func isUnwanted(_ field: Dissection.Field) -> Bool {
    guard !marks.isDisjoint(with: field.range) else { return false }
    return field.bits == nil || frame.wrongFields.contains(field.filterName)
  }

  private static func place(_ range: Range<Int>) -> Markup {
    range.count == 1
      ? "\(range.lowerBound)" : "\(range.lowerBound)–\(max(range.lowerBound, range.upperBound - 1))"
  }

  // MARK: - Bytes

  private var hex: Markup {
    let shown = min(bytes.count, Self.mostBytes)
    let lines = stride(from: 0, to: shown, by: 16).map { line($0..<min($0 + 16, shown)) }
    let left = frame.length - shown
    let more: Markup = left > 0 ? "\n\(count(left, "more byte"))" : ""
    return """
      <pre class="hex scroll" tabindex="0" role="group" aria-label="Bytes"><span class="dump">\(lines.joined(separator: "\n"))</span>\(more)</pre>
      """
  }

  private func line(_ range: Range<Int>) -> Markup {
    var text = HexDump.offset(range.lowerBound) + "  "
    text += runs(range, separator: " ") { HexDump.hexString([bytes[$0]]) }
    text += String(repeating: " ", count: (16 - range.count) * 3 + 2)
    text += runs(range, separator: "") { Self.character(bytes[$0]) }
    return Markup(stringLiteral: text)
  }

  /// The positions of a line, each written by `write`, with what is wrong or changed in elements.
  private func runs(_ range: Range<Int>, separator: String, _ write: (Int) -> String) -> String {
    var text = ""
    var open: String?
    for position in range {
      let kind = marks.contains(position) ? "mark" : changed.contains(position) ? "ins" : nil
      if kind != open, let open { text += "</\(open)>" }
      if position > range.lowerBound { text += separator }
      if kind != open, let kind { text += "<\(kind)>" }
      open = kind
      text += write(position)
    }
    return open.map { text + "</\($0)>" } ?? text
  }

  /// A byte as a character of a document.
  private static func character(_ byte: UInt8) -> String {
    switch Character(Unicode.Scalar(byte)) {
    case "<": "&lt;"
    case ">": "&gt;"
    case "&": "&amp;"
    default: (0x20...0x7E).contains(byte) ? String(Unicode.Scalar(byte)) : "."
    }
  }
}
