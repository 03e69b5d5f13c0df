// SPDX-License-Identifier: Apache-2.0

import Wire

extension Message {
  /// The number of the message, from 1, that it quotes; nil where it quotes none.
  public var quoted: Located<Int>? { transport?.quotes }

  /// The same message, quoting a packet.
  public func quoting(_ packet: [UInt8], in scenario: Scenario) -> Message {
    var bare = self
    bare.payload = Located([])
    let headerLength = bare.packet(in: scenario).header.byteCount
    var message = self
    message.payload = Located(
      ICMPMessage.quotation(of: packet, underHeaderOf: headerLength, as: version))
    return message
  }
}

extension Scenario {
  /// Gives each message that quotes another what it will quote as far as that is known before it has arrived: the packet as
  /// it is asked for.
  mutating func fillInQuotations() {
    for index in exchange.indices {
      guard let number = exchange[index].quoted?.value, number <= index else { continue }
      exchange[index] = exchange[index].quoting(exchange[number - 1].packet(in: self).bytes, in: self)
    }
  }
}

/// What a scenario may not say of messages that quote others.
struct QuotationCheck {
  private let scenario: Scenario
  private(set) var diagnostics = Diagnostics()

  /// Checks a scenario whose messages have their transport headers; where not all of them could be read, nobody counts
  /// them.
  init(_ scenario: Scenario, isWhole: Bool) {
    self.scenario = scenario
    if scenario.pacing == .burst, let first = scenario.exchange.first(where: { $0.quoted != nil }) {
      // That stands for all of them.
      diagnostics.report(
        "in a burst it is not known what has arrived when this is sent: give its `payload`",
        at: first.quoted?.span ?? first.span)
    }
    for (index, message) in scenario.exchange.enumerated() {
      guard let quoted = message.quoted else { continue }
      let span = quoted.span ?? message.span
      checkItself(message, at: span)
      if isWhole { check(quoted.value, quotedBy: index + 1, at: span) }
    }
  }

  /// What is wrong whatever is quoted.
  private mutating func checkItself(_ message: Message, at span: SourceSpan) {
    if let payload = message.payload.span {
      diagnostics.report(
        "this header is followed by the packet that it quotes: leave `payload` or `quotes` out",
        at: payload)
    }
    if scenario.program(in: message.from.value) != nil {
      diagnostics.report(
        "what a program quotes is up to the program: leave `quotes` out", at: span,
        notes: ["ask for its payload: expect: { payload: { contains: \"hello\" } }"])
    }
    checkType(of: message, at: span)
  }

  private mutating func checkType(of message: Message, at span: SourceSpan) {
    guard let transport = message.transport else { return }
    let header = transport.segment(carrying: [], in: message.packet(in: scenario).header).header
    guard !transport.layer.quotes(header) else { return }
    let types = (0...UInt8.max).filter { transport.layer.quotes([$0]) }.map { "\($0)" }
    diagnostics.report(
      "\(transport.layer.title) of type \(header[0]) quotes nothing", at: span,
      label: "types that do: \(types.joined(separator: ", "))")
  }

  /// What is wrong with one message that another quotes.
  private mutating func check(_ number: Int, quotedBy own: Int, at span: SourceSpan) {
    guard number <= scenario.exchange.count else {
      return diagnostics.report(
        "there is no message \(number) to quote: the exchange has \(scenario.exchange.count)", at: span)
    }
    guard number < own else {
      let relation = number == own ? "which is itself" : "which comes after it"
      return diagnostics.report(
        "message \(own) cannot quote message \(number), \(relation): quote one before it", at: span)
    }
    guard let problem = problem(with: scenario.exchange[number - 1], number, quotedBy: own) else { return }
    diagnostics.report(problem.sentence, at: span, notes: [problem.remedy])
  }

  /// Why a message before another cannot be quoted by it, and what can be done.
  private func problem(
    with quoted: Message, _ number: Int, quotedBy own: Int
  ) -> (sentence: String, remedy: String)? {
    let host = quoted.from.value
    if quoted.flow != nil {
      return ("message \(number) is a flow, whose packets are not kept", "quote a message that is one packet")
    }
    if quoted.repetitions > 1 {
      return (
        "message \(number) is sent \(quoted.repetitions) times, and it is not said which one is quoted",
        "make the quoted one a message of its own"
      )
    }
    if host == scenario.exchange[own - 1].from.value {
      return (
        "a host quotes what it received, but message \(number) is from the \(host.rawValue) too",
        "send the one that quotes from the other host: from: \"\(host.other.rawValue)\""
      )
    }
    guard quoted.expect.mustBeSeen(at: .arrived) else {
      return ("message \(number) must not arrive, so nothing can quote it", "quote one that arrives")
    }
    return nil
  }
}
