// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Says of a case whether everything was as it must be: a pure function of the scenario and what was seen.
public enum Judge {
  /// Judges a case.
  public static func judge(_ scenario: Scenario, _ record: CaseRecord) -> CaseVerdict {
    let attribution = Attribution(scenario, record)
    let programs = programs(scenario, record, attribution)
    guard !programs.contains(where: \.kind.keepsFromPlaying) else {
      var verdict = CaseVerdict(record)
      verdict.findings = programs
      verdict.hints = programHints(scenario, record, programs) + sentByThen(record, attribution)
      verdict.hints += beside(scenario, record)
      return withKnownFailure(verdict, scenario)
    }
    var verdict = judgePlayed(scenario, record, attribution)
    if !scenario.isOfStreams {
      verdict.messages += scenario.plays.dropFirst(record.messages.count).map(notPlayed)
    }
    verdict.findings += programs + endings(scenario, record) + counters(scenario, record)
    verdict.findings += cable(scenario, record)
    verdict.hints += programHints(scenario, record, programs)
    if !verdict.isPassed { verdict.hints += beside(scenario, record) }
    return withKnownFailure(verdict, scenario)
  }

  private static func programHints(
    _ scenario: Scenario, _ record: CaseRecord, _ findings: [Finding]
  ) -> [String] {
    HostName.allCases.flatMap { ProgramHint($0, scenario, record, findings)?.texts ?? [] }
  }

  /// As many kinds of packets as anybody looks at.
  private static let mostSentByThen = 8

  /// What programs that were not ready had sent: perhaps they await an answer to that.
  private static func sentByThen(_ record: CaseRecord, _ attribution: Attribution) -> [String] {
    UnexpectedPackets.gather(attribution).prefix(mostSentByThen).compactMap { packets in
      guard packets.isOutgoing, record.programs[packets.host]?.isReady == false else { return nil }
      let times = packets.count == 1 ? "" : ", \(packets.count) times"
      return "By then the \(packets.host.rawValue) had sent: \(packets.summary)\(times)."
    }
  }

  /// What may be behind any failure of a case.
  private static func beside(_ scenario: Scenario, _ record: CaseRecord) -> [String] {
    [SegmentHint.text(scenario)].compactMap { $0 }
      + HostName.allCases.compactMap { ProgramHint.earlyEnd(of: $0, scenario, record) }
  }

  /// The verdict on a case whose time ran out while something was awaited: on what was played until then.
  public static func timedOut(_ scenario: Scenario, _ record: CaseRecord, awaiting what: String)
    -> CaseVerdict
  {
    let attribution = Attribution(scenario, record)
    var verdict = judgePlayed(scenario, record, attribution)
    verdict.removeFindings(where: \.isOfMissingTime)
    let seen = HostName.allCases.flatMap {
      ProgramJudge($0, scenario, record, attribution)?.findingsUntilKilled ?? []
    }
    let programs = seen.filter { !$0.kind.isOfUnread }
    // Which one is lacking only shows when all that were sent are sorted out.
    let missing = attribution.passages.first {
      $0.play.message.from.value == record.awaitedSender && $0.awaitedPacket != nil
    }
    let play =
      missing?.play ?? lackingStream(scenario, record)
      ?? (scenario.isOfStreams ? nil : scenario.plays.dropFirst(record.messages.count).first)
    let span = (play?.message ?? scenario.exchange.last)?.span ?? scenario.whole
    // What is unread is no finding beside that: there may have been no time for it.
    let unread = seen.filter(\.kind.isOfUnread).map { "; \($0.text)" }.joined()
    let awaited = missing?.awaitedPacket.map { "\($0) from the program" } ?? what
    let text = "the case timed out while waiting for \(awaited)\(unread)"
    let finding = Finding(kind: .timedOut, places: [], span: span, text: text)
    let isUnderWay = missing == nil || missing?.play.position == record.messages.count
    if scenario.pacing == .lockstep, !scenario.isOfFlows, !scenario.isOfStreams, isUnderWay,
      record.messages.count < attribution.passages.count
    {
      let passage = attribution.passages[record.messages.count]
      let judge = MessageJudge(
        passage, MessageRecord(), of: record, drops: DropCounters(record.rises),
        cable: scenario.network.cable?.value, CableTrace(record))
      verdict.messages.append(judge.verdict(ofUnfinished: finding))
      showNearest(&verdict, attribution)
      verdict.findings += programs
    } else {
      verdict.findings += programs + [finding]
    }
    verdict.hints += programHints(scenario, record, programs + [finding]) + beside(scenario, record)
    return withKnownFailure(verdict, scenario)
  }

