// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// The judgement of one play of a message.
struct MessageJudge {
  private let passage: Passage
  private var message: Message { passage.play.message }
  private let record: MessageRecord
  private let drops: DropCounters
  private let macs: [HostName: MACAddress]
  /// What was seen of the plays before it.
  private let before: ArraySlice<Passage>
  private let trace: CableTrace
  private let deeds: [CableDeed]
  private let deedsOnReturned: [CableDeed]
  private let isAnsweredByProgram: Bool
  private let datagrams: [Place: [SeenDatagram]]
  private let comparison: Comparison

  /// Holds what was seen of a play against what must hold of it.
  ///
  /// `exchange` says what was seen beside it, and `drops` what counters tell of it; `trace` says what the cable did to it
  /// and to what came back.
  init(
    _ passage: Passage, _ record: MessageRecord, of exchange: CaseRecord, drops: DropCounters,
    after before: ArraySlice<Passage> = [], cable: Cable?, _ trace: CableTrace
  ) {
    self.before = before
    self.passage = passage
    self.record = record
    self.drops = drops
    macs = exchange.macs
    isAnsweredByProgram = exchange.programs[passage.play.message.from.value.other] != nil
    self.trace = trace
    deeds = trace.deeds(on: passage)
    deedsOnReturned = trace.deeds(onReturned: passage)
    let play = passage.play
    datagrams = passage.datagrams
    let awaited = datagrams.filter { play.message.expect.mustBeSeen(at: $0.key) }
    var wanted = Wanted(
      play: play, asked: passage.asked, isOfProgram: passage.isOfProgram,
      isChecksumFilledIn: cable?[from: play.message.from.value].checksumOffload == true)
    // The file says how many pieces arrive of those that the cable has changed: then they need not fit.
    if play.message.expect.fragments(at: .arrived) != nil, deeds.contains(where: \.breaksDatagrams) {
      wanted.lenient = [.arrived]
    }
    comparison = Comparison(wanted, awaited)
  }

  /// As many plays as a payload may have slipped by.
  private static let mostEarlier = 4

  /// The payloads that went the same way before, the last one first.
  private var earlier: [[UInt8]] {
    let same = before.reversed().lazy.filter { $0.play.message.from.value == message.from.value }
    return same.prefix(Self.mostEarlier).map(\.play.message.payload.value)
  }

  /// A message of many packets has more done to it than anybody reads; the capture has all of it.
  private static let mostDeeds = 4

  /// What was found, and what shows it.
  var verdict: MessageVerdict {
    var verdict = MessageVerdict(passage.play)
    verdict.findings = findings
    guard !verdict.findings.isEmpty else { return verdict }
    verdict.evidence = evidence(of: verdict.findings)
    verdict.marked = marked
    verdict.hints = LossHint.texts(record.sendFailure, of: message)
    guard !datagrams.isEmpty else { return verdict }
    verdict.rows = comparison.rows
    let isTouched = deeds.contains(where: \.changesFrame)
    verdict.changes =
      comparison.changes(isTouched: isTouched)
      + trace.sentences(of: Array((deeds + deedsOnReturned).prefix(Self.mostDeeds)))
    verdict.payload = comparison.payloadDifference
    verdict.hints =
      Hint.allCases.filter { $0.applies(to: comparison) }.map(\.text)
      + TransportHint.allCases.filter { $0.applies(to: comparison) }.map(\.text) + comparison.slips(earlier)
      + LossHint.texts(verdict.findings, passage, arrived: datagrams[.arrived]?.first?.pieces.first, deeds)
    return verdict
  }

  /// What shows how far a play came whose time ran out while it was under way.
  func verdict(ofUnfinished finding: Finding) -> MessageVerdict {
    var verdict = MessageVerdict(passage.play)
    verdict.findings = [finding]
    guard !datagrams.isEmpty else { return verdict }
    verdict.rows = comparison.rows
    verdict.evidence = evidence(of: findings)
    return verdict
  }

