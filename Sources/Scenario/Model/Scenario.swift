// SPDX-License-Identifier: Apache-2.0

import Wire

/// One case of a scenario: who is on the cable, what crosses it, and what must be seen of it.
public struct Scenario: Sendable {
  /// The file's path below the folder that was asked for, without its extension, and the case of its matrix.
  public internal(set) var id = ""
  /// The file that says it.
  public let file: SourceFile
  /// One line for reports.
  public internal(set) var title = ""
  /// Words by which scenarios are chosen.
  public internal(set) var tags: [String] = []
  /// The two hosts and their cable.
  @CopiedOnWrite public internal(set) var network = Network.lan
  /// The name of the network that the file asks for, or nil where it says the network itself.
  var networkName: Located<String>? = Located("lan")
  /// The IP protocol of the messages.
  public internal(set) var `protocol` = Located<UInt8>(253)
  /// The version of IP of messages that do not say it themselves; nil where the file says none.
  public internal(set) var version: Located<IPVersion>?
  /// The transport headers that the file gives every message that names none; more than one is an error.
  var transports: [TransportFields] = []
  /// What runs in the sending host.
  public internal(set) var sender = Located(Role.send(SendRole()))
  /// What runs in the receiving host.
  public internal(set) var receiver = Located(Role.receive(ReceiveRole()))
  /// What crosses the cable, in order; empty only where programs run in both hosts, and send what they like.
  public internal(set) var exchange: [Message] = []
  /// Whether each message is awaited before the next is sent.
  public internal(set) var pacing = Pacing.lockstep
  /// What must hold at the end.
  @CopiedOnWrite public internal(set) var expect = ScenarioExpectation()
  /// The seeds of random payloads, by the message they are for: `message 2`.
  var payloadSeeds: [String: Int] = [:]
  /// Whether the file has a matrix, of which this is one case.
  public var isOfMatrix: Bool { !caseName.isEmpty }
  /// What names it among the cases of its file's matrix, as its id ends: `[ttl=1]`; empty where there is none.
  public internal(set) var caseName = ""
  /// What was given on the command line for variables of the file.
  public internal(set) var settings: [VariableSetting] = []
  /// Whether cases of the matrix may play in the same hosts, one after the other.
  public internal(set) var isolation = Isolation.matrix
  /// The most that the case may take, set-up and tear-down included.
  public internal(set) var timeout = Duration.seconds(5)
  /// Why the case is expected to fail; nil where it must pass.
  public internal(set) var knownFailure: Located<String>?
  /// What it needs of the machine.
  public internal(set) var requires: [Located<Need>] = []

  init(file: SourceFile) {
    self.file = file
  }

  /// The built-in sender.
  public var sendRole: SendRole {
    if case .send(let role) = sender.value { role } else { SendRole() }
  }

  /// The built-in receiver.
  public var receiveRole: ReceiveRole {
    if case .receive(let role) = receiver.value { role } else { ReceiveRole() }
  }

  /// The program under test in a host; nil where none runs there.
  public func program(in host: HostName) -> RunRole? {
    if case .run(let program) = role(of: host) { program } else { nil }
  }

  /// The beginning of the file, which stands for all of it where no part says what is meant.
  public var whole: SourceSpan { SourceSpan(file: file, range: 0..<0) }

  /// Whether a program runs in either host.
  public var hasPrograms: Bool { HostName.allCases.contains { program(in: $0) != nil } }

  /// What runs in a host.
  public func role(of host: HostName) -> Role {
    host == .sender ? sender.value : receiver.value
  }

  /// The seeds of all that is left to chance, by what they are for: `cable`, `cable reverse`, `message 2`.
  public var seeds: [String: Int] {
    var seeds = payloadSeeds
    seeds["cable"] = network.cable?.value.forward.loss?.seed
    seeds["cable reverse"] = network.cable?.value.reverse.loss?.seed
    return seeds
  }

  /// Whether it is a set-up in which nothing is played: then its hosts have all of their addresses.
  var isSetUp = false

  /// Whether any message is of a version, or else what passes between programs may be.
  public func uses(_ version: IPVersion) -> Bool {
    if isSetUp { return HostName.allCases.allSatisfy { network[$0].interface(of: version) != nil } }
    // A message is large, and not copied to be asked.
    if !exchange.isEmpty { return exchange.indices.contains { exchange[$0].version == version } }
    if let said = self.version { return said.value == version }
    return HostName.allCases.allSatisfy { network[$0].interface(of: version)?.span != nil } || version == .v4
  }

  /// Whether a host is given its address of a version: where that is used, or the file itself says it.
  public func configures(_ version: IPVersion, in host: HostName) -> Bool {
    guard let interface = network[host].interface(of: version) else { return false }
    return isSetUp || uses(version) || (networkName == nil && interface.span != nil)
  }

  /// The addresses that a host is given, with their networks.
  public func interfaces(of host: HostName) -> [IPInterface] {
    IPVersion.allCases.filter { configures($0, in: host) }.compactMap {
      network[host].interface(of: $0)?.value
    }
  }

  /// Whether its hosts may serve other cases of the matrix too: nothing happens in them that cannot be looked for.
  public var mayShareHosts: Bool {
    isOfMatrix && isolation == .matrix && !hasPrograms && !isOfFlows && !isOfStreams && network.arp == .static
      && network.cable == nil
  }

