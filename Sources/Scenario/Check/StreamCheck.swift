// SPDX-License-Identifier: Apache-2.0

import Wire

/// What a scenario may not say of streams, or beside them.
struct StreamCheck {
  private let scenario: Scenario
  /// Headers of 52 bytes, and 36 bytes of payload: Linux makes no segments with less room (`tcp_min_snd_mss` of 48 less a
  /// timestamp's 12).
  private static let smallestMTU = 88
  private static let mostTyped = 16 << 20
  private(set) var diagnostics = Diagnostics()

  /// Checks each stream for itself, and that all else is fit for streams.
  init(_ scenario: Scenario) {
    self.scenario = scenario
    guard scenario.isOfStreams else {
      if let expectation = scenario.expect.stream {
        report(
          "this can be expected only of streams: exchange: [{ stream: \"hello\" }]", at: expectation.span)
      }
      return
    }
    checkConnection()
    checkRoles()
    for (index, message) in scenario.exchange.enumerated() {
      check(message)
      checkContent(of: message, at: index)
    }
    if scenario.network.mtu < Self.smallestMTU, let first = scenario.exchange.first {
      report(
        "a stream needs an MTU of \(Self.smallestMTU) or more: with less, Linux fragments its segments",
        at: first.stream?.span ?? first.span)
    }
    if let order = scenario.expect.order {
      report("the bytes of a connection have only their own order: leave `order` out", at: order.span)
    }
  }

  /// The kernels make the segments: of their headers a file says the ports alone.
  private mutating func checkConnection() {
    guard let tcp = scenario.transports.first, tcp.layer.number == Segment.tcp else {
      report(
        "a stream goes to a TCP port: tcp: { destinationPort: 7777 } next to `exchange`",
        at: scenario.transports.first?.span ?? scenario.exchange.first?.stream?.span)
      return
    }
    if tcp.destinationPort == nil {
      report("this `tcp` needs \"destinationPort\": the port on which one host listens", at: tcp.span)
    }
    let others = tcp.values.filter { !["sourcePort", "destinationPort"].contains($0.key) }.map {
      ($0.key, $0.value.span)
    }
    let said = others + [("checksum", tcp.checksum.span), ("options", tcp.options?.span)]
    for case (let key, let span?) in said.sorted(by: { $0.0 < $1.0 }) {
      report("the kernel writes the segments of a stream: leave `\(key)` out", at: span)
    }
    let ports = ["sourcePort", "destinationPort"].compactMap { tcp.values[$0] }
    for port in ports where port.value == 0 {
      report("no connection can use port 0", at: port.span)
    }
  }

  private mutating func checkRoles() {
    for host in HostName.allCases {
      if scenario.network[host].isMute {
        report("a mute host has no connections", at: scenario.exchange.first?.span)
      }
      let role = host == .sender ? scenario.sender : scenario.receiver
      switch role.value {
      case .idle: report("an idle host has no connections: leave `idle` out", at: role.span)
      case .send(let send) where send.until != nil:
        report("a stream is not a message that could end the sender: leave `until` out", at: role.span)
      case .receive(let receive) where receive.saysMoreThanBinding:
        report("a stream is received by a TCP socket: leave all but `bind` out", at: role.span)
      default: break
      }
    }
  }

  private mutating func check(_ message: Message) {
    guard message.stream != nil else {
      report("a file with streams can have only streams: give this message its own file", at: message.span)
      return
    }
    let others = [
      ("payload", message.payload.span), ("header", message.header.firstSpan),
      ("frame", message.frame.firstSpan), ("via", message.via?.span), ("flow", message.flow?.span),
    ]
    for case (let key, let span?) in others {
      report("the kernel writes the segments of a stream: leave `\(key)` out", at: span)
    }
    if let span = message.ownTransport {
      report(
        "all streams of a file share one connection, whose ports are set next to `exchange`: leave `tcp`"
          + " out, or give another connection its own file", at: span)
    }
    if message.expect.speaksOfPackets {
      report(
        "of a stream, expect only its bytes: { payload: { prefix: \"HTTP/1.1 200\" } }; of the connection,"
          + " in the scenario's own `expect`: { stream: { retransmissions: 1 } }", at: message.span)
    }
  }

  /// Where one message ends and the next of its host begins is known by their lengths.
  private mutating func checkContent(of message: Message, at index: Int) {
    guard let stream = message.stream else { return }
    if let count = stream.value.count, count > Self.mostTyped,
      scenario.program(in: message.from.value)?.isTypedTo == true
    {
      report(
        "what is typed to a program is kept until it reads it:"
          + " at most \(Self.mostTyped) bytes", at: stream.span)
    }
    guard case .untilEnd = stream.value else { return }
    guard scenario.program(in: message.from.value) != nil else {
      report("what a built-in role sends must be given here: `until` is for programs", at: stream.span)
      return
    }
    if message.repetitions > 1 {
      report("a host ends its side only once: leave `repeat` out", at: stream.span)
    }
    let isLast = !scenario.exchange[(index + 1)...].contains { $0.from.value == message.from.value }
    if !isLast {
      report(
        "nothing can follow the end: this must be the last from the \(message.from.value.rawValue)",
        at: stream.span)
    }
  }

  private mutating func report(_ message: String, at span: SourceSpan?) {
    diagnostics.report(message, at: span ?? scenario.whole)
  }
}

extension ReceiveRole {
  /// Whether the file says more than the address of its socket.
  fileprivate var saysMoreThanBinding: Bool {
    until != nil || socket != nil || port != nil || bufferSize != ReceiveRole().bufferSize
  }
}

extension Message {
  /// Where it says a transport header of its own; nil where it does not.
  fileprivate var ownTransport: SourceSpan? {
    transports.first { span.range.contains($0.span.range.lowerBound) }?.span
  }
}

extension Expectation {
  /// Whether anything is asked beside the bytes.
  fileprivate var speaksOfPackets: Bool {
    var others = everywhere
    others.payload = nil
    return !places.isEmpty || !others.isEmpty || !counters.rises.isEmpty || !returned.isEmpty || error != nil
      || flow != nil
  }
}