  /// The first message of a connection of which not all bytes have come; nil where all have, or nobody knows how many
  /// there are.
  private static func lackingStream(_ scenario: Scenario, _ record: CaseRecord) -> Play? {
    guard scenario.isOfStreams, let stream = record.stream else { return nil }
    let lacking = HostName.allCases.flatMap { host in
      StreamContents(scenario, from: host).parts.filter { ($0.end ?? 0) > stream.received(from: host) }
    }
    return lacking.map(\.position).min().map { scenario.plays[$0] }
  }

  private static func judgePlayed(
    _ scenario: Scenario, _ record: CaseRecord, _ attribution: Attribution
  ) -> CaseVerdict {
    if scenario.isOfFlows { return judgeFlows(scenario, record) }
    var verdict = CaseVerdict(record)
    verdict.counts = counts(record, attribution)
    if let streams = StreamJudge(scenario, record) {
      verdict.messages = streams.messages
      verdict.findings = streams.findings
    }
    verdict.unexpected = UnexpectedPackets.gather(
      attribution, beside: scenario.connection, in: scenario.network)
    verdict.findings += unexpected(verdict.unexpected, scenario)
    verdict.hints += ResetHint.texts(scenario, attribution)
    verdict.findings += EveryPacket(scenario, record).findings
    verdict.findings += ProgramConversations(scenario, record).findings
    guard !scenario.isOfStreams else { return verdict }
    // Of a burst whose end was not seen, nothing is known but what was seen until then.
    guard scenario.pacing == .lockstep || record.burst != nil else { return verdict }
    verdict.messages = messages(scenario, record, attribution)
    showNearest(&verdict, attribution)
    verdict.findings += order(scenario, attribution)
    if scenario.pacing == .lockstep, let early = CrossingOrder(attribution).finding {
      verdict.findings.append(early)
    }
    return verdict
  }

  private static func messages(
    _ scenario: Scenario, _ record: CaseRecord, _ attribution: Attribution
  ) -> [MessageVerdict] {
    let (trace, drops) = (CableTrace(record), DropCounters(record.rises))
    let (passages, cable) = (attribution.passages, scenario.network.cable?.value)
    var passed = PassedPlays(scenario)
    return zip(passages.indices, record.messages).map { index, seen in
      let passage = passages[index]
      if passed.vouch(for: passage, seen) { return MessageVerdict(passage.play) }
      let judge = MessageJudge(
        passage, seen, of: record, drops: drops, after: passages[..<index], cable: cable, trace)
      let verdict = judge.verdict
      if verdict.findings.isEmpty { passed.insert(passage, seen) }
      return verdict
    }
  }

  /// How many packets were seen at each place: what a program's socket had no room for, or what it had none for, was not
  /// delivered to it.
  private static func counts(_ record: CaseRecord, _ attribution: Attribution) -> [Place: Int] {
    var counts: [Place: Int] = [:]
    for place in Place.allCases {
      counts[place] = attribution.passages.indices.reduce(0) {
        $0 + attribution.passages[$1].count(at: place)
      }
    }
    if let stream = record.stream {
      counts[.sent] = Int(stream.value(of: .segments))
      counts[.arrived] = HostName.allCases.reduce(0) { $0 + stream.conversation[from: $1].arrivals }
      return counts
    }
    if attribution.passages.isEmpty {
      // Without messages whatever passed counts.
      let frames = record.recordedFrames
      counts[.sent] = frames.count(where: \.isOutgoing)
      counts[.arrived] = frames.count - (counts[.sent] ?? 0)
    }
    let refused = record.programs.keys.map { UnreadPackets($0, record, attribution) }
      .reduce(0) { $0 + $1.dropped + $1.untaken.count + $1.refused.count }
    counts[.delivered] = max(0, (counts[.delivered] ?? 0) - refused)
    return counts.filter { $0.value > 0 }
  }