  private var findings: [Finding] {
    if let unsent = undue ?? refusal { return [unsent] }
    let judgedReturn = ReturnedJudge(
      passage, message, deedsOnReturned, isOfProgram: isAnsweredByProgram
    ).findings
    let counters = message.expect.counters.findings(
      host: message.from.value.other, else: message.span, record.rises)
    return presence + fields + transportFields + frameFields + tags + contents + judgedReturn + counters
  }

  private func finding(_ kind: Finding.Kind, _ places: [Place], at span: SourceSpan? = nil, text: String)
    -> Finding
  {
    Finding(kind: kind, places: places, span: span ?? message.span, text: text)
  }

  // MARK: - Whether it was sent

  /// That it was not sent, since it quotes or answers what had not come.
  private var undue: Finding? {
    guard passage.isNotDue else { return nil }
    guard let quoted = message.quoted else {
      let text = "never sent: no question had arrived for it to answer"
      return finding(.notPlayed, [], text: text)
    }
    let text =
      "never sent: message \(quoted.value), which it quotes, had not arrived at the \(message.from.value.rawValue)"
    return finding(.notPlayed, [], at: quoted.span, text: text)
  }

  /// What is wrong with the send call; where anything is, there is nothing more to judge.
  private var refusal: Finding? {
    switch (message.expect.error, record.sendFailure) {
    case (nil, nil): return nil
    case (nil, let failure?): return finding(.sendFailed, [], text: "not sent: \(failure.description)")
    case (let error?, nil):
      let text = "the send call should have failed with \(error.value), but succeeded"
      return finding(.notFailed, [], at: error.span, text: text)
    case (let error?, let failure?):
      guard error.value != failure.errno else { return nil }
      let text =
        "the send call should have failed with \(error.value), but failed differently:"
        + " \(failure.description)"
      return finding(.sendFailed, [], at: error.span, text: text)
    }
  }

  // MARK: - Where it was seen

  private var presence: [Finding] {
    var miscounts: [Miscount] = []
    for place in Place.allCases {
      let copies = copies(at: place)
      let wanted = message.expect.copies(at: place) ?? Located(.value(1))
      switch (message.expect.mustBeSeen(at: place), copies) {
      case (true, 0):
        // What is missing here is missing behind here too: it is said once, where the way ended.
        let text = "not \(place.rawValue): \(howFar(before: place))"
        return miscounts.map(finding) + [finding(.notSeen(place), [place], text: text)]
      case (false, 1...):
        // What came here although it must not came behind here too.
        let places = Place.allCases.drop { $0 != place }.filter { self.copies(at: $0) > 0 }
        let span = message.expect.forbids(place)
        return miscounts.map(finding) + [finding(.seen(place), places, at: span, text: unwanted(at: place))]
      case (true, let copies) where !wanted.value.matches(UInt64(copies)):
        // What came twice to one place comes twice to those behind it.
        if let last = miscounts.last, last.copies == copies, last.wanted.span?.range == wanted.span?.range {
          miscounts[miscounts.count - 1].places.append(place)
        } else {
          miscounts.append(Miscount(places: [place], copies: copies, wanted: wanted))
        }
      default:
        break
      }
    }
    return miscounts.map(finding)
  }

  /// Places at which the message was seen as often, and not as often as wanted.
  private struct Miscount {
    var places: [Place]
    let copies: Int
    let wanted: Located<FieldMatcher>
  }

  private func finding(_ miscount: Miscount) -> Finding {
    let places = miscount.places.map(\.rawValue).formattedAsList
    let text = "\(places) \(times(miscount.copies)), wanted \(miscount.wanted.value.timesText)"
    return finding(.copies(miscount.places[0]), miscount.places, at: miscount.wanted.span, text: text)
  }

  private func copies(at place: Place) -> Int {
    (datagrams[place]?.count ?? 0) + (place == .delivered ? passage.stubs.count : 0)
  }

  private func times(_ number: Int) -> String { number == 1 ? "once" : "\(number) times" }

  private func howFar(before place: Place) -> String {
    let (near, far) = (message.from.value.rawValue, message.from.value.other.rawValue)
    let counters = drops.text(message: record.rises, of: message.from.value.other)
    return switch place {
    case .sent: "no packet of it left the \(near)"
    case .arrived: "it was sent, but never came out of the cable at the \(far)"
    case .delivered:
      "it arrived, but the \(far)'s kernel delivered it to no socket\(misaddressed)\(counters)"
    }
  }

