// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Says of a case whether everything was as it must be: a pure function of the scenario and what was seen.
public enum Judge {
  /// Judges a case.
  public static func judge(_ scenario: Scenario, _ record: CaseRecord) -> CaseVerdict {
    var verdict = judgePlayed(scenario, record)
    for (index, message) in scenario.exchange.enumerated().dropFirst(record.messages.count) {
      verdict.messages.append(notPlayed(message, number: index + 1))
    }
    verdict.findings += endings(scenario, record)
    return verdict
  }

  /// The verdict on a case whose time ran out while something was awaited: on what was played until then.
  public static func timedOut(_ scenario: Scenario, _ record: CaseRecord, awaiting what: String)
    -> CaseVerdict
  {
    var verdict = judgePlayed(scenario, record)
    let message = scenario.exchange.dropFirst(record.messages.count).first ?? scenario.exchange.last
    let whole = SourceSpan(file: scenario.file, range: 0..<0)
    let text = "the time of this case ran out while awaiting \(what)"
    verdict.findings.append(Finding(kind: .timedOut, places: [], span: message?.span ?? whole, text: text))
    return verdict
  }

  private static func judgePlayed(_ scenario: Scenario, _ record: CaseRecord) -> CaseVerdict {
    var verdict = CaseVerdict()
    for (index, (message, record)) in zip(scenario.exchange, record.messages).enumerated() {
      judge(message, number: index + 1, record, scenario, &verdict)
    }
    return verdict
  }

  private static func judge(
    _ message: Message, number: Int, _ record: MessageRecord, _ scenario: Scenario,
    _ verdict: inout CaseVerdict
  ) {
    let attribution = Attribution(record, of: message, in: scenario)
    for (place, datagrams) in attribution.datagrams {
      verdict.counts[place, default: 0] += datagrams.reduce(0) { $0 + $1.pieces.count }
    }
    verdict.counts[.delivered, default: 0] += attribution.stubs.count
    verdict.strays += attribution.strays
    verdict.findings += attribution.strays.map { stray in
      let text = "while this message passed, the \(stray.host.rawValue) \(stray.verb) a packet of nobody's"
      return Finding(kind: .stray, places: [], span: message.span, text: text)
    }
    let judged = MessageJudge(message, record, attribution, scenario)
    verdict.messages.append(judged.verdict(number: number))
  }

  private static func notPlayed(_ message: Message, number: Int) -> MessageVerdict {
    let text = "never sent: the sender had ended"
    let finding = Finding(kind: .notPlayed, places: [], span: message.span, text: text)
    return MessageVerdict(number: number, findings: [finding])
  }

  private static func endings(_ scenario: Scenario, _ record: CaseRecord) -> [Finding] {
    let wanted = [
      (HostName.sender, scenario.expect.sender.endedByUntil),
      (HostName.receiver, scenario.expect.receiver.endedByUntil),
    ]
    return wanted.compactMap { host, span in
      guard let span, !record.ended.contains(host) else { return nil }
      let text = "the \(host.rawValue) did not end by its `until`: no message made it"
      return Finding(kind: .notEnded(host), places: [], span: span, text: text)
    }
  }
}

/// The judgement of one message.
private struct MessageJudge {
  let message: Message
  let record: MessageRecord
  let datagrams: [Place: [SeenDatagram]]
  let stubs: [Delivery]
  let comparison: Comparison

  init(_ message: Message, _ record: MessageRecord, _ attribution: Attribution, _ scenario: Scenario) {
    self.message = message
    self.record = record
    datagrams = attribution.datagrams.filter { !$0.value.isEmpty }
    stubs = attribution.stubs
    let awaited = datagrams.filter { message.expect.mustBeSeen(at: $0.key) }
    comparison = Comparison(Wanted(message, in: scenario), awaited)
  }

  func verdict(number: Int) -> MessageVerdict {
    var verdict = MessageVerdict(number: number, findings: findings)
    guard !verdict.findings.isEmpty, !datagrams.isEmpty else { return verdict }
    verdict.rows = comparison.rows
    verdict.changes = comparison.changes
    verdict.evidence = evidence
    return verdict
  }

  private var findings: [Finding] {
    if let failure = record.sendFailure {
      return [finding(.sendFailed, [], text: "not sent: \(failure.description)")]
    }
    return presence + fields + contents
  }

  private func finding(_ kind: Finding.Kind, _ places: [Place], at span: SourceSpan? = nil, text: String)
    -> Finding
  {
    Finding(kind: kind, places: places, span: span ?? message.span, text: text)
  }

  // MARK: - Where it was seen

