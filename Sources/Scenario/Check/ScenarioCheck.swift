// SPDX-License-Identifier: Apache-2.0

import Wire

/// What a scenario may not say although each of its words is right: the parts that contradict each other.
struct ScenarioCheck {
  private(set) var scenario: Scenario
  private(set) var diagnostics = Diagnostics()

  /// Checks a scenario whose network is known, and chooses the way out of each message.
  ///
  /// Where it could not all be read, what would have to be counted is not checked.
  init(_ given: consuming Scenario, isWhole: Bool = true) {
    scenario = given
    if let problem = CaseSize.problem(with: scenario) {
      diagnostics.report(problem)
      return
    }
    scenario.decideVersions()
    scenario.fillInTransports()
    scenario.numberSegments()
    scenario.keepFromMuteHosts()
    diagnostics.report(contentsOf: QuotationCheck(scenario, isWhole: isWhole).diagnostics)
    scenario.fillInQuotations()
    check(isWhole: isWhole)
  }

  private mutating func check(isWhole: Bool) {
    diagnostics.report(contentsOf: VersionCheck(scenario).diagnostics)
    checkRoles()
    checkEndOfSender()
    checkEndings()
    checkOrder()
    diagnostics.report(contentsOf: TransportCheck(scenario, isWhole: isWhole).diagnostics)
    diagnostics.report(contentsOf: ProgramCheck(scenario).diagnostics)
    diagnostics.report(contentsOf: FlowCheck(scenario).diagnostics)
    diagnostics.report(contentsOf: StreamCheck(scenario).diagnostics)
    var found = Diagnostics()
    let choices = Self.choices(for: scenario, &found)
    diagnostics.report(contentsOf: found)
    for case (let index, let choice?) in choices.enumerated() {
      scenario.exchange[index].wayOut = choice.way
      scenario.exchange[index].reasons = choice.reasons
    }
    if isWhole, let cable = scenario.network.cable { diagnostics.report(cable: cable, in: scenario) }
  }

  /// How each message leaves; no property of the check is touched meanwhile, lest all of it be copied for each.
  private static func choices(
    for scenario: Scenario, _ diagnostics: inout Diagnostics
  ) -> [(way: WayOut, reasons: [String])?] {
    scenario.exchange.map { message in
      guard message.stream == nil else { return nil }
      let choice = message.chosenWayOut(in: scenario, &diagnostics)
      diagnostics.report(contentsOf: problems(withPlacesOf: message, in: scenario))
      return choice
    }
  }

  private mutating func checkRoles() {
    if case .receive = scenario.sender.value {
      report("the sending host needs a sender: { send: {} }", at: scenario.sender.span)
    }
    switch scenario.receiver.value {
    case .send: report("the receiving host needs a receiver: { receive: {} }", at: scenario.receiver.span)
    case .receive(let role):
      checkProtocol()
      checkBinding(role)
    case .run: checkProtocol()
    case .idle: break
    }
    for host in HostName.allCases {
      if case .idle = scenario.role(of: host) { checkNothingIsSent(from: host) }
    }
  }

  private mutating func checkNothingIsSent(from idle: HostName) {
    for message in scenario.exchange where message.from.value == idle {
      report(
        "this message is never sent: the \(idle.rawValue) is idle", at: message.from.span ?? message.span)
    }
  }

  private mutating func checkProtocol() {
    if [0, 255].contains(scenario.protocol.value) {
      report(
        "there can be no receiver for protocol \(scenario.protocol.value):"
          + " the kernel delivers it to no raw socket",
        at: scenario.protocol.span)
    }
  }

  private mutating func checkBinding(_ role: ReceiveRole) {
    guard case .address(let address) = role.bind.value else { return }
    let own = scenario.interfaces(of: .receiver).map(\.address)
    guard !own.contains(address) else { return }
    let names = own.map(\.description).formattedAsList
    report("\(address) is not an address of the receiving host, which has \(names)", at: role.bind.span)
  }

  private mutating func checkOrder() {
    if scenario.pacing == .burst { checkNoCounters() }
    guard let order = scenario.expect.order else { return }
    if scenario.pacing != .burst {
      report("in lockstep messages have only their own order: use pacing: \"burst\"", at: order.span)
    }
    if order.value.contains(where: { $0 > scenario.exchange.count }) {
      report("there are \(scenario.exchange.count) messages, but this order names others", at: order.span)
    }
  }

  private mutating func checkNoCounters() {
    for message in scenario.exchange {
      guard let counter = message.expect.counters.rises.first else { continue }
      report(
        "in a burst no counter can be assigned to one message: ask for it in the scenario's expect",
        at: counter.rise.span)
    }
  }

  /// A message behind the one that ends the sender would never be sent.
  private mutating func checkEndOfSender() {
    guard let until = scenario.sendRole.until,
      let end = scenario.exchange.firstIndex(where: {
        $0.from.value == .sender && until.isWhole($0.payload.value)
      }),
      let late = scenario.exchange[(end + 1)...].first(where: { $0.from.value == .sender })
    else { return }
    report(
      "this message is never sent: the sender has already ended with the \"\(until.text)\" before it",
      at: late.span)
  }

  private mutating func checkEndings() {
    if let span = scenario.expect.sender.endedByUntil, scenario.sendRole.until == nil,
      scenario.program(in: .sender) == nil
    {
      report(
        "the sender has no `until` that could end it: sender: { send: { until: \"QUIT\" } }", at: span)
    }
    if let span = scenario.expect.receiver.endedByUntil, scenario.receiveRole.until == nil,
      scenario.program(in: .receiver) == nil
    {
      report(
        "the receiver has no `until` that could end it: receiver: { receive: { until: \"QUIT\" } }",
        at: span)
    }
  }

  /// What is not seen at one place cannot be seen behind it.
  private static func problems(withPlacesOf message: Message, in scenario: Scenario) -> Diagnostics {
    var problems = Diagnostics()
    for returned in message.expect.returned {
      guard returned.fragments != nil, let copies = returned.copies else { continue }
      problems.report(
        "where something comes back in fragments,"
          + " list each copy in `returned`", at: copies.span ?? scenario.whole)
    }
    if let error = message.expect.error {
      for place in Place.allCases {
        guard case .seen = message.expect.places[place] else { continue }
        problems.report(
          "a message whose send call fails with \(error.value) cannot be \(place.rawValue)", at: message.span)
      }
    }
    var absent: Place?
    for place in Place.allCases {
      if message.expect.forbids(place) != nil {
        absent = absent ?? place
      } else if let absent, message.expect.mustBeSeen(at: place) {
        problems.report(
          "a message that is not \(absent.rawValue) cannot be \(place.rawValue)", at: message.span)
      }
    }
    return problems
  }

  private mutating func report(_ message: String, at span: SourceSpan?) {
    diagnostics.report(message, at: span ?? scenario.whole)
  }
}
