// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What can be wrong with a program under test; the raw value is the finding's name.
public enum ProgramFault: String, CaseIterable, Hashable, Sendable {
  /// There is no such program.
  case programNotFound
  /// The program may not be run, or is none.
  case programNotExecutable
  /// What comes before running it failed.
  case programNotStarted
  /// It ended before it was ready.
  case endedBeforeReady
  /// It was not ready in time.
  case neverReady
  /// It closed its standard input although more was to be typed.
  case inputClosed
  /// It ended and had not read all that was typed to it.
  case inputUnread
  /// It did not read all messages that were sent to it.
  case unread
  /// Its sockets had no room for all packets that were sent to it.
  case dropped
  /// It did not end although the exchange was over, and had to be killed.
  case neverEnded
  /// It did not end by SIGTERM, and had to be killed.
  case terminationIgnored
  /// It ended otherwise than wanted.
  case exit
  /// It printed something else than wanted.
  case stdout
  /// It said something else of errors than wanted.
  case stderr
  /// It printed without end.
  case flooded
  /// It sent packets without end.
  case packetFlood
  /// It took from its host what the harness had made.
  case hostChanged
  /// It left processes behind.
  case leftBehind

  /// Whether the exchange cannot be played where this is found.
  var keepsFromPlaying: Bool {
    switch self {
    case .programNotFound, .programNotExecutable, .programNotStarted, .endedBeforeReady, .neverReady,
      .packetFlood, .hostChanged:
      true
    default: false
    }
  }
}

/// The judgement of what a program under test did beside sending and receiving.
struct ProgramJudge {
  private let host: HostName
  private let program: RunRole
  private let expectation: RoleExpectation
  private let record: ProgramRecord
  private let packetFlood: PacketFlood?
  private let hostChanges: [String]
  private let packets: UnreadPackets
  /// Whether it was to send something, and nothing was seen of it.
  private let isUnsent: Bool
  private let span: SourceSpan

  /// More than this of one stream is a flood, in bytes: what is read of a program has to end somewhere.
  private static let flood: UInt64 = 1 << 20

  /// Holds a program's record against what is expected; nil where no program runs in that host or none was begun.
  init?(_ host: HostName, _ scenario: Scenario, _ record: CaseRecord, _ attribution: Attribution) {
    guard let program = scenario.program(in: host), let seen = record.programs[host] else { return nil }
    self.host = host
    self.program = program
    self.record = seen
    packetFlood = PacketFlood(from: host, scenario, record)
    hostChanges = record.hostChanges[host] ?? []
    packets = UnreadPackets(host, record, attribution)
    let isSending = scenario.exchange.contains {
      $0.from.value == host && $0.expect.mustBeSeen(at: .sent)
    }
    isUnsent = isSending && !record.recordedFrames.contains { $0.host == host && $0.isOutgoing }
    expectation = scenario.expectation(of: host)
    span = (host == .sender ? scenario.sender : scenario.receiver).span ?? scenario.whole
  }

  /// What is wrong; where it kept the exchange from being played, nothing else is said.
  var findings: [Finding] {
    if let failure = record.startFailure { return [notStarted(failure)] }
    if let packetFlood {
      return [finding(.packetFlood, packetFlood.sentence(host))]
    }
    if !hostChanges.isEmpty { return hostChanges.map { finding(.hostChanged, $0) } }
    if let early = unready ?? endedUnsent { return [early] }
    let printed = [
      output(.stdout, expectation.stdout, record.stdout), output(.stderr, expectation.stderr, record.stderr),
    ]
    let isAsked = expectation.unread.value == .nothing && !hasFailed && !mayFail
    let reading = isAsked ? [inputUnread, unread, dropped] : []
    return ([input] + reading + [ending] + printed + [flood, leftBehind]).compactMap { $0 }
  }

  /// What is wrong with a program that was killed in the middle of the exchange: not that it did not come to its end.
  var findingsUntilKilled: [Finding] {
    let ended = record.end == nil ? nil : ending
    // What was to be ended by SIGTERM was killed before.
    let left = program.stop == .terminate ? nil : leftBehind
    let unread = expectation.unread.value == .nothing ? self.unread : nil
    return [record.isReady ? nil : unready, input, dropped, unread, ended, flood, left].compactMap { $0 }
  }

