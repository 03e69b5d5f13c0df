// SPDX-License-Identifier: Apache-2.0

/// What a scenario may not say of programs under test, or of their messages.
struct ProgramCheck {
  private let scenario: Scenario
  private(set) var diagnostics = Diagnostics()

  /// Checks what is expected of either role, and each message that a program sends.
  init(_ scenario: Scenario) {
    self.scenario = scenario
    for host in HostName.allCases {
      checkExpectations(of: host)
      checkInput(of: host)
    }
    guard scenario.hasPrograms else { return }
    for message in scenario.exchange {
      guard let program = scenario.program(in: message.from.value) else { continue }
      checkWayOut(of: message)
      if program.isTypedTo { checkLine(of: message) }
    }
    checkCounters()
  }

  private mutating func checkExpectations(of host: HostName) {
    let expectation = scenario.expectation(of: host)
    if scenario.program(in: host) == nil {
      let spans = [
        expectation.exit?.span, expectation.stdout?.span, expectation.stderr?.span, expectation.unread.span,
      ]
      for span in spans.compactMap({ $0 }) {
        diagnostics.report("no program runs in the \(host.rawValue): { run: [\"program\"] }", at: span)
      }
    } else if let span = expectation.endedByUntil {
      diagnostics.report("a program has no `until`: say how it must end with `exit`", at: span)
    }
  }

  private mutating func checkInput(of host: HostName) {
    guard scenario.exchange.isEmpty, let program = scenario.program(in: host), program.isTypedTo,
      let span = program.input.span
    else { return }
    diagnostics.report(
      "there is no exchange to type: give the lines, or leave `stdin` out", at: span)
  }

  /// How a program sends is its own affair; what must be seen of it is said in `expect`.
  private mutating func checkWayOut(of message: Message) {
    if let span = message.via?.span {
      diagnostics.report("a program chooses its own way out: leave `via` out", at: span)
    }
    if let span = message.frame.firstSpan {
      diagnostics.report("a program makes its own frames: use `expect.frame` for what must be seen", at: span)
    }
    if let span = message.expect.error?.span {
      diagnostics.report("the send call of a program is not seen: expect what it prints, or `exit`", at: span)
    }
  }

  private mutating func checkLine(of message: Message) {
    guard message.stream == nil, message.payload.value.contains(UInt8(ascii: "\n")) else { return }
    diagnostics.report(
      "this cannot be typed as a line: it contains a line ending", at: message.payload.span ?? message.span)
  }

  private mutating func checkCounters() {
    let sendsAtWill = scenario.exchange.contains { scenario.program(in: $0.from.value)?.isTypedTo == false }
    guard scenario.pacing == .lockstep, sendsAtWill else { return }
    for message in scenario.exchange {
      guard let counter = message.expect.counters.rises.first else { continue }
      diagnostics.report(
        "a program without typed input sends when it likes, so no counter can be assigned to one message:"
          + " ask for it in the scenario's expect", at: counter.rise.span ?? message.span)
    }
  }
}
