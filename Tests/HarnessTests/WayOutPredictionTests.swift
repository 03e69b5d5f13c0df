// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing
import Verdict
import Wire

@testable import Harness
@testable import Scenario

/// What the check says of a way out is held against what this kernel does with it: a kernel that takes, refuses or
/// changes something else shows here.
@Suite("what is said of ways out beforehand, as root")
struct WayOutPredictionTests {
  // ip(7), raw(7), packet(7), and RFC 791 §3.1 for the options.
  @Test(
    "what becomes of a message is told apart: as asked, refused, or otherwise",
    arguments: [
      ("{ payload: 'x' }", WayOut.socket, SendingHosts.Outcome.asAsked),
      ("{ payload: 'x' }", .header, .asAsked), ("{ payload: 'x' }", .frame, .asAsked),
      ("{ payload: { size: 3000 }, header: { dscp: 9 } }", .socket, .asAsked),
      ("{ payload: { size: 3000 }, header: { moreFragments: false } }", .socket, .otherwise),
      ("{ payload: { size: 1481 } }", .header, .refused("EMSGSIZE")),
      ("{ payload: { size: 1481 }, header: { dontFragment: true } }", .socket, .refused("EMSGSIZE")),
      ("{ payload: 'x', frame: { padTo: 1515 } }", .frame, .refused("EMSGSIZE")),
      ("{ payload: 'x', header: { checksum: 'bad' } }", .header, .otherwise),
      ("{ payload: 'x', header: { checksum: 'bad' } }", .frame, .asAsked),
      ("{ payload: 'x', header: { ttl: 0 } }", .socket, .refused("EINVAL")),
      ("{ payload: 'x', header: { source: '1.1.1.7' } }", .socket, .otherwise),
      ("{ payload: 'x', header: { source: '0.0.0.0' } }", .header, .otherwise),
      ("{ payload: 'x', header: { destination: '1.1.1.100' } }", .header, .otherwise),
      ("{ payload: 'x', header: { destination: '8.8.8.8' } }", .socket, .refused("ENETUNREACH")),
      ("{ payload: 'x', header: { options: [{ raw: '07020000' }] } }", .socket, .refused("EINVAL")),
      ("{ payload: 'x', header: { options: [{ raw: '07020000' }] } }", .header, .asAsked),
      ("{ payload: 'x', header: { options: [{ recordRoute: 1 }] } }", .socket, .otherwise),
      ("{ payload: 'x', header: { options: [{ recordRoute: 0 }] } }", .socket, .asAsked),
      ("{ payload: 'x', header: { options: [{ timestamp: { slots: 1, flag: 0 } }] } }", .socket, .otherwise),
      ("{ payload: 'x', header: { options: [{ looseSourceRoute: ['1.1.1.2'] }] } }", .socket, .otherwise),
      ("{ payload: 'x', header: { options: ['end', 'nop'] } }", .socket, .otherwise),
    ])
  func outcomes(_ message: String, _ way: WayOut, _ outcome: SendingHosts.Outcome) throws {
    var hosts = try SendingHosts(network: "{}")
    #expect(try hosts.send(hosts.scenario(message), by: way) == outcome)
  }