  private func finding(_ fault: ProgramFault, at place: SourceSpan? = nil, _ text: String) -> Finding {
    Finding(kind: .program(host, fault), places: [], span: place ?? span, text: text)
  }

  // MARK: - The beginning

  private func notStarted(_ failure: ProgramRecord.StartFailure) -> Finding {
    let name = program.arguments.first ?? ""
    guard failure.isOfProgram else {
      return finding(.programNotStarted, "the \(host.rawValue) was not started: \(failure.description)")
    }
    switch failure.errno {
    case "ENOENT" where failure.lacksInterpreter:
      let text =
        "\"\(name)\" exists, but the interpreter named in its first line (\"#!\") or its header does not"
      return finding(.programNotExecutable, "\(text) (ENOENT)")
    case "ENOENT":
      let place = name.contains("/") ? "relative to the scenario file's folder" : "on the PATH"
      return finding(.programNotFound, "there is no program \"\(name)\" \(place)")
    case "EACCES" where failure.isFolder:
      return finding(.programNotExecutable, "\"\(name)\" is a folder, not a program (EACCES)")
    case "EACCES": return finding(.programNotExecutable, "\"\(name)\" may not be run by this user (EACCES)")
    case "ENOEXEC":
      return finding(
        .programNotExecutable,
        "\"\(name)\" is neither a program nor a script"
          + " with \"#!\" (ENOEXEC)")
    default: return finding(.programNotStarted, "\"\(name)\" was not started: \(failure.description)")
    }
  }

  /// A program that fails as it is expected to need not have been ready before; "any" expects no failure.
  private var unready: Finding? {
    guard !record.isReady else { return nil }
    guard let end = record.end else {
      return finding(.neverReady, "the \(host.rawValue) was not ready in time: \(awaited)")
    }
    if let wanted = expectation.exit?.value, wanted != .status(0), wanted != .any, wanted.isMet(by: end) {
      return nil
    }
    let event = record.hasSaidReady ? "before the first message was sent" : "before it was ready: \(awaited)"
    return finding(.endedBeforeReady, "the \(host.rawValue) \(end.text) \(event)")
  }

  private var awaited: String {
    switch program.ready {
    case .stdout(let text): "it never printed \"\(text)\""
    case .stderr(let text): "it never printed \"\(text)\" on its standard error"
    case .listening(let port): "it had no socket listening on port \(port)\(otherSockets)"
    case .descriptor: "it never wrote a line to the descriptor TWOHOST_READY_FD"
    case nil: lackingSocket
    }
  }

  private var lackingSocket: String {
    record.neededSocket.map { "it had no socket for \($0.text)\(otherSockets)" }
      ?? "it had no socket that could receive the messages sent to it\(otherSockets)"
  }

  private var otherSockets: String {
    let others = record.openSockets.joined(separator: ", ")
    return others.isEmpty ? "" : "; what it had: \(others)"
  }

  /// A program that fails before it has sent anything has sent nothing because of that.
  private var endedUnsent: Finding? {
    guard isUnsent, hasFailed, let end = record.end else { return nil }
    return finding(.endedBeforeReady, "the \(host.rawValue) \(end.text) before it had sent anything")
  }

  /// Whether the file says that it fails: then it need not have done its work before.
  private var mayFail: Bool { expectation.exit.map { ![.status(0), .any].contains($0.value) } ?? false }

  /// Whether it ended, and otherwise than it must: what it did not do then follows from that.
  private var hasFailed: Bool { record.end != nil && ending != nil }

  // MARK: - What it read

  private var inputUnread: Finding? {
    guard record.unreadInput > 0, record.refusedInput == nil else { return nil }
    let text =
      "the \(host.rawValue) did not read the last \(byteCount(record.unreadInput)) that were typed to it"
    return finding(.inputUnread, at: program.input.span, text)
  }

  private var unread: Finding? {
    let others = packets.others == 1 ? "1 other packet" : "\(packets.others) other packets"
    let left = packets.left + (packets.others > 0 ? [others] : [])
    if !packets.untaken.isEmpty {
      let all = (left + packets.untaken).formattedAsList
      let isEnd = record.openSockets.isEmpty ? record.end : nil
      let reason = isEnd.map { "it had ended by then (\($0.text))" } ?? lackingSocket
      return finding(.unread, "the \(host.rawValue) did not read \(all): \(reason)")
    }
    if !packets.refused.isEmpty, let name = packets.refusing {
      let all = packets.refused.formattedAsList
      return finding(
        .unread, "the \(host.rawValue) did not read \(all): the filter of \(name) rejects it")
    }
    let name = packets.leftIn ?? "its socket"
    if !left.isEmpty {
      return finding(.unread, "the \(host.rawValue) did not read \(left.formattedAsList), left in \(name)")
    }
    guard packets.queued > 0 else { return nil }
    return finding(.unread, "the \(host.rawValue) left \(byteCount(packets.queued)) unread in \(name)")
  }

