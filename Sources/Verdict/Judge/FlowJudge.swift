// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// The judgement of one play of a flow.
struct FlowJudge {
  private let play: Play
  private let flow: FlowRecord
  private let rises: [String: Int]

  /// Holds what was counted of a flow against what must hold of it; `rises` are those of the receiving host's
  /// counters meanwhile.
  init(_ play: Play, _ flow: FlowRecord, rises: [String: Int]) {
    self.play = play
    self.flow = flow
    self.rises = rises
  }

  private static let uncaptured = "captures do not record flows: the packets are not in the capture file"

  /// What was found, and what shows it.
  var verdict: MessageVerdict {
    var verdict = MessageVerdict(play)
    verdict.flow = flow
    verdict.findings = FlowMeasure.allCases.compactMap(finding)
    guard !verdict.findings.isEmpty else { return verdict }
    verdict.measures = FlowMeasure.allCases.compactMap(row)
    if let packet = flow.wrongPackets.first {
      let marks = flow.format.faults(in: packet).reduce(into: Set()) { $0.formUnion($1.marks) }
      verdict.evidence = MarkedPacket(place: .delivered, bytes: packet, marks: marks)
    }
    verdict.changes = wrongPackets + [losses, Self.uncaptured].compactMap { $0 }
    return verdict
  }

  private func finding(_ measure: FlowMeasure) -> Finding? {
    guard let matcher = play.message.matcher(of: measure), let text = problem(matcher.value, measure) else {
      return nil
    }
    return Finding(
      kind: .flow(measure), places: [.delivered], span: matcher.span ?? play.message.span, text: text)
  }

  /// What is wrong with a measure; nil where it is as asked.
  private func problem(_ matcher: FieldMatcher, _ measure: FlowMeasure) -> String? {
    let wanted = "\(measure.name): wanted \(matcher.text(for: measure))"
    guard let value = flow.value(of: measure) else {
      return matcher == .any ? nil : "\(wanted), and no packet came"
    }
    guard !matcher.matches(value) else { return nil }
    let examples = flow.examples[measure] ?? []
    let rest = value > UInt64(examples.count) ? ", …" : ""
    let list = examples.isEmpty ? "" : ": " + examples.map(String.init).joined(separator: ", ") + rest
    return "\(wanted), was \(measure.format(value))\(list)"
  }

  private func row(_ measure: FlowMeasure) -> MeasureRow? {
    guard let value = flow.value(of: measure) else { return nil }
    let matcher = play.message.matcher(of: measure)?.value
    return MeasureRow(
      title: measure.name, wanted: matcher?.text(for: measure) ?? "any", seen: measure.format(value),
      isWrong: matcher.map { !$0.matches(value) } ?? false)
  }

  private var wrongPackets: [String] {
    flow.wrongPackets.map { packet in
      let faults = flow.format.faults(in: packet).map(\.text).joined(separator: ", ")
      return "\(flow.format.name(of: packet)): \(faults)"
    }
  }

  /// Where packets were lost, as far as anybody counted it.
  private var losses: String? {
    guard flow.lost > 0 else { return nil }
    let host = play.message.from.value.other.rawValue
    var reasons: [String] = []
    if flow.droppedBySocket > 0 {
      reasons.append("the \(host)'s socket had no room for \(flow.droppedBySocket)")
    }
    if flow.droppedByInterface > 0 {
      let again = flow.retries > 0 ? " (\(flow.retries) of them sent again)" : ""
      reasons.append("the \(host)'s interface dropped \(flow.droppedByInterface)\(again)")
    }
    let counters = DropCounters([:]).text(message: rises, of: play.message.from.value.other).dropFirst(2)
    if !counters.isEmpty { reasons.append("\(counters) at the \(host)") }
    let packets = flow.lost == 1 ? "1 packet was" : "\(flow.lost) packets were"
    return reasons.isEmpty ? nil : "\(packets) lost: \(reasons.joined(separator: "; "))"
  }
}