  /// That its frame was for another card, of which no table under /proc/net tells.
  private var misaddressed: String {
    guard let own = macs[message.from.value.other],
      let frame = passage.sightings[.arrived].first?.captured?.ethernet, frame.destination != own,
      !frame.destination.isMulticast
    else { return "" }
    return "; its frame was addressed to \(frame.destination), but the MAC address there is \(own)"
  }

  private func unwanted(at place: Place) -> String {
    switch place {
    case .sent: "this message must not be sent, but was"
    case .arrived: "this message must not arrive, but did"
    case .delivered: "this message must not be delivered, but was"
    }
  }

  // MARK: - How it looked

  private var fields: [Finding] {
    let numeric = IPField.numeric(of: message.version).compactMap { field -> Finding? in
      guard let (places, sighting) = first(comparison.wrongFields[field]) else { return nil }
      let wanted = comparison.wanted.field(field, of: sighting)
      let text = FieldText.text(field, wanted: wanted, in: sighting)
      return finding(.field(field), places, at: wanted.span, text: text)
    }
    return numeric + [options].compactMap { $0 }
  }

  private var options: Finding? {
    let field = IPField.variablePart(of: message.version)
    guard let (places, sighting) = first(comparison.wrongFields[field]) else { return nil }
    let wanted = comparison.wanted.options(of: sighting)
    let text = FieldText.text(wanted, in: sighting)
    return finding(.field(field), places, at: wanted.span, text: text)
  }

  private var frameFields: [Finding] {
    FrameField.allCases.compactMap { field in
      guard let (places, sighting) = first(comparison.wrongFrameFields[field]),
        let wanted = message.expect.matcher(of: field, at: sighting.place),
        let value = sighting.value(of: field)
      else { return nil }
      let text = FieldText.text(field, wanted: wanted, value: value, seen: sighting.place.rawValue)
      return finding(.frame(field), places, at: wanted.span, text: text)
    }
  }

  private var tags: [Finding] {
    guard let (places, wrong) = first(comparison.wrongTags), let seen = wrong.sighting.captured else {
      return []
    }
    let text = wrong.tags.text(of: seen.tags, seen: places[0].rawValue)
    return [finding(.vlan(wrong.tags.field), places, at: wrong.tags.wanted.span, text: text)]
  }

  /// The places of something wrong, and what shows it at the first of them.
  private func first<Value>(_ wrong: [Place: Value]?) -> (places: [Place], value: Value)? {
    guard let wrong, let place = wrong.places.first, let value = wrong[place] else { return nil }
    return (wrong.places, value)
  }

  private var contents: [Finding] {
    [payload, piece, cutShort, stub, fragments].compactMap { $0 } + reassembly
  }

  private var payload: Finding? {
    guard let (places, payload) = first(comparison.wrongPayloads), let place = places.first else {
      return nil
    }
    let wanted = comparison.wanted.payload(at: place)
    let text = FieldText.text(wanted, payload, seen: place.rawValue)
    return finding(.payload, places, at: wanted.span, text: text)
  }

  private var piece: Finding? {
    guard let (places, piece) = first(comparison.wrongPieces) else { return nil }
    let wanted = comparison.wanted.payload(at: piece.place)
    let offset = piece.packet.header.fragmentOffset
    let text = FieldText.text(
      wanted.map { _ in comparison.wanted.ipPayload(at: piece.place) }, piece: piece.packet.payload,
      at: Int(offset), seen: piece.place.rawValue)
    return finding(.payload, places, at: wanted.span, text: text)
  }

  private var cutShort: Finding? {
    guard let (places, sighting) = first(comparison.cutShort) else { return nil }
    let length = sighting.packet.header.statedLength
    let text = "\(sighting.place.rawValue) with \(byteCount(sighting.bytes.count)) of a packet of \(length)"
    return finding(.cutShort, places, text: text)
  }

