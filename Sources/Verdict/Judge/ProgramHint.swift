// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What may be behind a failure of a program under test; each is said only where its rule matches what was seen.
struct ProgramHint {
  private let host: HostName
  private let scenario: Scenario
  private let program: RunRole
  private let expectation: RoleExpectation
  private let record: ProgramRecord
  private let faults: Set<ProgramFault>
  private let isTimedOut: Bool
  /// Whether anything was seen that it sent.
  private let hasSent: Bool

  /// Looks at what was found of a host's program; nil where none runs there.
  init?(_ host: HostName, _ scenario: Scenario, _ record: CaseRecord, _ findings: [Finding]) {
    guard let program = scenario.program(in: host), let seen = record.programs[host] else { return nil }
    self.host = host
    self.scenario = scenario
    self.program = program
    self.record = seen
    isTimedOut = findings.contains { $0.kind == .timedOut }
    hasSent = record.recordedFrames.contains { $0.host == host && $0.isOutgoing }
    expectation = scenario.expectation(of: host)
    faults = Set(
      findings.compactMap { finding in
        if case .program(host, let fault) = finding.kind { fault } else { nil }
      })
  }

  /// The hints, in sentences.
  var texts: [String] {
    [
      beside, permission, termination, readiness, otherStream, flushing, typing, broadcast, lowPort, files,
      tooLong,
    ].compactMap { $0 }
      + printed
  }

  // MARK: - Its start and its end

  private var name: String { program.arguments.first ?? "" }

  private var beside: String? {
    record.startFailure?.liesBeside == true
      ? "\"\(name)\" is next to the scenario file: \"./\(name)\" runs it." : nil
  }

  private var permission: String? {
    record.startFailure?.lacksPermission == true ? "chmod +x \(name) makes it executable." : nil
  }

  private var termination: String? {
    faults.contains(.neverEnded) && program.stop == .exit
      ? "A program that never ends by itself needs stop: \"terminate\"." : nil
  }

  private var readiness: String? {
    let isUnready = faults.contains(.neverReady) || faults.contains(.endedBeforeReady)
    guard isUnready, program.ready == nil, !record.hasSaidReady, !record.openSockets.isEmpty else {
      return nil
    }
    if let hint = otherVersion ?? otherPort { return hint }
    return "If something else shows that it is ready, say so: ready: { stdout: \"listening\" }."
  }

  /// That the messages go under the version of IP that its socket is not for.
  private var otherVersion: String? {
    let isOnly = { (version: IPVersion) in
      record.openSockets.contains { $0.hasSuffix(" for \(version) only") }
    }
    guard record.neededSocket != nil else { return nil }
    if isOnly(.v4) {
      return
        "The messages go over IPv6, which needs an AF_INET6 socket;"
        + " without IPV6_V6ONLY it takes IPv4 too (ipv6(7))."
    }
    return isOnly(.v6)
      ? "The messages go over IPv4, which an AF_INET6 socket takes only without IPV6_V6ONLY (ipv6(7))."
      : nil
  }

  /// That the messages go elsewhere than to the ports that it has.
  private var otherPort: String? {
    guard let needed = record.neededSocket,
      let (number, port) = record.openPorts.max(by: { $0.key < $1.key })
    else { return nil }
    let isOfStreams = number == 6
    let remedy =
      isOfStreams
      ? "tcp: { destinationPort: \(port) } and messages { stream: \"…\" }"
      : "udp: { destinationPort: \(port) }"
    guard record.openPorts[needed.protocol] == nil else {
      return "The messages do not go to the port that it has; for that one, write \(remedy)."
    }
    return "The messages use \(FrameSummary.protocolName(needed.protocol)), but it has a"
      + " \(FrameSummary.protocolName(number)) port: write \(remedy)."
  }

  /// That a program that is to run until it is told to end, whatever it ends with, had failed before that.
  static func earlyEnd(of host: HostName, _ scenario: Scenario, _ record: CaseRecord) -> String? {
    guard let program = scenario.program(in: host), program.stop == .terminate,
      scenario.expectation(of: host).exit?.value == .any, let seen = record.programs[host],
      seen.termination == nil, seen.isReady, let end = seen.end, end != .exited(0)
    else { return nil }
    return "The \(host.rawValue) \(end.text) before it was told to end; exit: \"any\" accepts that."
  }

  /// What shows that it is ready, where it was printed on the other stream.
  private var otherStream: String? {
    guard faults.contains(.neverReady) || faults.contains(.endedBeforeReady) else { return nil }
    let found: (stream: String, output: PrintedOutput, text: String)? =
      switch program.ready {
      case .stdout(let text): ("stderr", record.stderr, text)
      case .stderr(let text): ("stdout", record.stdout, text)
      case .listening, .descriptor, nil: nil
      }
    guard let found, found.output.keeps(Array(found.text.utf8)) else { return nil }
    return "It printed that on the other stream: ready: { \(found.stream): \"\(found.text)\" }."
  }

  private var flushing: String? {
    var isMissed = faults.contains(.stdout) && record.stdout.total == 0
    if case .stdout = program.ready, faults.contains(.neverReady), record.stdout.total == 0 {
      isMissed = true
    }
    guard isMissed, otherStream == nil, record.termination != nil || record.end == nil else { return nil }
    return
      "Nothing was printed until it was ended: output to a pipe is buffered until the buffer is full or the"
      + " program ends. It must be flushed (python3 -u, fflush(3), setvbuf(3))."
  }