  // RFC 8200 §3 and §4, RFC 4291 §2.7, ipv6(7).
  @Test(
    "what becomes of a message over IPv6 is told apart in the same way",
    arguments: [
      ("{ payload: 'x', header: { hopLimit: 9 } }", WayOut.socket, SendingHosts.Outcome.asAsked),
      ("{ payload: 'x', header: { hopLimit: 0 } }", .socket, .asAsked),
      ("{ payload: 'x', header: { flowLabel: 9 } }", .socket, .otherwise),
      ("{ payload: 'x', header: { flowLabel: 9 } }", .header, .asAsked),
      ("{ payload: { size: 3000 }, header: { hopLimit: 9 } }", .socket, .asAsked),
      ("{ payload: { size: 1461 }, header: { hopLimit: 9 } }", .header, .refused("EMSGSIZE")),
      ("{ payload: { size: 3000 }, header: { nextHeader: 60 } }", .socket, .otherwise),
      ("{ payload: { size: 20 }, header: { nextHeader: 135 } }", .socket, .otherwise),
      ("{ payload: 'x', header: { nextHeader: 135 } }", .header, .asAsked),
      ("{ payload: 'x', header: { payloadLength: 9 } }", .socket, .otherwise),
      ("{ payload: 'x', header: { payloadLength: 9 } }", .header, .asAsked),
      ("{ payload: 'x', header: { source: 'fd00::7' } }", .socket, .otherwise),
      ("{ payload: 'x', header: { source: '::' } }", .header, .asAsked),
      ("{ payload: 'x', header: { destination: 'fd00::100' } }", .header, .otherwise),
      ("{ payload: 'x', header: { destination: '2001:db8::1' } }", .socket, .refused("ENETUNREACH")),
      ("{ payload: 'x', header: { destination: 'fe80::1' } }", .header, .refused("ENETUNREACH")),
      ("{ payload: 'x', header: { destination: 'ff01::1' } }", .header, .otherwise),
      ("{ payload: 'x', header: { destination: 'ff02::1' } }", .socket, .otherwise),
      ("{ payload: 'x', header: { destination: 'ff02::1', hopLimit: 1 } }", .socket, .asAsked),
      ("{ payload: 'x', header: { destination: 'ff02::1' } }", .header, .asAsked),
      ("{ payload: 'x', header: { destination: 'ff02::1', hopLimit: 0 } }", .header, .otherwise),
      ("{ payload: 'x', header: { extensions: [{ hopByHop: {} }] } }", .socket, .otherwise),
      ("{ payload: 'x', header: { extensions: [{ hopByHop: {} }] } }", .header, .asAsked),
    ])
  func outcomesOverIPv6(_ message: String, _ way: WayOut, _ outcome: SendingHosts.Outcome) throws {
    var hosts = try SendingHosts(
      network: "{ sender: { address: 'fd00::100/64' }, receiver: { address: 'fd00::1/64' } }")
    #expect(try hosts.send(hosts.scenario(message), by: way) == outcome)
  }

  @Test(
    "of options of every form each way out is known beforehand to carry, change or refuse them",
    arguments: [("static", 1), ("dynamic", 7)])
  func options(arp: String, each step: Int) throws {
    var hosts = try SendingHosts(network: "{ arp: '\(arp)' }")
    var scenario = try hosts.scenario("{ payload: 'x' }")
    var comparison = PredictionComparison()
    for index in stride(from: 0, to: GeneratedOptions.all.count, by: step) {
      let bytes = GeneratedOptions.all[index]
      scenario.exchange[0].header.options = Located([.malformed(bytes)])
      for way in [WayOut.socket, .header] {
        try comparison.add(&hosts, scenario, by: way, HexDump.hexString(bytes))
      }
    }
    #expect(comparison.isAsSaid, "\(comparison.summary)")
    // Each of the three happens often enough to be worth the comparison.
    #expect(comparison.seen.values.allSatisfy { $0 * step > 300 } && comparison.seen.count == 3)
    #expect(GeneratedOptions.all.count > 9000 && GeneratedOptions.all.allSatisfy { $0.count <= 40 })
  }
}