  private var stub: Finding? {
    guard let stub = passage.stubs.first, message.expect.mustBeSeen(at: .delivered) else { return nil }
    let count = byteCount(stub.bytes.count)
    let text = "delivered with \(count) of a packet of \(stub.originalLength): less than a header"
    return finding(.cutShort, [.delivered], text: text)
  }

  private var fragments: Finding? {
    guard let (places, count) = first(comparison.wrongPieceCounts), let place = places.first,
      let wanted = message.expect.fragments(at: place)
    else { return nil }
    let text = "wanted \(packets(wanted.value)), \(place.rawValue) in \(packets(count))"
    return finding(.fragments, places, at: wanted.span, text: text)
  }

  private func packets(_ number: Int) -> String { number == 1 ? "1 packet" : "\(number) packets" }

  private var reassembly: [Finding] {
    let problems = comparison.misfits.places.map { place in
      (place: place, cause: comparison.misfits[place].map { "\($0)" } ?? "")
    }
    return Self.byCause(problems).map { places, problem in
      finding(
        .reassembly, places,
        text: "\(places[0].rawValue) in fragments"
          + " that do not fit together: \(problem)")
    }
  }

  /// What is wrong with the transport header: a field each.
  private var transportFields: [Finding] {
    let absences = Self.byCause(
      comparison.noTransport.places.map { (place: $0, cause: comparison.noTransport[$0] ?? "") })
    let absent = absences.compactMap { places, absence -> Finding? in
      guard let transport = comparison.wanted.transport(at: places[0]) else { return nil }
      return finding(
        .transport(transport.layer.filterName, field: "header"), places, at: transport.span,
        text: transport.text(absence: absence, seen: places[0].rawValue))
    }
    guard !comparison.wrongTransportFields.isEmpty else { return absent }
    let fields = comparison.transportRows.compactMap { field -> Finding? in
      guard let (places, seen) = first(comparison.wrongTransportFields[field.key]), let place = places.first,
        let transport = comparison.wanted.transport(at: place)
      else { return nil }
      let wanted = transport.matcher(of: field, in: seen)
      let text = transport.text(field, wanted: wanted, in: seen, verb: place.rawValue)
      return finding(
        .transport(transport.layer.filterName, field: field.key), places, at: wanted.span, text: text)
    }
    return absent + fields
  }

  /// What is wrong at several places for one cause is one finding.
  private static func byCause(_ problems: [(place: Place, cause: String)]) -> [([Place], String)] {
    var causes: [([Place], String)] = []
    for problem in problems {
      if let index = causes.firstIndex(where: { $0.1 == problem.cause }) {
        causes[index].0.append(problem.place)
      } else {
        causes.append(([problem.place], problem.cause))
      }
    }
    return causes
  }

  // MARK: - What shows it

  /// What came back and is wrong, where nothing else is.
  private func wrongReturned(_ findings: [Finding]) -> MarkedPacket? {
    let numbers = findings.map { finding in
      if case .returned(let number) = finding.kind { number } else { 0 }
    }
    guard let first = numbers.first, numbers.allSatisfy({ $0 > 0 }), first <= passage.returned.count,
      let bytes = passage.returned[first - 1].packets.first?.lastSeen?.bytes
    else { return nil }
    return MarkedPacket(place: nil, bytes: bytes, marks: [], returned: first)
  }

  /// What was held against what was wanted, place by place.
  private var marked: [MarkedPacket] {
    comparison.shown.places.compactMap { comparison.shown[$0] }.map { sighting in
      MarkedPacket(
        place: sighting.place, bytes: sighting.bytes, marks: comparison.wrongBytes(of: sighting),
        wrongFields: comparison.wrongFieldNames(of: sighting))
    }
  }

  /// The first packet that is wrong; where none is, the one that was seen where it must not be, or else any.
  private func evidence(of findings: [Finding]) -> MarkedPacket? {
    if let returned = wrongReturned(findings) { return returned }
    let shown = marked
    let unwanted = datagrams.places.filter { !message.expect.mustBeSeen(at: $0) }
      .compactMap { datagrams[$0]?.first?.pieces.first }
      .map { MarkedPacket(place: $0.place, bytes: $0.bytes, marks: []) }
    return shown.first { !$0.marks.isEmpty } ?? unwanted.first ?? shown.first
  }
}