  /// What may keep one that is typed to from sending anything.
  private var typing: String? {
    guard isTimedOut, program.isTypedTo, !hasSent, record.end == nil else { return nil }
    return
      "Each line is typed when the message before it is over, and the input ends after the last: a program"
      + " that reads all of it first needs stdin: [\"one\", \"two\"]."
  }

  // MARK: - What it complained of

  private func complains(of texts: [String]) -> Bool {
    texts.contains { record.stderr.keeps(Array($0.utf8)) }
  }

  /// Whether it complains that it may not do something (`EACCES`).
  private var isRefusedSomething: Bool {
    complains(of: ["Permission denied", "permission denied", "EACCES", "Errno 13"])
  }

  /// What a program says that may not listen at the port that its messages go to.
  private var lowPort: String? {
    guard !faults.isEmpty, !program.capabilities.contains(.netBindService), isRefusedSomething else {
      return nil
    }
    let isLow = scenario.exchange.contains { message in
      guard message.from.value == host.other, let port = message.transport?.destinationPort else {
        return false
      }
      return (1..<1024).contains(port)
    }
    guard isLow else { return nil }
    return "A port below 1024 needs one more capability (ip(7)): capabilities: [\"net_bind_service\"]."
  }

  private var own: [Message] { scenario.exchange.filter { $0.from.value == host } }

  private var broadcast: String? {
    guard isRefusedSomething, let network = scenario.network[host].ipv4?.value else { return nil }
    let isBroadcast = own.contains { message in
      let destination = message.packet(in: scenario).header.destination
      return destination == .v4(.broadcast) || destination == .v4(network.broadcast)
    }
    guard isBroadcast else { return nil }
    return "Linux sends to a broadcast address only from a socket with SO_BROADCAST (EACCES, ip(7))."
  }

  /// What a program says that may not write where it wants to.
  private var files: String? {
    guard record.confinesFiles, !faults.isEmpty, broadcast == nil, lowPort == nil, isRefusedSomething else {
      return nil
    }
    return
      "A program can change files only in its scenario's folder, /tmp, /var/tmp and /dev;"
      + " run --no-confine-files lets it write elsewhere."
  }

  private var tooLong: String? {
    guard complains(of: ["Message too long", "EMSGSIZE", "Errno 90"]) else { return nil }
    return
      "Linux sends no packet larger than 65,535 bytes, and does not fragment one whose sender wrote its"
      + " header (IP_HDRINCL) or set DF (EMSGSIZE)."
  }

  // MARK: - What it printed

  /// A line is looked through for no more payloads than this.
  private static let mostPayloads = 256

  /// What shows in what it printed of a payload that it was sent.
  private var printed: [String] {
    guard faults.contains(.stdout), let matcher = expectation.stdout?.value else { return [] }
    let messages = scenario.exchange.filter { $0.from.value == host.other }
    let payloads = Set(messages.map(\.payload.value))
    let options = Set(messages.map { $0.packet(in: scenario).header.variablePart })
    let found = matcher.missing(in: record.stdout).flatMap { wanted, lines in
      let places = payloads.prefix(Self.mostPayloads).flatMap { PrintedPayload.Place.all(of: $0, in: wanted) }
      return places.flatMap { place in lines.compactMap(place.read) }
    }
    let slips = PayloadSlip.allCases.filter { slip in
      found.contains { one in
        options.contains { options in
          let around = PayloadSlip.Surroundings(options: options, earlier: Array(payloads))
          return slip.shows(in: one.printed, one.payload, around)
        }
      }
    }
    return slips.map(\.text)
  }
}

extension OutputMatcher {
  /// So many texts are held against no more lines than this.
  private static let (mostTexts, mostLines) = (16, 256)

  /// What was wanted and not printed, and what was perhaps printed in its place.
  fileprivate func missing(in output: PrintedOutput) -> [(wanted: [UInt8], lines: [[UInt8]])] {
    let lines = output.lines
    switch self {
    case .lines(let wanted): return Self.firstDifference(wanted, lines)
    case .equals(let text):
      return Self.firstDifference(
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), lines)
    case .contains(let texts):
      let missing = texts.lazy.map { Array($0.utf8).trimmed }.filter { !output.keeps($0) }
      return missing.prefix(Self.mostTexts).map { ($0, Array(lines.prefix(Self.mostLines))) }
    }
  }

  private static func firstDifference(
    _ wanted: [String], _ printed: [[UInt8]]
  ) -> [(wanted: [UInt8], lines: [[UInt8]])] {
    let pairs = zip(wanted.map { Array($0.utf8) }, printed).map { ($0, $1) }
    guard let index = pairs.firstIndex(where: { $0.0 != $0.1 }) else { return [] }
    let here = (wanted: pairs[index].0, lines: [pairs[index].1])
    // Behind a line that was printed with an end of its own stands an empty one.
    guard index > 0, pairs[index].1.isEmpty else { return [here] }
    return [here, (wanted: pairs[index - 1].0, lines: [pairs[index - 1].1 + [UInt8(ascii: "\n")]])]
  }
}

extension PrintedOutput {
  /// The lines of what was kept, without a word of what was not.
  fileprivate var lines: [[UInt8]] {
    (isWhole ? [head + tail] : [head, tail]).flatMap { bytes in
      bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    }
  }
}

extension [UInt8] {
  /// The bytes without the line ends around them.
  fileprivate var trimmed: [UInt8] {
    let isEnd = { (byte: UInt8) in byte == UInt8(ascii: "\n") }
    return Array(drop(while: isEnd).reversed().drop(while: isEnd).reversed())
  }
}