/// Messages of every field at its edges, in networks of every size.
@Suite("the way out that is chosen, as root")
struct ChosenWayOutTests {
  /// How many messages a network: `TWOHOST_FUZZ_ROUNDS`, or enough to be worth a few seconds.
  private static let rounds =
    ProcessInfo.processInfo.environment["TWOHOST_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 250

  @Test(
    "what passes the check leaves as it asks or fails as it expects, and what does not pass it cannot leave",
    arguments: GeneratedNetwork.all)
  func chosen(network: GeneratedNetwork) throws {
    var hosts = try SendingHosts(network: network.description)
    var random = SplitMix64(state: network.seed)
    var comparison = PredictionComparison()
    var chosen: Set<WayOut> = []
    for _ in 0..<Self.rounds {
      let text = GeneratedMessage(in: network, &random).text
      let scenario = try hosts.scenario(text)
      var outcomes: [WayOut: SendingHosts.Outcome] = [:]
      for way in scenario.exchange[0].possibleWays {
        outcomes[way] = try comparison.add(&hosts, scenario, by: way, text)
      }
      let check = ScenarioCheck(scenario)
      guard check.diagnostics.isEmpty else { continue }
      let message = check.scenario.exchange[0]
      chosen.insert(message.wayOut)
      #expect(outcomes[message.wayOut] == message.wantedOutcome(in: scenario), "\(text)")
    }
    #expect(comparison.isAsSaid, "\(comparison.summary)")
    #expect(chosen == [.socket, .header, .frame], "each way is chosen for some of them")
  }

  @Test("a case of one such message is never wrong where it is sent", arguments: GeneratedNetwork.all)
  func judged(network: GeneratedNetwork) throws {
    let hosts = try SendingHosts(network: network.description)
    var random = SplitMix64(state: ~network.seed)
    var messages: [String] = []
    for _ in 0..<Self.rounds where messages.count < Self.rounds / 10 {
      let text = GeneratedMessage(in: network, &random).text
      let check = try ScenarioCheck(hosts.scenario(text))
      let message = check.scenario.exchange[0]
      // One that expects an error which no way out gives is right to fail.
      let isRight =
        check.diagnostics.isEmpty
        && (message.expect.error == nil || message.wantedOutcome(in: check.scenario) != .asAsked)
      if isRight { messages.append(text) }
    }
    #expect(messages.count == Self.rounds / 10)
    let played = try cases(
      """
      { network: \(network), matrix: { message: [\(messages.joined(separator: ","))] }, exchange: ["${message}"],
        expect: { unexpected: "ignore" } }
      """)
    let runner = CaseRunner(captures: .init(.none, in: ""), application: "test")
    for (text, scenario) in zip(messages, played.map(\.scenario)) {
      guard case .judged(let verdict) = try runner.run(scenario).outcome else {
        Issue.record("not judged: \(text)")
        continue
      }
      let wrong = verdict.messages.flatMap(\.findings).filter(\.isWhereItIsSent)
      #expect(wrong.isEmpty, "\(text): \(wrong.map(\.text))")
    }
  }
}

extension Finding {
  /// Whether it is about what became of the send call, or how the message left.
  fileprivate var isWhereItIsSent: Bool {
    switch kind {
    case .sendFailed, .notFailed: true
    default: places.contains(.sent)
    }
  }
}

extension Message {
  /// The ways out that can be asked for all that it says: only a frame has an Ethernet header.
  fileprivate var possibleWays: [WayOut] { frame.firstSpan == nil ? [.socket, .header, .frame] : [.frame] }

  /// What must become of it: the error that it expects, where a way out that could be asked for it refuses it so.
  fileprivate func wantedOutcome(in scenario: Scenario) -> SendingHosts.Outcome {
    guard let error = expect.error?.value else { return .asAsked }
    let obstacles = WayOutObstacles(self, in: scenario)
    let refuses = possibleWays.contains { way in
      obstacles[way].first?.error == error && obstacles[way].allSatisfy { $0.error != nil }
    }
    return refuses ? .refused(error) : .asAsked
  }
}

/// What the check says beside what became of messages.
struct PredictionComparison {
  /// Where it differs, a line each.
  private var differences: [String] = []
  /// How often each came about.
  private(set) var seen: [String: Int] = [:]

  /// Whether everything became of them that was said, and nothing else.
  var isAsSaid: Bool { differences.isEmpty }

  /// The first of the differences, and how many there are.
  var summary: String {
    "\(differences.count) differences: \(differences.prefix(12).joined(separator: "\n"))"
  }

