// SPDX-License-Identifier: Apache-2.0

import Wire

extension Scenario {
  /// Gives each message that names no other protocol the scenario's own transport header, and each that names the same what
  /// it leaves out; an answer has the ports the other way round.
  mutating func fillInTransports() {
    guard let general = transports.first else { return }
    let asker = connection?.client ?? .sender
    let mirrored = general.mirrored(isAskedByProgram: program(in: asker) != nil)
    for index in exchange.indices where exchange[index].flow == nil {
      let others = exchange[index].from.value == asker ? general : mirrored
      guard let own = exchange[index].transport else {
        let number = exchange[index].header.values[.next(of: exchange[index].version)]?.value
        let isIts =
          number == nil || number == UInt128(general.layer.number) || exchange[index].header.extensions != nil
        guard isIts else { continue }
        exchange[index].transports = [others]
        continue
      }
      guard own.layer.filterName == others.layer.filterName else { continue }
      exchange[index].transports[0] = own.filledIn(by: others)
    }
  }
}

extension Scenario {
  /// What goes to a host whose kernel has no address is delivered to nobody.
  mutating func keepFromMuteHosts() {
    guard HostName.allCases.contains(where: { network[$0].isMute }) else { return }
    for index in exchange.indices
    where network[exchange[index].from.value.other].isMute && exchange[index].flow == nil {
      let message = exchange[index]
      if message.expect.places[.delivered] == nil {
        exchange[index].expect.places[.delivered] = .notSeen(message.span)
      }
    }
  }
}

/// What a scenario may not say of transport headers.
struct TransportCheck {
  private let scenario: Scenario
  private(set) var diagnostics = Diagnostics()

  /// Checks a scenario whose messages have their transport headers.
  ///
  /// Where not all of them could be read, what there may be among them is not looked for.
  init(_ scenario: Scenario, isWhole: Bool) {
    self.scenario = scenario
    checkNumbers()
    checkRole()
    if isWhole { checkSocket() }
    checkSeen(scenario.expect.every)
    for case .matching(let seen, _) in scenario.expect.ignored { checkSeen(seen) }
    checkAcknowledgments()
    diagnostics.report(contentsOf: AnswerCheck(scenario).diagnostics)
    for message in scenario.exchange where message.stream == nil {
      checkFields(of: message)
      checkExpectation(of: message)
    }
  }

  /// In a burst no message can acknowledge what arrived: that is said of the first, which stands for all.
  private mutating func checkAcknowledgments() {
    guard scenario.pacing == .burst,
      let first = scenario.exchange.first(where: {
        $0.acknowledgesWhatArrived && scenario.program(in: $0.from.value) == nil
      })
    else { return }
    diagnostics.report(
      "in a burst it is not known what has arrived when this is sent: give its \"acknowledgmentNumber\"",
      at: first.transport?.span ?? first.span)
  }

  /// There is one transport header, and it says the protocol.
  private mutating func checkNumbers() {
    checkOne(scenario.transports)
    if let first = scenario.transports.first, let span = scenario.protocol.span {
      diagnostics.report(
        "`\(first.layer.filterName)` implies protocol \(first.layer.number): leave `protocol` out",
        at: span)
    }
  }

  private mutating func checkOne(_ transports: [TransportFields]) {
    for second in transports.dropFirst() {
      diagnostics.report(second.layer, beside: transports[0].layer, at: second.span)
    }
  }

  private mutating func checkSeen(_ seen: Seen?) {
    if let seen { diagnostics.report(transportsOf: seen) }
  }

  private mutating func checkRole() {
    guard case .receive(let role) = scenario.receiver.value, let port = role.port else { return }
    if role.socket?.value == .raw {
      diagnostics.report("a raw socket has no port: leave `port` out", at: port.span ?? scenario.whole)
    }
  }

  /// A UDP socket is there for messages of UDP alone.
  private mutating func checkSocket() {
    guard case .receive(let role) = scenario.receiver.value, role.socket?.value != .raw,
      let span = role.socket?.span ?? role.port?.span
    else { return }
    let isUsed = scenario.exchange.contains { message in
      guard message.from.value == .sender, case .udp? = scenario.socketKind(for: message) else {
        return false
      }
      return true
    }
    guard !isUsed else { return }
    diagnostics.report(
      "no message to the receiver uses UDP, so it has no UDP socket: leave this out", at: span,
      notes: ["or give a message a UDP header: udp: { destinationPort: 7777 }"])
  }

