// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What is said of each packet in a capture: whose it is, and what is wrong with it.
public struct CaptureComments: Sendable {
  /// A comment for each frame of the case in the order of time (`CaseRecord.frames`); nil where there is
  /// nothing to say.
  public private(set) var texts: [String?]

  /// Comments on the frames of a case that was judged.
  public init(_ scenario: Scenario, _ record: CaseRecord, _ verdict: CaseVerdict) {
    let recorded = record.recordedFrames
    texts = Array(repeating: nil, count: recorded.count)
    let attribution = Attribution(scenario, record)
    for (passage, message) in zip(attribution.passages, verdict.messages) { comment(on: passage, message) }
    for stray in attribution.strays { comment(on: stray, "a packet that no message accounts for") }
    comment(on: CableTrace(record))
    texts = CaseRecord.timeOrder(of: recorded).map { texts[$0] }
  }

  private mutating func comment(on passage: Passage, _ message: MessageVerdict) {
    let span = passage.play.message.span
    let position = span.position
    let title = "\(span.file.path):\(position.line):\(position.column) \(message.title)"
    for (place, sightings) in passage.sightings {
      let findings = message.findings.filter { $0.concerns(place) }
      let lines = ["\(title), \(place.rawValue)"] + findings.map(\.text)
      for sighting in sightings {
        guard let captured = sighting.captured else { continue }
        texts[captured.position] = lines.joined(separator: "\n")
      }
    }
    for (index, returned) in passage.returned.enumerated() {
      let findings = message.findings.filter { $0.kind == .returned(index + 1) }
      let lines = ["\(title), returned \(index + 1)"] + findings.map(\.text)
      for packet in returned.packets { comment(on: packet, lines.joined(separator: "\n")) }
    }
  }

  /// What the cable did stands behind what is said of the packet otherwise.
  private mutating func comment(on trace: CableTrace) {
    for position in trace.positions {
      let lines = [texts[position]].compactMap { $0 } + trace.sentences(at: position)
      if !lines.isEmpty { texts[position] = lines.joined(separator: "\n") }
    }
  }

  private mutating func comment(on other: OtherPacket, _ text: String) {
    for captured in other.captured { texts[captured.position] = text }
  }
}

extension Finding {
  /// Whether it concerns the message at a place: there, or wherever it was seen.
  fileprivate func concerns(_ place: Place) -> Bool {
    if case .returned = kind { return false }
    return places.isEmpty || places.contains(place)
  }
}