  /// Sends the message of a scenario by a way out and holds against each other what is said and what became of it.
  @discardableResult
  mutating func add(
    _ hosts: inout SendingHosts, _ scenario: Scenario, by way: WayOut, _ text: String
  ) throws -> SendingHosts.Outcome {
    let message = scenario.exchange[0]
    let obstacles = WayOutObstacles(message, in: scenario)[way]
    var outcome = try hosts.send(scenario, by: way)
    if !isSaid(outcome, by: obstacles) {
      // A checksum that the kernel replaces is the same once in 65,536 times, by the identification that it chose.
      outcome = try hosts.send(scenario, by: way)
    }
    switch outcome {
    case .asAsked: seen["as asked", default: 0] += 1
    case .refused: seen["refused", default: 0] += 1
    case .otherwise: seen["otherwise", default: 0] += 1
    }
    if !isSaid(outcome, by: obstacles), !message.isLeftOpen(by: way, in: scenario) {
      let said = obstacles.isEmpty ? "that it can" : obstacles.map(\.reason).joined(separator: "; ")
      differences.append("\(text) by \(way.rawValue) became \(outcome), and was said: \(said)")
    }
    return outcome
  }

  private func isSaid(_ outcome: SendingHosts.Outcome, by obstacles: [Obstacle]) -> Bool {
    guard let first = obstacles.first else { return outcome == .asAsked }
    let areRefusals = obstacles.allSatisfy { $0.error != nil }
    // What stands before a refusal may keep the kernel from coming to it.
    return areRefusals ? outcome == .refused(first.error ?? "") : outcome != .asAsked
  }
}

extension Message {
  /// Whether kernels, or chance, may make of it what the check takes for impossible or does not know.
  fileprivate func isLeftOpen(by way: WayOut, in scenario: Scenario) -> Bool {
    let isGroupOfOthers =
      header.values[.destination].map { IPAddress(number: $0.value) }.map {
        $0.isMulticast && $0 != .v4(IPv4Address(224, 0, 0, 1)) && $0 != IPAddress("ff02::1")
      } ?? false
    return switch way {
    case .frame: false
    // No message here has a header of UDP.
    case .datagram: true
    // A host may be in any group, and the check does not ask in which.
    case .header:
      isChecksumANumber || isHeaderCut || isAskedFromElsewhere
        || (isGroupOfOthers && [.ttl, .hopLimit].contains { header.values[$0]?.value == 0 })
    case .socket: isChecksumANumber || header.values[.identification] != nil || hasOpenOption(in: scenario)
    }
  }

  /// What a header that says that it is shorter leaves over may be zeros, which change no checksum.
  private var isHeaderCut: Bool {
    guard let said = header.values[.headerLength], said.value >= 20 else { return false }
    return Int(said.value) < 20 + IPv4Option.paddedBytes(of: header.options?.value ?? []).count
  }

  /// Where the kernel knows already whom it would ask for, it does not ask as anybody.
  private var isAskedFromElsewhere: Bool {
    header.values[.source].map { version == .v6 || IPAddress(number: $0.value).isLoopback } ?? false
  }

  /// The kernel's own checksum or identification may be the one that is asked for.
  private var isChecksumANumber: Bool {
    switch header.checksum.value {
    case .good, .bad: false
    case .zero, .number: true
    }
  }

  /// A label that is right in itself is taken or not as a kernel is built; a strict route to nobody but the destination
  /// is followed where no gateway is between.
  private func hasOpenOption(in scenario: Scenario) -> Bool {
    guard let asked = packet(in: scenario).header.ipv4 else { return false }
    return IPv4Option.parse(asked.options).contains { option in
      switch option {
      case .unknown(IPv4Option.Kind.commercialSecurity, let data): data.count >= 6
      case .strictSourceRoute(4, let route): route.allSatisfy { $0 == asked.destination }
      default: false
      }
    }
  }
}
