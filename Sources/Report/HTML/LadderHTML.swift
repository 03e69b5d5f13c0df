// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What crossed the cable and what the programs printed, time going down: the sender, the cable, the receiver, and the
/// socket or the program there are lanes, and each packet is a row that can be opened.
struct LadderHTML {
  private let detail: ReportedDetail
  /// Whether the first packet that is wrong is open when the page is.
  private let opensWrong: Bool
  /// When the first of all was seen, in nanoseconds of the epoch.
  private let start: UInt64

  init(_ detail: ReportedDetail, opensWrong: Bool) {
    (self.detail, self.opensWrong) = (detail, opensWrong)
    start = (detail.packets.compactMap(\.time) + detail.outputs.compactMap(\.time)).min() ?? 0
  }

  var markup: Markup {
    let rows = self.rows
    guard !rows.isEmpty else { return "<p class=\"note\">Nothing was seen on the cable.</p>\n" }
    return """
      <h3>What crossed the cable</h3>
      <div class="ladder">
      \(lanes)<ol>
      \(rows.joined())</ol></div>
      <p class="note">Times count from the first packet, \(UTCTime.text(start)) UTC.\(readTimes)</p>

      """
  }

  private var readTimes: Markup {
    detail.outputs.isEmpty ? "" : " Output is shown at the time when it was read."
  }

  private var lanes: Markup {
    let receiver = detail.hosts["receiver"]
    let sender = detail.hosts["sender"]
    let program: Markup = sender?.program.map { "<small>\(.isolated(Self.name($0)))</small>" } ?? ""
    let taker: Markup =
      receiver?.program.map { "program<small>\(.isolated(Self.name($0)))</small>" } ?? "socket"
    return """
      <div class="lanes" aria-hidden="true"><span class="t">ms</span><span class="way">\
      <span class="l1">sender<small>\(sender?.address ?? "")</small>\(program)</span><span class="l2">cable</span>\
      <span class="l3">receiver<small>\(receiver?.address ?? "")</small></span><span class="l4">\(taker)</span></span></div>

      """
  }

  /// The last part of a program's path.
  private static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Packets and outputs in the order of time, as both already are.
  private var rows: [Markup] {
    var rows: [Markup] = []
    var outputs = detail.outputs[...]
    let open = opensWrong ? detail.packets.firstIndex { !$0.faults.isEmpty } : nil
    for (index, packet) in detail.packets.enumerated() {
      while let output = outputs.first, let time = output.time, time < packet.time ?? .max {
        rows.append(row(of: output))
        outputs.removeFirst()
      }
      rows.append(omitted(packet.omittedBefore))
      rows.append(row(of: packet, isOpen: index == open))
    }
    rows.append(omitted(detail.omitted))
    return (rows + outputs.map(row)).filter { !$0.text.isEmpty }
  }

  private func omitted(_ number: Int) -> Markup {
    number > 0 ? "<li class=\"gap\">\(count(number, "more packet"))</li>\n" : ""
  }

  private func time(_ nanoseconds: UInt64?) -> Markup {
    guard let nanoseconds else { return "" }
    let microseconds = (max(nanoseconds, start) - start) / 1000
    let digits = String(microseconds % 1000)
    let zeros = String(repeating: "0", count: 3 - digits.count)
    return "\(String(microseconds / 1000)).\(zeros + digits)"
  }

  // MARK: - A packet

  private func row(of packet: ReportedCrossing, isOpen: Bool) -> Markup {
    let frame = packet.left ?? packet.arrived.first
    let what = FrameSummary(frame: frame?.frame ?? [], tellingFlags: true).text
    let title: Markup = packet.title.map { "<b>\($0)</b> " } ?? ""
    let fault: Markup =
      packet.faults.first.map {
        "<span class=\"fault\">\(.isolated(Self.short($0)))\(Self.more(packet.faults.count - 1))</span>"
      } ?? ""
    return """
      <li class="packet\(packet.faults.isEmpty ? "" : " wrong" as Markup)"><details\(isOpen ? " open" : "" as Markup)><summary>\
      <span class="t">\(time(packet.time))</span><span class="way \(packet.sender == "sender" ? "to" : "back" as Markup)">\
      <span class="what">\(title)\(.isolated(what))</span>\(arrows(packet))\(fault)</span></summary>
      \(PacketHTML(packet, since: time).markup)</details></li>

      """
  }

  private static let mostCharacters = 160

  private static func short(_ text: String) -> String {
    text.count > mostCharacters ? text.prefix(mostCharacters) + " …" : text
  }

  private static func more(_ count: Int) -> Markup { count > 0 ? " (and \(count) more)" : "" }

  /// The arrow from where a packet left to where it came, and in words what a reader who sees no arrow is to know.
  private func arrows(_ packet: ReportedCrossing) -> Markup {
    let isThrough = !packet.arrived.isEmpty
    let first: Markup = packet.left == nil ? "" : "<i class=\"a1\(isThrough ? "" : " end" as Markup)\"></i>"
    let second: Markup = isThrough ? "<i class=\"a2\"></i>" : ""
    let isHanded = packet.deliveries > 0 && packet.sender == "sender"
    let third: Markup = isHanded ? "<i class=\"a3\"></i>" : ""
    let deeds = packet.deeds.map(\.words)
    let lost: [String] = isThrough || !deeds.isEmpty ? [] : ["did not arrive"]
    let said = deeds.prefix(3) + (deeds.count > 3 ? ["…"] : []) + lost
    let pill: Markup = said.isEmpty ? "" : "<span class=\"deed\">\(said.joined(separator: ", "))</span>"
    let words =
      "from \(packet.sender), " + (isThrough ? "arrived" : "did not arrive")
      + (packet.arrived.count > 1 ? " \(packet.arrived.count) times" : "")
      + (packet.deliveries > 0 ? ", delivered to the program or socket" : "")
    return "\(first)\(second)\(third)\(pill)<span class=\"hidden\">\(words)</span>"
  }

  // MARK: - What a program printed

  private func row(of output: ReportedOutput) -> Markup {
    let lines = output.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let shown = lines.last == "" ? lines.dropLast() : lines[...]
    return """
      <li class="output \(output.host == "sender" ? "sender" : "receiver" as Markup)\(output.stream == "stderr" ? " err" : "" as Markup)">\
      <span class="t">\(time(output.time))</span><span class="way"><span class="box"><span class="who">\(output.host), \(output.stream)</span>\
      <pre class="scroll" tabindex="0" role="group" aria-label="What the program printed">\(.lines(Array(shown)))</pre></span></span></li>

      """
  }
}

extension ReportedCrossing {
  /// When it was seen first, in nanoseconds of the epoch.
  var time: UInt64? { [left?.time, arrived.first?.time].compactMap { $0 }.min() }
}
