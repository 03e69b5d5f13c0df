// SPDX-License-Identifier: Apache-2.0

import Wire

extension ObjectType where Object == Scenario {
  /// A scenario file.
  static let scenario = scenario(with: Protocols.all.transports)

  /// A scenario file whose messages may have headers of some protocols.
  static func scenario(with layers: Transports) -> ObjectType {
    ObjectType("a scenario", { Scenario(file: $0.file) }, keys: keys(layers))
  }

  private static func keys(_ layers: Transports) -> [Key<Scenario>] {
    surroundings(layers) + Key.transports(layers) + course(layers) + [.schema]
  }

  private static func surroundings(_ layers: Transports) -> [Key<Scenario>] {
    [
      Key("title", .text, \.title, "one line for reports; default: from the file's name"),
      Key("tags", .list(of: .text, "a list of strings"), \.tags, "words to choose scenarios by"),
      Key("network", .networkChoice(layers), "a network's name or the network itself; default: \"lan\"") {
        scenario, choice in
        switch choice {
        case .named(let name): scenario.networkName = name
        case .inline(let network):
          scenario.networkName = nil
          scenario.network = network
        }
      },
      Key(
        "protocol", ValueType.integer(0...255).map(UInt8.init).located, \.protocol,
        "IP protocol of the messages; default: 253"),
      Key(
        "version", .ipVersion, \.version,
        "the IP version of the messages, 4 or 6; default: 6 for those with a key or an address that only"
          + " IPv6 has, or if a host has only an IPv6 address, otherwise 4"),
    ]
  }

  private static func course(_ layers: Transports) -> [Key<Scenario>] {
    [
      Key("sender", .role, \.sender, "what runs in the sending host; default: { send: {} }"),
      Key("receiver", .role, \.receiver, "what runs in the receiving host; default: { receive: {} }"),
      Key(
        "exchange", .list(of: .message(layers), "a list of at least one message", count: 1...(.max)),
        \.exchange,
        isRequired: true, "what crosses the cable, in order: exchange: [\"Hello World !\"]"
      ).unless(["sender", "receiver"], have: "run"),
      Key(
        "pacing", .word, \.pacing,
        "finish each message before the next, or send all and then judge; default: \"lockstep\""),
      Key(
        "expect", ObjectType<ScenarioExpectation>.scenarioExpectation(layers).value, \.expect,
        "what must hold at the end"),
      Key(
        "matrix", .matrix,
        "the cases: every combination of the values of each name, or those of the list, all with the same names; "
          + "\"${name}\" stands for the value"
      ) {
        _, _ in
      },
      Key(
        "variables", .variables,
        "the values that \"${name}\" stands for, in the matrix too; `--set NAME=VALUE` replaces them"
      ) {
        _, _ in
      },
      Key(
        "isolation", .word, \.isolation,
        "\"matrix\": cases of a matrix may play in the same hosts, as long as each leaves them as new; \"case\": "
          + "each has its own; default: \"matrix\""),
      Key(
        "timeout", .duration, \.timeout,
        "the time for the case, including set-up and tear-down;"
          + " default: \"5s\""),
      Key(
        "knownFailure", ValueType<String>.text.located, \.knownFailure,
        "why this is expected to fail; if it passes, that is a failure"),
      Key(
        "requires",
        .list(
          of: ValueType<Need>.need.located,
          "a list of names of programs and objects such as { pythonModule: \"scapy\" }"),
        \.requires,
        "programs that must be on the PATH, and modules that python3 must find;"
          + " otherwise the scenario cannot run here"
      ),
    ]
  }
}

extension ObjectType where Object == ScenarioExpectation {
  /// What must hold at the end.
  static func scenarioExpectation(_ layers: Transports) -> ObjectType {
    ObjectType("an object of expectations", { _ in ScenarioExpectation() }, keys: keys(layers))
  }

  private static func keys(_ layers: Transports) -> [Key<ScenarioExpectation>] {
    [
      Key("sender", ObjectType<RoleExpectation>.roleExpectation.value, \.sender, "how the sender ended"),
      Key(
        "receiver", ObjectType<RoleExpectation>.roleExpectation.value, \.receiver, "how the receiver ended"),
      Key("counters", ObjectType<HostCounters>.hostCounters.value, "how much counters rise, by host") {
        $0.counters = $1.counters
      },
      Key(
        "order", ValueType.list(of: .integer(1...65_535), "a list of message numbers, from 1").located,
        \.order, "the order in which messages are delivered, with pacing \"burst\""),
      Key(
        "every", .every(layers), "what must hold for every packet that is seen, whoever sent it",
        store: { $0.every = $1 }),
      Key(
        "stream", ObjectType<StreamExpectation>.streamExpectation.value,
        "what must hold for the connection of streams"
      ) { $0.stream = $1 },
      Key(
        "unexpected", .unexpected(layers),
        "what happens to packets that no message accounts for: they fail the case, are ignored, or fail"
          + " except those that match; default: \"fail\""
      ) {
        $0.unexpected = $1.unexpected
        $0.ignored = $1.ignored
      },
    ]
  }
}

/// Counter expectations as a file writes them, by host.
struct HostCounters: Sendable {
  var counters: [HostName: CounterExpectation] = [:]
}

extension ObjectType where Object == HostCounters {
  /// Counters by host.
  static let hostCounters = ObjectType(
    "an object such as { receiver: { \"Ip.InHdrErrors\": 1 } }", { _ in HostCounters() },
    keys: HostName.allCases.map { host in
      Key(host.rawValue, .counters, "counters of this host over the whole exchange") {
        $0.counters[host] = $1
      }
    })
}