  private static func judgeFlows(_ scenario: Scenario, _ record: CaseRecord) -> CaseVerdict {
    var verdict = CaseVerdict(record)
    for (play, seen) in zip(scenario.plays, record.messages) {
      guard let flow = seen.flow else { continue }
      verdict.messages.append(FlowJudge(play, flow, rises: seen.rises).verdict)
      verdict.counts[.sent, default: 0] += flow.sent
      verdict.counts[.delivered, default: 0] += flow.delivered
    }
    return verdict
  }

  /// As many messages as anybody looks at.
  private static let mostNearest = 16

  /// Shows beside each message of which nothing was seen what was perhaps meant to be it: where that is near, it is no
  /// finding of its own.
  private static func showNearest(_ verdict: inout CaseVerdict, _ attribution: Attribution) {
    let unseen = verdict.messages.indices.filter { index in
      verdict.messages[index].evidence == nil
        && verdict.messages[index].findings.contains { [.notSeen(.sent), .timedOut].contains($0.kind) }
    }
    guard !unseen.isEmpty, !attribution.unaccounted.isEmpty else { return }
    let nearest = NearestPacket(among: attribution.unaccounted)
    for index in unseen.prefix(mostNearest) {
      guard let found = nearest.packet(for: attribution.passages[index]) else { continue }
      verdict.messages[index].evidence = found.evidence
      verdict.messages[index].hints += found.hints
      if found.isNear { verdict.account(forPacketAt: found.positions) }
    }
  }

  private static func unexpected(_ kinds: [UnexpectedPackets], _ scenario: Scenario) -> [Finding] {
    let plays = kinds.isEmpty ? [] : scenario.plays
    return kinds.map { packets in
      let message = packets.window.flatMap { $0 < plays.count ? plays[$0].message : nil }
      let span = (message ?? scenario.exchange.first)?.span ?? scenario.whole
      var finding = Finding(kind: .stray, places: [], span: span, text: packets.sentence)
      finding.positions = packets.positions
      return finding
    }
  }

  private static func notPlayed(_ play: Play) -> MessageVerdict {
    let text = "never sent: the sender had already ended"
    var verdict = MessageVerdict(play)
    verdict.findings = [Finding(kind: .notPlayed, places: [], span: play.message.span, text: text)]
    return verdict
  }

  private static func programs(
    _ scenario: Scenario, _ record: CaseRecord, _ attribution: Attribution
  ) -> [Finding] {
    HostName.allCases.flatMap { ProgramJudge($0, scenario, record, attribution)?.findings ?? [] }
  }

  private static func order(_ scenario: Scenario, _ attribution: Attribution) -> [Finding] {
    guard let order = scenario.expect.order, order.value != attribution.deliveryOrder else { return [] }
    let seen = attribution.deliveryOrder.map(String.init).joined(separator: ", ")
    let text = seen.isEmpty ? "none was delivered" : "delivered in the order \(seen)"
    return [
      Finding(kind: .order, places: [.delivered], span: order.span ?? scenario.whole, text: text)
    ]
  }

  private static func endings(_ scenario: Scenario, _ record: CaseRecord) -> [Finding] {
    let wanted = [
      (HostName.sender, scenario.expect.sender.endedByUntil),
      (HostName.receiver, scenario.expect.receiver.endedByUntil),
    ]
    return wanted.compactMap { host, span in
      guard let span, !record.ended.contains(host) else { return nil }
      let text = "the \(host.rawValue) did not end by its `until`: no message triggered it"
      return Finding(kind: .notEnded(host), places: [], span: span, text: text)
    }
  }

  /// What the cable was asked to do to packets and could not do.
  private static func cable(_ scenario: Scenario, _ record: CaseRecord) -> [Finding] {
    guard let cable = scenario.network.cable else { return [] }
    return HostName.allCases.flatMap { host in
      guard let seen = record.cable[host] else { return [Finding]() }
      return self.cable(cable.value[from: host], seen, from: host, at: cable.span ?? scenario.whole)
    }
  }

  /// For so many orders that no packet fitted the nearest one is sought, which takes time for each.
  private static let mostSearches = 16