  private mutating func checkFields(of message: Message) {
    checkOne(message.transports)
    if let flow = message.flow, HostName.allCases.contains(where: { scenario.network[$0].isMute }) {
      diagnostics.report("a mute host takes no part in a flow", at: flow.span ?? message.span)
    }
    if let flow = message.flow, let transport = message.transport ?? scenario.transports.first {
      let name = transport.layer.filterName
      diagnostics.report(
        "the packets of a flow have no transport header: leave `\(name)` out", at: flow.span ?? message.span)
      return
    }
    guard let transport = message.transport else { return }
    guard scenario.program(in: message.from.value) == nil else { return }
    checkRequired(of: message, transport)
    let header = transport.segment(carrying: [], in: message.packet(in: scenario).header).header
    for field in transport.layer.messageFields {
      guard let value = transport.values[field.key], !transport.layer.has(field, in: header) else { continue }
      diagnostics.report(
        "\(transport.layer.title) of type \(header[0]), code \(header[1]) has no \(field.title)",
        at: value.span ?? transport.span)
    }
  }

  /// An answer to a program over UDP needs no port: it goes to where its question came from.
  private mutating func checkRequired(of message: Message, _ transport: TransportFields) {
    let host = message.from.value
    let isAnswer = message.answersQuestion && scenario.program(in: host.other) != nil
    let name = transport.layer.filterName
    for field in transport.layer.messageFields {
      guard case .required = field.leftOut, transport.values[field.key] == nil, !isAnswer else { continue }
      // What it leaves out stands in the scenario's header under the other name, where that is an answer's.
      let isAnswering = host != scenario.connection?.client ?? .sender
      let general = isAnswering ? transport.layer.mirrored[field.key] ?? field.key : field.key
      let isOwn = message.span.range.contains(transport.span.range.lowerBound)
      diagnostics.report(
        isAnswering && general != field.key
          ? "this message needs \"\(field.key)\" in its own `\(name)`, or \"\(general)\" in the scenario's"
          : "this message's `\(name)` needs \"\(field.key)\", here or in the scenario's own `\(name)`",
        at: isOwn || !isAnswering ? transport.span : message.span)
    }
  }

  // MARK: - What is expected

  private mutating func checkExpectation(of message: Message) {
    let expect = message.expect
    checkSeen(expect.everywhere)
    for seen in expect.returned { checkSeen(seen) }
    for place in Place.allCases {
      guard case .seen(let seen)? = expect.places[place] else { continue }
      checkSeen(seen)
      if place == .delivered { checkDelivered(seen, of: message) }
    }
  }

  /// What a socket is not handed cannot be asked of it.
  private mutating func checkDelivered(_ seen: Seen, of message: Message) {
    guard let kind = scenario.socketKind(for: message), !kind.isOfWholePackets else { return }
    for field in IPField.numeric(of: message.version) where !kind.told.contains(field) {
      report(field.title, seen.header.matchers[field]?.span, kind)
    }
    if !kind.told.contains(.options) { report("options", seen.header.options?.span, kind) }
    report("fragments", seen.fragments?.span, kind)
    guard case .udp = kind, let transport = seen.transport else { return }
    for field in transport.layer.messageFields
    where !SocketKind.toldByUDPOfTransport.contains(field.key) {
      report("\(transport.layer.title) \(field.title)", transport.matchers[field.key]?.span, kind)
    }
  }

  private mutating func report(_ title: String, _ span: SourceSpan?, _ kind: SocketKind) {
    guard let span else { return }
    let isUDP = if case .udp = kind { true } else { false }
    let note = "ask for it in `arrived`"
    diagnostics.report(
      "a \(isUDP ? "UDP" : "raw IPv6") socket is not told the \(title) of what it receives", at: span,
      notes: [isUDP && kind.version == .v4 ? "\(note), or receiver: { receive: { socket: \"raw\" } }" : note])
  }
}

extension Diagnostics {
  /// Reports transport headers that are asked for beside another.
  mutating func report(transportsOf seen: Seen) {
    for second in seen.transports.dropFirst() {
      report(second.layer, beside: seen.transports[0].layer, at: second.span)
    }
  }

  fileprivate mutating func report(
    _ second: any TransportProtocol, beside first: any TransportProtocol, at span: SourceSpan
  ) {
    report("a packet has one transport header: `\(first.filterName)` or `\(second.filterName)`", at: span)
  }
}
