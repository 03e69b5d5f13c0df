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
    guard scenario.expect.every != nil || scenario.judgesEachPacket else {
      packets = []
      return
    }
    let types = FrameTypes(tags: scenario.tagTypes)
    packets = record.recordedFrames.enumerated().compactMap { position, frame in
      CapturedPacket(frame, position: position, types: types)
    }.filter { $0.version == .v4 || !FrameSummary(packet: $0.bytes[...], as: .v6).isHousekeeping }
  }

  /// One kind of thing that is wrong, and the packets that show it.
  private struct Fault {
    let text: String
    let span: SourceSpan
    let packets: [CapturedPacket]

    /// The packets, each once: as it was sent, and as it arrived where that is another.
    private var once: [CapturedPacket] {
      let sent = packets.filter(\.isOutgoing)
      let known = Set(sent.map(\.bytes))
      return sent + packets.filter { !$0.isOutgoing && !known.contains($0.bytes) }
    }

    var finding: Finding {
      let first = once.first.map { FrameSummary(packet: $0.bytes[...], as: $0.version).text } ?? ""
      let others = once.count - 1
      let more = others == 0 ? "" : others == 1 ? ", and 1 more packet" : ", and \(others) more packets"
      return Finding(
        kind: .every, places: [], span: span, text: "\(text): \(first)\(more)",
        positions: packets.map(\.position))
    }
  }

  /// What is wrong, each kind of it once.
  var findings: [Finding] {
    let whole = scenario.expect.every?.span ?? scenario.whole
    var faults: [String: (first: Located<String>, packets: [CapturedPacket])] = [:]
    var order: [String] = []
    for packet in packets.filter(\.isOutgoing) + packets.filter({ !$0.isOutgoing }) {
      guard let problem = problem(in: packet) else { continue }
      let field = problem.value.field
      if faults[field] == nil {
        faults[field] = (Located(problem.value.text, at: problem.span ?? whole), [])
        order.append(field)
      }
      faults[field]?.packets.append(packet)
    }
    return order.compactMap { field in
      faults[field].map {
        Fault(text: $0.first.value, span: $0.first.span ?? whole, packets: $0.packets).finding
      }
    }
  }

  private func problem(in packet: CapturedPacket) -> Located<(field: String, text: String)>? {
    let verb = packet.isOutgoing ? "sent" : "arrived"
    if let problem = scenario.expect.every?.problem(in: packet, seen: verb) { return problem }
    guard scenario.judgesEachPacket, packet.frame.bytes.count == packet.frame.originalLength,
      packet.isOutgoing || scenario.network.cable == nil || !scenario.isOfStreams
    else { return nil }
    guard let header = packet.packet?.header else {
      return Located(("header", "\(verb) with less than a header"))
    }
    if let own = header.ipv4, !own.isChecksumRight {
      let right = IPField.checksum.format(UInt128(own.rightChecksum()))
      let seen = IPField.checksum.format(UInt128(own.checksum))
      return Located(("checksum", "header checksum: \(verb) with \(seen), should be \(right)"))
    }
    guard packet.bytes.count >= header.statedLength else {
      return Located(
        ("length", "\(verb) with \(byteCount(packet.bytes.count)) of a packet of \(header.statedLength)"))
    }
    return transportProblem(in: packet, header, verb)
  }

  /// What is wrong in itself with the transport header of a packet that is whole.
  private func transportProblem(
    in packet: CapturedPacket, _ header: IPHeader, _ verb: String
  ) -> Located<(field: String, text: String)>? {
    guard !header.isPiece, let layer = Protocols.all.transport(header.protocol),
      let parsed = packet.packet
    else { return nil }
    return WantedTransport(itself: layer).problem(
      in: parsed.payload, of: header, isOffloaded: packet.frame.isChecksumOffloaded
    )?.text(seen: verb)
  }
}

extension Scenario {
  /// Whether each packet must be right in itself: where no message says what it is like.
  fileprivate var judgesEachPacket: Bool { exchange.isEmpty || isOfStreams }
}
