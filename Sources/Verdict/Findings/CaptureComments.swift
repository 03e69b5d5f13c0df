// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What is said of each packet in a capture: whose it is, and what is wrong with it.
///
/// Everything that is wrong with the case stands at one packet or more, if there is any.
public struct CaptureComments: Sendable {
  /// A comment for each frame of the case in the order of time (`CaseRecord.frames`); nil where there is
  /// nothing to say.
  public private(set) var texts: [String?]

  /// The lines of each frame's comment, in the order of the record.
  private var lines: [[String]]
  /// Which message each frame is of, in words, in the order of the record; nil where it is of none.
  private(set) var titles: [String?]
  /// What is wrong with each frame, in the order of the record.
  private(set) var faults: [[String]]
  /// Lines that belong to no packet of their own.
  private var rest: [String] = []

  /// Comments on the frames of a case that was judged.
  public init(_ scenario: Scenario, _ record: CaseRecord, _ verdict: CaseVerdict) {
    let recorded = record.recordedFrames
    let order = CaseRecord.timeOrder(of: recorded)
    texts = []
    lines = Array(repeating: [], count: recorded.count)
    titles = Array(repeating: nil, count: recorded.count)
    faults = lines
    let attribution = Attribution(scenario, record)
    let trace = CableTrace(record)
    for (passage, message) in zip(attribution.passages, verdict.messages) { comment(on: passage, message) }
    for message in verdict.messages.dropFirst(attribution.passages.count) {
      rest += message.findings.map(\.line)
    }
    for finding in verdict.findings { comment(on: finding, trace) }
    // What is left is said where the exchange ended: at the last packet of which anything is said.
    if let last = order.last(where: { !lines[$0].isEmpty }) ?? order.last { lines[last] += rest }
    if let unkept = record.stream?.unkept, unkept > 0, let last = order.last {
      lines[last].append("\(unkept) more frames of the connection were seen but are not kept here")
    }
    for (position, frame) in recorded.enumerated() where frame.isChecksumOffloaded {
      lines[position].append("its checksum is offloaded: the kernel left it to a network card")
    }
    // What the cable did stands behind what is said of the packet otherwise.
    for position in trace.positions { lines[position] += trace.sentences(at: position) }
    texts = order.map { lines[$0].isEmpty ? nil : lines[$0].joined(separator: "\n") }
  }

  private mutating func comment(on passage: Passage, _ message: MessageVerdict) {
    let title = "\(passage.play.message.span.place) \(message.title)"
    let last = Place.allCases.last { passage.isCaptured(at: $0) }
    for place in Place.allCases {
      let findings = message.findings.filter { finding in
        let places = finding.places.filter(passage.isCaptured)
        if case .returned(let number) = finding.kind, number <= passage.returned.count { return false }
        // What is wrong where no capture is, is said as far as the message came.
        return places.contains(place) || (places.isEmpty && (finding.places.isEmpty || place == last))
      }
      for captured in passage.sightings[place].compactMap(\.captured) {
        lines[captured.position] += ["\(title), \(place.rawValue)"] + findings.map(\.shown)
        titles[captured.position] = message.title
        faults[captured.position] += findings.map(\.text)
      }
    }
    if last == nil { rest += message.findings.map(\.line) }
    for (index, returned) in passage.returned.enumerated() {
      let findings = message.findings.filter { $0.kind == .returned(index + 1) }
      let lines = ["\(title), returned \(index + 1)"] + findings.map(\.shown)
      for packet in returned.packets {
        comment(on: packet, lines)
        for captured in packet.captured {
          titles[captured.position] = "\(message.title), returned \(index + 1)"
          faults[captured.position] += findings.map(\.text)
        }
      }
    }
  }

  /// What is wrong with the case stands at the packet that it is about, else at the last.
  private mutating func comment(on finding: Finding, _ trace: CableTrace) {
    let positions = finding.positions + (finding.packet.map(trace.positions) ?? [])
    for position in positions {
      lines[position].append(finding.line)
      faults[position].append(finding.text)
    }
    if positions.isEmpty { rest.append(finding.line) }
  }

  private mutating func comment(on other: OtherPacket, _ text: [String]) {
    for captured in other.captured { lines[captured.position] += text }
  }
}

extension Passage {
  /// Whether a capture has packets of it at a place.
  fileprivate func isCaptured(at place: Place) -> Bool {
    sightings[place].contains { $0.captured != nil }
  }
}

extension Finding {
  /// What is said of it, on one line: it may hold what a program printed.
  fileprivate var shown: String { Printable.escape(text) }

  /// The finding with its place in the file.
  fileprivate var line: String { "\(span.place) \(shown)" }
}

extension SourceSpan {
  /// The place in its file: `scenarios/case.json5:1:14`.
  fileprivate var place: String { "\(Printable.escape(file.path)):\(position.line):\(position.column)" }
}
