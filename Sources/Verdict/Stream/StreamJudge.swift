// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// The judgement of a scenario of streams: each message at the other end, then the connection for itself.
struct StreamJudge {
  private let scenario: Scenario
  private let stream: StreamRecord
  private let connection: StreamConnection
  private let contents: [HostName: StreamContents]

  /// Holds what was seen of a connection against what the file says; nil where there is none.
  init?(_ scenario: Scenario, _ record: CaseRecord) {
    guard let connection = scenario.connection, let stream = record.stream else { return nil }
    self.scenario = scenario
    self.stream = stream
    self.connection = connection
    contents = [
      .sender: StreamContents(scenario, from: .sender), .receiver: StreamContents(scenario, from: .receiver),
    ]
  }

  private var conversation: TCPConversation { stream.conversation }
  private var isOpen: Bool { conversation.isOpen && stream.openingFailure == nil }

  /// What was found of each message, in their order; none where there was no connection.
  var messages: [MessageVerdict] {
    guard isOpen else { return [] }
    var places: [Int: (host: HostName, part: StreamContents.Part)] = [:]
    for (host, contents) in contents {
      for part in contents.parts { places[part.position] = (host, part) }
    }
    var hasFailed: Set<HostName> = []
    return scenario.plays.map { play in
      guard let (host, part) = places[play.position] else { return MessageVerdict(play) }
      let verdict = self.verdict(of: play, part, from: host, isFirstToFail: !hasFailed.contains(host))
      if !verdict.findings.isEmpty { hasFailed.insert(host) }
      return verdict
    }
  }

  /// What is wrong with the connection.
  var findings: [Finding] {
    guard isOpen else { return [find(.notOpened, at: nil, notOpened)] }
    return early + surplus + unread + resets + endings + HostName.allCases.flatMap(faults) + measures
  }

  private func find(_ fault: StreamFault, at span: SourceSpan?, _ text: String) -> Finding {
    let whole = scenario.exchange.first?.span ?? scenario.whole
    return Finding(kind: .stream(fault), places: [], span: span ?? whole, text: text)
  }

  // MARK: - The connection

  private var notOpened: String {
    let (client, server) = (connection.client.rawValue, connection.server.rawValue)
    let port = connection.serverPort
    if let failure = stream.openingFailure {
      return "the \(client) could not open the connection: \(failure)"
    }
    if conversation[from: connection.client].begin == nil {
      return "the \(client) opened no connection to port \(port) of the \(server)"
    }
    let isRefused = conversation[from: connection.server].resets > 0
    return isRefused
      ? "the \(server) refused the connection to its port \(port): nothing is listening there"
      : "the \(server) did not answer the SYN to its port \(port)"
  }

  /// What a program said before it had been asked.
  private var early: [Finding] {
    conversation.early.sorted().prefix(1).map { position in
      let plays = scenario.plays
      let play = plays[position]
      let asked = plays[..<position].last { $0.message.from.value != play.message.from.value }
      return Finding(
        kind: .outOfTurn, places: [], span: span(of: play),
        text: "message \(play.number) was sent before anything of message \(asked?.number ?? 0) had arrived")
    }
  }

  private var surplus: [Finding] {
    HostName.allCases.compactMap { host in
      guard let contents = contents[host], !contents.isOpen else { return nil }
      let more = stream.received(from: host) - contents.count
      guard more > 0 else { return nil }
      let bytes = stream.head(from: host).dropFirst(contents.count).prefix(16)
      let hex = bytes.isEmpty ? "" : ": \(HexDump.hexString(bytes))\(more > bytes.count ? " …" : "")"
      return find(
        .surplus, at: contents.parts.last.map { scenario.plays[$0.position].message.span },
        "\(byteCount(more)) more came from the \(host.rawValue) than the file says\(hex)")
    }
  }

  /// What a program was sent and closed its socket without; of a reset that is the cause, and is told by that.
  private var unread: [Finding] {
    guard !conversation.isReset, scenario.expect.stream?.reset?.value != true else { return [] }
    return HostName.allCases.compactMap { host in
      guard stream.closedUnread.contains(host), scenario.program(in: host) != nil,
        scenario.expectation(of: host).unread.value == .nothing
      else { return nil }
      let role = host == .sender ? scenario.sender : scenario.receiver
      return Finding(
        kind: .program(host, .unread), places: [], span: role.span ?? scenario.whole,
        text: "the \(host.rawValue) closed a connection before it had read all that came")
    }
  }

  private var resets: [Finding] {
    let wanted = scenario.expect.stream?.reset
    guard conversation.isReset != (wanted?.value ?? false) else { return [] }
    guard conversation.isReset else {
      return [find(.reset, at: wanted?.span, "neither host reset the connection (RST)")]
    }
    return HostName.allCases.compactMap { host in
      guard conversation[from: host].resets > 0 else { return nil }
      let (sent, came) = (stream.received(from: host), stream.received(from: host.other))
      return find(
        .reset, at: wanted?.span,
        "the \(host.rawValue) reset the connection (RST),"
          + " after it had sent \(byteCount(sent)) and been sent \(byteCount(came))")
    }
  }

  /// Whether all came that was to come: else the connection had no reason to end.
  private var isComplete: Bool {
    contents.allSatisfy { host, contents in stream.received(from: host) >= contents.count }
  }