  private var presence: [Finding] {
    var findings: [Finding] = []
    for place in Place.allCases {
      let copies = copies(at: place)
      switch (message.expect.mustBeSeen(at: place), copies) {
      case (true, 0):
        // What is missing here is missing behind here too: it is said once, where the way ended.
        findings.append(
          finding(.notSeen(place), [place], text: "not \(place.rawValue): \(howFar(before: place))"))
        return findings
      case (false, 1...):
        // What came here although it must not came behind here too.
        let places = Place.allCases.drop { $0 != place }.filter { self.copies(at: $0) > 0 }
        let span = message.expect.forbids(place)
        findings.append(finding(.seen(place), places, at: span, text: unwanted(at: place)))
        return findings
      case (true, 2...):
        findings.append(
          finding(.copies(place), [place], text: "\(place.rawValue) \(copies) times, wanted once"))
      default:
        break
      }
    }
    return findings
  }

  private func copies(at place: Place) -> Int {
    (datagrams[place]?.count ?? 0) + (place == .delivered ? stubs.count : 0)
  }

  private func howFar(before place: Place) -> String {
    switch place {
    case .sent: "no packet of it left the sender"
    case .arrived: "it was sent, and the cable did not bring it to the receiver"
    case .delivered: "it arrived, and the receiver's kernel handed it to no socket that was open for it"
    }
  }

  private func unwanted(at place: Place) -> String {
    switch place {
    case .sent: "this message must not be sent, and was"
    case .arrived: "this message must not arrive, and did"
    case .delivered: "this message must not be delivered, and was"
    }
  }

  // MARK: - How it looked

  private var fields: [Finding] {
    IPv4Field.numeric.compactMap { field in
      guard let wrong = comparison.wrongFields[field], let place = wrong.places.first,
        let sighting = wrong[place]
      else { return nil }
      let wanted = comparison.wanted.field(field, of: sighting)
      let value = seenText(field, in: sighting.packet.header, wanted.value)
      let subject = wanted.span == nil ? "\(field.title): " : ""
      let text = "\(subject)wanted \(wanted.value.text(for: field)), \(place.rawValue) with \(value)"
      return finding(.field(field), wrong.places, at: wanted.span, text: text)
    }
  }

  private func seenText(_ field: IPv4Field, in header: IPv4Header, _ wanted: FieldMatcher) -> String {
    let value = field.format(field.value(in: header))
    guard case .valid = wanted else { return value }
    return "\(value), right is \(field.format(UInt32(header.rightChecksum())))"
  }

  private var contents: [Finding] {
    [payload, cutShort, stub].compactMap { $0 } + fragments
  }

  private var payload: Finding? {
    let places = comparison.wrongPayloads.places
    guard let place = places.first, let payload = comparison.wrongPayloads[place] else { return nil }
    let wanted = comparison.wanted.payload(at: place)
    let text = "payload: wanted \(wanted.value.text), \(place.rawValue) \(wanted.value.sentence(on: payload))"
    return finding(.payload, places, at: wanted.span, text: text)
  }

  private var cutShort: Finding? {
    let places = comparison.cutShort.places
    guard let place = places.first, let sighting = comparison.cutShort[place] else { return nil }
    let length = sighting.packet.header.totalLength
    let text = "\(place.rawValue) with \(count(sighting.bytes)) of a packet of \(length)"
    return finding(.cutShort, places, text: text)
  }

  private var stub: Finding? {
    guard let stub = stubs.first, message.expect.mustBeSeen(at: .delivered) else { return nil }
    let text = "delivered with \(count(stub.bytes)) of a packet of \(stub.originalLength): less than a header"
    return finding(.cutShort, [.delivered], text: text)
  }

  private func count(_ bytes: [UInt8]) -> String { bytes.count == 1 ? "1 byte" : "\(bytes.count) bytes" }

  private var fragments: [Finding] {
    comparison.misfits.places.compactMap { place in
      comparison.misfits[place].map { problem in
        finding(.fragments, [place], text: "\(place.rawValue) in pieces that do not fit: \(problem)")
      }
    }
  }

  /// The first packet that is wrong; where none is, the one that was seen where it must not be, or else any.
  private var evidence: MarkedPacket? {
    let shown = comparison.shown.places.compactMap { comparison.shown[$0] }
      .map { MarkedPacket(place: $0.place, bytes: $0.bytes, marks: comparison.wrongBytes(of: $0)) }
    let unwanted = datagrams.places.filter { !message.expect.mustBeSeen(at: $0) }
      .compactMap { datagrams[$0]?.first?.pieces.first }
      .map { MarkedPacket(place: $0.place, bytes: $0.bytes, marks: []) }
    return shown.first { !$0.marks.isEmpty } ?? unwanted.first ?? shown.first
  }
}

extension Stray {
  fileprivate var verb: String { isOutgoing ? "sent" : "received" }
}

extension PayloadMatcher {
  /// How a payload that is wrong differs, in a sentence's end.
  fileprivate func sentence(on payload: [UInt8]) -> String {
    let difference = difference(from: payload)
    return difference.hasPrefix("differs")
      ? "with the same number, which \(difference)" : "with \(difference)"
  }
}