extension ObjectType where Object == RoleExpectation {
  /// What is expected of a role.
  static let roleExpectation = ObjectType(
    "an object such as { ended: \"until\" } or { exit: 0 }", { _ in RoleExpectation() },
    keys: [
      Key("ended", ValueType.word([("until", true)]).located, "a built-in role ended by its `until`") {
        expectation, ended in
        expectation.endedByUntil = ended.span
      },
      Key(
        "exit", ValueType<ExitExpectation>.exit.located, \.exit,
        "a program's exit status, the signal that ended it, or \"any\" for whatever it ends with; default: 0"
      ),
      Key(
        "stdout", ValueType<OutputMatcher>.output.located, \.stdout,
        "what a program printed on standard"
          + " output"),
      Key(
        "stderr", ValueType<OutputMatcher>.output.located, \.stderr,
        "what a program printed on standard"
          + " error"),
      Key(
        "unread", ValueType<UnreadExpectation>.word.located, \.unread,
        "what a program may leave unread of what was typed to it and"
          + " of the packets that its sockets received; "
          + "default: \"none\""),
    ])
}

extension ValueType where Value == Located<Role> {
  /// A role: an object with exactly one key, which says what runs.
  static let role = ObjectType<RoleForm>.roleForm.value.exactlyOne(
    of: [["send"], ["receive"], ["run"], ["idle"]], in: \.said,
    "a role is exactly one of { send: {} }, { receive: {} }, { run: [\"program\"] } or { idle: true }"
  ).checked { form in
    guard form.said != ["run"], let key = form.ofProgram.first else { return nil }
    return "`\(key)` is only for programs, but there is no `run`"
  }.located.map { form in form.map(\.role) }
}

/// A role as a file writes it.
struct RoleForm: Sendable {
  var said: [String] = []
  var builtIn = Role.idle
  var program = RunRole()
  /// The keys that were said of a program.
  var ofProgram: [String] = []

  var role: Role { said == ["run"] ? .run(program) : builtIn }
}

extension ObjectType where Object == RoleForm {
  static let roleForm = ObjectType(
    "a role such as { send: {} }", { _ in RoleForm() },
    keys: [
      Key("send", ObjectType<SendRole>.sendRole.value, "the built-in sender of the exchange") { form, role in
        form.said.append("send")
        form.builtIn = .send(role)
      },
      Key("receive", ObjectType<ReceiveRole>.receiveRole.value, "the built-in receiver") { form, role in
        form.said.append("receive")
        form.builtIn = .receive(role)
      },
      Key("idle", .onlyTrue("idle"), "a host with no socket open") { form, _ in
        form.said.append("idle")
        form.builtIn = .idle
      },
    ] + programKeys)
}

extension ValueType where Value == Bool {
  /// `true` and nothing else, as the value of a key.
  static func onlyTrue(_ key: String) -> ValueType {
    ValueType(phrase: "true", shape: .onlyTrue, decode: bool.decode).checked {
      $0 ? nil : "only `\(key): true` is possible; leave the key out instead"
    }
  }
}

extension ObjectType where Object == SendRole {
  /// The built-in sender.
  static let sendRole = ObjectType(
    "an object such as { until: \"QUIT\" }", { _ in SendRole() },
    keys: [
      Key(
        "until", .endText, \.until,
        "it ends after the message whose whole text is this,"
          + " in upper or lower case")
    ])
}

extension ObjectType where Object == ReceiveRole {
  /// The built-in receiver.
  static let receiveRole = ObjectType(
    "an object such as { until: \"QUIT\" }", { _ in ReceiveRole() },
    keys: [
      Key(
        "socket", ValueType<ReceiveRole.Socket>.word.located, \.socket,
        "what it receives UDP with: a UDP socket, which receives payloads,"
          + " or a raw socket, which receives packets; "
          + "default: \"udp\""),
      Key(
        "port", ValueType<Int>.integer(1...65_535).located, \.port,
        "the port of its UDP socket; default: those that the messages go to"),
      Key("bind", .binding, \.bind, "the address its socket is bound to; default: the host's"),
      Key("until", .endText, \.until, "it ends after a payload that contains this, in upper or lower case"),
      Key(
        "bufferSize", .integer(1...65_535, unit: "bytes"), \.bufferSize,
        "the most it reads of a packet, header included, or of a payload with a UDP socket; default: 65535"
      ),
    ])
}

extension ValueType where Value == EndText {
  /// The text that ends a role.
  static let endText = ValueType<String>.text.parsed(
    as: "a string of at least one character, or a whole number", pattern: "[\\s\\S]+"
  ) { EndText($0) }
}

extension ValueType where Value == Located<ReceiveRole.Binding> {
  /// An address, or "any".
  static let binding = ValueType<String>.string.parsed(
    as: "\"any\" or an IP address such as \"1.1.1.1\"",
    pattern: "any|\(Pattern.dottedQuad)|\(Pattern.ipv6Address)"
  ) { text -> ReceiveRole.Binding? in
    text == "any" ? .any : IPAddress(text).map { .address($0) }
  }.located
}

extension ValueType where Value == Located<IPVersion> {
  /// The number of a version.
  static let ipVersion = ValueType<IPVersion>(phrase: "4 or 6", shape: .integer(4...6, multipleOf: 2)) {
    node, decoding in
    if case .number(.integer(let number)) = node.value,
      let version = UInt8(exactly: number).flatMap(IPVersion.init)
    {
      return version
    }
    decoding.reject(node, wanted: "4 or 6")
    return nil
  }.located
}