  private var endings: [Finding] {
    guard isComplete, !conversation.isReset, scenario.expect.stream?.reset?.value != true else { return [] }
    return HostName.allCases.compactMap { host in
      let direction = conversation[from: host]
      guard !stream.isEnded(by: host) else { return nil }
      let text =
        direction.end == nil
        ? "the \(host.rawValue) never ended its side of the connection (FIN)"
        : "the FIN of the \(host.rawValue) was never acknowledged"
      return find(.notEnded(host), at: nil, text)
    }
  }

  private func faults(of host: HostName) -> [Finding] {
    conversation[from: host].faultTexts.map { find($0.fault, at: nil, $0.text) }
  }

  private var measures: [Finding] {
    StreamMeasure.allCases.compactMap { measure in
      guard let wanted = scenario.expect.stream?.matchers[measure] else { return nil }
      let seen = stream.value(of: measure)
      guard !wanted.value.matches(seen) else { return nil }
      return find(
        .measure(measure), at: wanted.span,
        "\(measure.name): wanted \(wanted.value.words(by: measure.format)), was \(measure.format(seen))")
    }
  }

  // MARK: - A message

  private func verdict(
    of play: Play, _ part: StreamContents.Part, from host: HostName, isFirstToFail: Bool
  ) -> MessageVerdict {
    var verdict = MessageVerdict(play)
    let received = stream.received(from: host)
    if let matcher = play.message.expect.everywhere.payload, received >= part.end ?? 0 {
      if let problem = problem(with: part, from: host, matcher) { verdict.findings.append(problem) }
    } else if let difference = stream.difference(from: host), contains(part, difference.offset) {
      tell(difference, of: part, from: host, &verdict)
    }
    if let end = part.end, received < end {
      let came = max(0, received - part.start)
      let text = "\(came) of \(byteCount(end - part.start)) came to the \(host.other.rawValue)"
      verdict.findings.append(
        Finding(kind: .stream(.incomplete), places: [], span: span(of: play), text: text))
      if isFirstToFail { verdict.changes += reasons(host) }
    }
    return verdict
  }

  private func span(of play: Play) -> SourceSpan { play.message.stream?.span ?? play.message.span }

  private func contains(_ part: StreamContents.Part, _ place: Int) -> Bool {
    place >= part.start && part.end.map { place < $0 } ?? true
  }

  /// What is wrong with a message of which less is asked than each byte.
  private func problem(
    with part: StreamContents.Part, from host: HostName, _ matcher: Located<PayloadMatcher>
  ) -> Finding? {
    let end = part.end ?? stream.received(from: host)
    let head = stream.head(from: host)
    let bytes = Array(head.dropFirst(part.start).prefix(end - part.start))
    let isKept = head.count >= end
    if case .length(let length) = matcher.value {
      guard end - part.start != length else { return nil }
    } else if matcher.value.matches(bytes) {
      return nil
    }
    let seen = byteCount(end - part.start)
    let kept = isKept ? "" : ", of which only the first \(bytes.count) were looked at"
    let start = bytes.isEmpty ? "" : ": \(HexDump.hexString(bytes.prefix(16)))\(bytes.count > 16 ? " …" : "")"
    return Finding(
      kind: .stream(.payload), places: [.delivered], span: matcher.span ?? scenario.whole,
      text: "wanted \(matcher.value.text), delivered \(seen)\(kept)\(start)")
  }

  /// So many bytes are shown beside those that were wanted.
  private static let mostShown = 1 << 16

  private func tell(
    _ difference: StreamDifference, of part: StreamContents.Part, from host: HostName,
    _ verdict: inout MessageVerdict
  ) {
    let place = difference.offset - part.start
    let text =
      "byte \(place): wanted \(Self.hex(difference.wanted)), delivered \(Self.hex(difference.seen))"
    verdict.findings.append(
      Finding(
        kind: .stream(.payload), places: [.delivered], span: span(of: scenario.plays[part.position]),
        text: text)
    )
    verdict.changes += origin(of: difference, from: host)
    guard let count = part.content.count, count <= Self.mostShown else { return }
    let seen = Array(stream.head(from: host).dropFirst(part.start).prefix(count))
    guard seen.count > place else { return }
    verdict.payload = PayloadDifference(
      place: .delivered, wanted: part.content.bytes(from: 0, count: count), seen: seen, position: place)
  }

  private static func hex(_ byte: UInt8) -> String { "0x" + HexDump.hexString([byte]) }

  /// Where the byte was wrong first, as far as the captures tell.
  private func origin(of difference: StreamDifference, from host: HostName) -> [String] {
    guard !scenario.capturesNoSegments else { return [] }
    guard let sent = conversation[from: host].wronglySent, sent.offset <= difference.offset else {
      return ["The byte was correct when it left the \(host.rawValue), and was changed after that."]
    }
    return sent.offset == difference.offset && sent.seen == difference.seen
      ? ["The \(host.rawValue) sent it that way."] : []
  }

  /// Why no more came, as far as anybody told.
  private func reasons(_ host: HostName) -> [String] {
    let direction = conversation[from: host]
    let sent = direction.sentCount
    let failures = HostName.allCases.compactMap { end in
      stream.ends[end]?.failure.map { "The socket of the \(end.rawValue) failed: \($0)." }
    }
    let end = direction.end.map { ["The \(host.rawValue) ended its side (FIN) after \(byteCount($0))."] }
    // Where no capture followed the bytes, nobody counted those that left.
    guard conversation.isFollowed else { return failures }
    return ["The \(host.rawValue) sent \(byteCount(sent)) in all its messages."] + (end ?? []) + failures
  }
}