  /// Whether another case is of the same matrix and asks for the same network, with addresses of the same versions.
  public func mayShareHosts(with other: Scenario) -> Bool {
    mayShareHosts && other.mayShareHosts && file.path == other.file.path && network.isSame(as: other.network)
      && IPVersion.allCases.allSatisfy { uses($0) == other.uses($0) }
  }

  /// The same case with so many times the time that it may take: for machines slower than its author thought of.
  public func withTimeout(multipliedBy factor: Double) -> Scenario {
    var changed = self
    changed.timeout = timeout * factor
    return changed
  }

  /// What is expected of the role in a host.
  public func expectation(of host: HostName) -> RoleExpectation {
    host == .sender ? expect.sender : expect.receiver
  }

  /// The messages as they are played: each as many times as it is repeated.
  public var plays: [Play] {
    var plays: [Play] = []
    for (index, message) in exchange.enumerated() {
      let shared = SharedMessage(message)
      for repetition in 1...message.repetitions {
        plays.append(
          Play(shared: shared, number: index + 1, repetition: repetition, position: plays.count))
      }
    }
    return plays
  }
}

/// One sending of a message.
public struct Play: Sendable {
  /// The message.
  @inlinable public var message: Message { shared.message }
  /// A message is large, and each of its plays is copied often.
  @usableFromInline let shared: SharedMessage
  /// The message's place in the exchange, from 1.
  public let number: Int
  /// Which of its repetitions this is, from 1.
  public let repetition: Int
  /// The play's place among all plays, from 0.
  public let position: Int

  /// The same play of a message of which more is known than its file says.
  public func of(_ message: Message) -> Play {
    Play(shared: SharedMessage(message), number: number, repetition: repetition, position: position)
  }

  /// The play in words: `message 2`, or with repetitions `message 2, 3 of 5`.
  public var title: String {
    let repetitions = message.repetitions
    return repetitions == 1 ? "message \(number)" : "message \(number), \(repetition) of \(repetitions)"
  }
}

/// A message that all its plays hold together.
@usableFromInline final class SharedMessage: Sendable {
  /// The message.
  @usableFromInline let message: Message

  init(_ message: Message) {
    self.message = message
  }
}

/// Which cases get hosts of their own.
public enum Isolation: String, CaseIterable, Sendable {
  /// Those of one matrix may share them, as long as each leaves them as it found them.
  case matrix
  /// Each gets its own.
  case `case`
}

/// Whether messages wait for each other.
public enum Pacing: String, CaseIterable, Sendable {
  /// Each message is over, everywhere, before the next is sent.
  case lockstep
  /// All are sent, and then what was seen is judged.
  case burst
}

/// What must hold when the exchange is over.
public struct ScenarioExpectation: Sendable {
  /// What is expected of the role in the sending host.
  public internal(set) var sender = RoleExpectation()
  /// What is expected of the role in the receiving host.
  public internal(set) var receiver = RoleExpectation()
  /// By how much counters rise over the whole exchange, by host.
  public internal(set) var counters: [HostName: CounterExpectation] = [:]
  /// The order in which messages are delivered, by their numbers from 1; nil where any will do.
  public internal(set) var order: Located<[Int]>?
  /// What must hold of every packet that is seen, whoever sent it; nil where the file says nothing.
  ///
  /// Only of its header, its payload and its frame is anything asked.
  public internal(set) var every: Seen?
  /// What must hold of the connection of streams; nil where the file says nothing.
  public internal(set) var stream: StreamExpectation?
  /// What becomes of packets that no message accounts for.
  public internal(set) var unexpected = Unexpected.fail
  /// The packets that no message accounts for and that are passed over all the same where the others fail.
  public internal(set) var ignored: [IgnoredPackets] = []
}

/// What becomes of packets that no message accounts for.
public enum Unexpected: String, CaseIterable, Sendable {
  /// They fail the case.
  case fail
  /// They are passed over.
  case ignore
}

/// Packets that are passed over although no message accounts for them.
public enum IgnoredPackets: Sendable {
  /// ARP (RFC 826), which kernels send to learn each other's address.
  case arp
  /// What kernels send by themselves where they have IPv6: neighbour discovery and router solicitations (RFC 4861), and
  /// reports of multicast listeners (RFC 2710, RFC 3810).
  case ipv6
  /// Packets that look so, from one host, or from either where it is nil.
  case matching(Seen, from: HostName?)
}

/// By how much counters of a host must rise.
public struct CounterExpectation: Sendable {
  /// What the rises must be, by the counter's name, `Ip.InHdrErrors` (proc_net(5), `/proc/net/snmp` and `netstat`).
  public internal(set) var rises: [(name: String, rise: Located<FieldMatcher>)] = []
}

/// What is expected of a role.
public struct RoleExpectation: Sendable {
  /// Where the file says that a built-in role must have ended by its `until`; nil where it says nothing.
  public internal(set) var endedByUntil: SourceSpan?
  /// How a program must end; nil where the file says nothing.
  public internal(set) var exit: Located<ExitExpectation>?
  /// What a program must have printed on its standard output; nil for anything.
  public internal(set) var stdout: Located<OutputMatcher>?
  /// What a program must have printed on its standard error; nil for anything.
  public internal(set) var stderr: Located<OutputMatcher>?
  /// What a program may leave unread; nothing where the file says nothing.
  public internal(set) var unread = Located(UnreadExpectation.nothing)
}