  private var dropped: Finding? {
    guard packets.dropped > 0, let socket = packets.dropping else { return nil }
    let number = packets.dropped == 1 ? "1 packet" : "\(packets.dropped) packets"
    let room = socket.room.map { " of \(byteCount($0))" } ?? ""
    let text =
      "\(socket.name) of the \(host.rawValue) dropped \(number): its receive buffer\(room) was full"
    return finding(.dropped, text)
  }

  // MARK: - The end

  private var input: Finding? {
    record.refusedInput.map {
      finding(
        .inputClosed, at: program.input.span,
        "the \(host.rawValue) had closed its standard input before \($0)")
    }
  }

  private var ending: Finding? {
    guard let end = record.end else { return killed }
    if let wanted = expectation.exit {
      guard !wanted.value.isMet(by: end) else { return nil }
      return finding(.exit, at: wanted.span, "wanted \(wanted.value.text), \(end.text)")
    }
    let isAsAsked = end == .exited(0) || (record.termination != nil && end == .signalled("SIGTERM"))
    return isAsAsked ? nil : finding(.exit, "the \(host.rawValue) \(end.text)")
  }

  private var killed: Finding {
    if let waited = record.termination {
      let time = "\(waited.inWords) after SIGTERM"
      return finding(.terminationIgnored, "the \(host.rawValue) had not ended \(time), and was killed")
    }
    let text =
      switch program.stop {
      case .exit: "the \(host.rawValue) did not end after the exchange, and was killed"
      case .terminate: "there was no time left to tell the \(host.rawValue) to end, and it was killed"
      }
    return finding(.neverEnded, text)
  }

  private var flood: Finding? {
    let streams = [("standard output", record.stdout), ("standard error", record.stderr)]
    return streams.first { $0.1.total > Self.flood }.map { name, output in
      finding(.flooded, "the \(host.rawValue) printed \(output.total) bytes on its \(name)")
    }
  }

  private var leftBehind: Finding? {
    guard let first = record.survivors.first else {
      let text = "the \(host.rawValue) left behind a process that is not listed in /proc"
      return record.leftSomebody ? finding(.leftBehind, text) : nil
    }
    let more = record.survivors.count > 1 ? ", and \(record.survivors.count - 1) more" : ""
    let arguments = first.arguments.joined(separator: " ")
    return finding(.leftBehind, "the \(host.rawValue) left behind: \(first.pid), \(arguments)\(more)")
  }

  // MARK: - What it printed

  private func output(
    _ fault: ProgramFault, _ wanted: Located<OutputMatcher>?, _ seen: PrintedOutput
  ) -> Finding? {
    guard let wanted, let problem = wanted.value.problem(of: seen) else { return nil }
    return finding(fault, at: wanted.span, "\(fault.rawValue) of the \(host.rawValue): \(problem)")
  }
}

extension Duration {
  /// In seconds, or below two of them in milliseconds.
  fileprivate var inWords: String {
    self < .seconds(2) ? "\(Int(self / .milliseconds(1))) ms" : "\(components.seconds) s"
  }
}

extension ProgramEnd {
  /// The end as what a program did: `exited with status 1`, `was ended by SIGKILL`.
  var text: String {
    switch self {
    case .exited(let status): "exited with status \(status)"
    case .signalled(let name): "was ended by \(name)"
    }
  }
}

extension ExitExpectation {
  fileprivate var text: String {
    switch self {
    case .status(let status): "exit status \(status)"
    case .signal(let name): "to be ended by \(name)"
    case .any: "any end"
    }
  }

  /// Whether an end is as expected.
  fileprivate func isMet(by end: ProgramEnd) -> Bool {
    switch (self, end) {
    case (.status(let wanted), .exited(let status)): wanted == status
    case (.signal(let wanted), .signalled(let name)): wanted == name
    case (.any, _): true
    default: false
    }
  }
}
