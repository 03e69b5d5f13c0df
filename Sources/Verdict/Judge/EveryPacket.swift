// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What must hold of every packet that is seen, whoever sent it: what the file says, and where it has no exchange, that
/// each is right in itself.
struct EveryPacket {
  private let scenario: Scenario
  private let packets: [CapturedPacket]

  /// Looks at all that was captured.
  init(_ scenario: Scenario, _ record: CaseRecord) {
    self.scenario = scenario
    guard scenario.expect.every != nil || scenario.exchange.isEmpty else {
      packets = []
      return
    }
    packets = record.recordedFrames.enumerated().compactMap { position, frame in
      CapturedPacket(frame, position: position, etherTypes: [.ipv4])
    }
  }

  /// What is wrong, each kind of it once with the first packet that shows it and how many do.
  var findings: [Finding] {
    var kinds: [(field: String, finding: Finding, first: String, positions: [Int])] = []
    var places: [String: Int] = [:]
    for packet in packets {
      guard let problem = problem(in: packet) else { continue }
      if let place = places[problem.value.field] {
        kinds[place].positions.append(packet.position)
        continue
      }
      places[problem.value.field] = kinds.count
      let span = problem.span ?? scenario.expect.every?.span ?? SourceSpan(file: scenario.file, range: 0..<0)
      let finding = Finding(kind: .every, places: [], span: span, text: problem.value.text)
      let summary = FrameSummary(ipv4: packet.bytes[...]).text
      kinds.append((problem.value.field, finding, summary, [packet.position]))
    }
    return kinds.map { kind in
      var finding = kind.finding
      finding.positions = kind.positions
      let count = kind.positions.count > 1 ? "; so were \(kind.positions.count - 1) more" : ""
      return Finding(
        kind: .every, places: [], span: finding.span, text: "\(finding.text) (\(kind.first)\(count))",
        positions: kind.positions)
    }
  }

  private func problem(in packet: CapturedPacket) -> Located<(field: String, text: String)>? {
    let verb = packet.isOutgoing ? "sent" : "arrived"
    if let problem = scenario.expect.every?.problem(in: packet, seen: verb) { return problem }
    guard scenario.exchange.isEmpty else { return nil }
    guard let header = try? IPv4Header(parsing: packet.bytes[...]) else {
      return Located(("header", "\(verb) with less than a header"))
    }
    if !header.isChecksumRight {
      let right = IPv4Field.checksum.format(UInt32(header.rightChecksum()))
      let seen = IPv4Field.checksum.format(UInt32(header.checksum))
      return Located(("checksum", "header checksum: \(verb) with \(seen), right is \(right)"))
    }
    guard packet.bytes.count < header.totalLength else { return nil }
    return Located(
      ("length", "\(verb) with \(byteCount(packet.bytes.count)) of a packet of \(header.totalLength)"))
  }
}