  private static func cable(
    _ impairments: Impairments, _ seen: CableRecord, from host: HostName, at span: SourceSpan
  ) -> [Finding] {
    var searches = mostSearches
    let missing = impairments.orders.compactMap { order -> Finding? in
      guard let text = seen.missing(of: order, from: host, searches: &searches) else { return nil }
      let packet = order.packets.value.number.map { CablePacket($0, from: host) }
      return Finding(kind: .cable, places: [], span: order.packets.span ?? span, text: text, packet: packet)
    }
    return missing
      + seen.failures.map { failure in
        let text = "\(failure.packet.name) \(failure.reason)"
        return Finding(
          kind: .cable, places: [], span: failure.span ?? span, text: text, packet: failure.packet)
      }
  }

  private static func counters(_ scenario: Scenario, _ record: CaseRecord) -> [Finding] {
    HostName.allCases.flatMap { host in
      let rises = record.rises[host] ?? [:]
      return scenario.expect.counters[host]?.findings(host: host, else: scenario.whole, rises) ?? []
    }
  }

  private static func withKnownFailure(_ judged: CaseVerdict, _ scenario: Scenario) -> CaseVerdict {
    guard let known = scenario.knownFailure else { return judged }
    var verdict = judged
    if verdict.isPassed {
      let text = "it passed, but is marked as a known failure"
      verdict.findings.append(
        Finding(kind: .knownFailurePassed, places: [], span: known.span ?? scenario.whole, text: text))
    } else {
      verdict.knownFailure = known.value
    }
    return verdict
  }
}

extension CableRecord {
  /// What is said of packets that an order is for and that never came; nil where all came.
  ///
  /// Where none fitted, it says which was nearest, as long as any search is left.
  fileprivate func missing(of order: CableOrder, from host: HostName, searches: inout Int) -> String? {
    let choice = order.packets.value
    if let number = choice.number {
      let name = CablePacket(number, from: host).name
      return number > packets
        ? "the cable should have acted on \(name), but saw only \(packets) from the \(host.rawValue)" : nil
    }
    let count = matched[order.index] ?? 0
    return choice.missing(of: count).map { late in
      let isSought = count == 0 && searches > 0
      if isSought { searches -= 1 }
      let nearest = isSought ? choice.seen.flatMap { self.nearest(to: $0, from: host) } : nil
      let matching = count == 0 ? "none" : "only \(count)"
      return "the cable should have acted on \(late.words) of those that match, but \(matching) of \(packets)"
        + " from the \(host.rawValue) matched\(nearest.map { "; \($0)" } ?? "")"
    }
  }
}

extension Finding.Kind {
  /// Whether the exchange cannot be played where this is found.
  fileprivate var keepsFromPlaying: Bool {
    if case .program(_, let fault) = self { fault.keepsFromPlaying } else { false }
  }
}

extension CounterExpectation {
  /// What is wrong with the counters of a host, of which all that the kernel has rose by so much.
  func findings(host: HostName, else span: SourceSpan, _ seenRises: [String: Int]) -> [Finding] {
    rises.compactMap { name, wanted in
      let seen = seenRises[name]
      if let seen, wanted.value.matches(UInt64(max(0, seen))) { return nil }
      let text =
        if let seen {
          "\(name) of the \(host.rawValue): wanted a rise of \(wanted.value.text { "\($0)" }), rose by"
            + " \(seen)"
        } else {
          "this kernel has no counter \(name)" + Self.nearest(to: name, among: seenRises)
        }
      return Finding(kind: .counter(name), places: [], span: wanted.span ?? span, text: text)
    }
  }
}

extension CounterExpectation {
  /// The counter that was perhaps meant, as the rest of a sentence.
  private static func nearest(to name: String, among rises: [String: Int]) -> String {
    let nearest = ClosestMatch.suggestion(for: name, among: rises.keys.sorted())
    return nearest.map { ": did you mean \($0)?" } ?? ""
  }
}

extension Finding.Kind {
  /// Whether it is of a stream or a connection that had no time to come to its end.
  fileprivate var isOfMissingTime: Bool {
    switch self {
    case .stream(.incomplete), .stream(.notEnded), .program(_, .unread): true
    default: false
    }
  }

  /// Whether it is about what a program did not read of what it was sent.
  fileprivate var isOfUnread: Bool {
    if case .program(_, .unread) = self { true } else { false }
  }
}
