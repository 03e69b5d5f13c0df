// SPDX-License-Identifier: Apache-2.0

import Wire

/// What a scenario may not say of flows, or beside them.
struct FlowCheck {
  private let scenario: Scenario
  private(set) var diagnostics = Diagnostics()

  /// Checks each flow for itself, and that all else is fit for flows.
  init(_ scenario: Scenario) {
    self.scenario = scenario
    for index in scenario.exchange.indices {
      if let flow = scenario.exchange[index].flow {
        check(scenario.exchange[index], flow)
        check(flow, over: scenario.exchange[index].version)
      } else if let expectation = scenario.exchange[index].expect.flow {
        report("this can be expected only of a flow: flow: { packets: 1000 }", at: expectation.span)
      }
    }
    if scenario.isOfFlows { checkSurroundings() }
  }

  /// A flow's packets are all alike, so that each can be checked at their pace.
  private mutating func check(_ message: Message, _ flow: Located<Flow>) {
    let others = [
      ("payload", message.payload.span), ("header", message.header.firstSpan),
      ("frame", message.frame.firstSpan),
    ]
    for case (let key, let span?) in others {
      report("a flow makes its own packets: leave `\(key)` out", at: span)
    }
    if message.via?.value == .header {
      report("a flow leaves via \"socket\" or \"frame\"", at: message.via?.span)
    }
    if message.expect.speaksOfOnePacket {
      report("of a flow, expect only `flow`: { flow: { lost: 0 } }", at: message.span)
    }
  }

  private mutating func check(_ flow: Located<Flow>, over version: IPVersion) {
    let (mtu, size) = (scenario.network.mtu, flow.value.size)
    if size.value > mtu - version.minimumHeaderLength {
      report(
        "a packet of a flow is not fragmented: the MTU of \(mtu) leaves room for"
          + " \(mtu - version.minimumHeaderLength) bytes of payload", at: size.span ?? flow.span)
    }
    if let rate = flow.value.rate, .seconds(flow.value.packets / rate.value) >= scenario.timeout {
      report(
        "at this rate the flow takes \(flow.value.packets / rate.value) s, and the case times out first:"
          + " give it a longer timeout", at: rate.span)
    }
    if scenario.network.cable != nil, flow.value.packets > Flow.mostPacketsOverCable {
      report(
        "a cable that does something to packets keeps each of them:"
          + " at most \(Flow.mostPacketsOverCable) in a flow",
        at: flow.span)
    }
  }

  private mutating func checkSurroundings() {
    for message in scenario.exchange where message.flow == nil {
      report(
        "captures do not record flows, so a file cannot mix flows and single messages:"
          + " give this one its own file",
        at: message.span)
    }
    if let every = scenario.expect.every {
      report(
        "captures do not record flows, so not every packet is seen: leave `every` out", at: every.span)
    }
    if scenario.pacing == .burst, let message = scenario.exchange.first {
      report("one flow is over before the next begins: leave `pacing` out", at: message.span)
    }
    for role in [scenario.sender, scenario.receiver] {
      switch role.value {
      case .run: report("a flow is received by the built-in receiver, not by a program", at: role.span)
      case .send(let send) where send.until != nil:
        report("no packet of a flow is a text that could end the sender: leave `until` out", at: role.span)
      case .receive(let receive) where receive.until != nil:
        report("no packet of a flow is a text that could end the receiver: leave `until` out", at: role.span)
      case .receive(let receive) where receive.bufferSize != ReceiveRole().bufferSize:
        report("every packet of a flow is checked in full: leave `bufferSize` out", at: role.span)
      default: break
      }
    }
  }

  private mutating func report(_ message: String, at span: SourceSpan?) {
    diagnostics.report(message, at: span ?? scenario.whole)
  }
}

extension Expectation {
  /// Whether anything is asked that can be told of single packets only.
  fileprivate var speaksOfOnePacket: Bool {
    !places.isEmpty || !everywhere.isEmpty || !counters.rises.isEmpty || !returned.isEmpty || error != nil
  }
}
