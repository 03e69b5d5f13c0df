// SPDX-License-Identifier: Apache-2.0

import Wire

extension Message {
  private static let (source, destination) = ("sourcePort", "destinationPort")
  private static let udp: UInt8 = 17

  /// Whether it answers a question of a program's over UDP, and so goes to the port that this came from, which nobody knows
  /// before: the file says no port that it goes to.
  ///
  /// Of what a program sends this says nothing.
  public var answersQuestion: Bool {
    stream == nil && flow == nil && isUDP && saidUDPDestinationPort == nil
  }

  private var isUDP: Bool { transport?.layer.number == Self.udp }

  /// The port of UDP that the file says it goes to; nil where it says none, or it is none of UDP.
  fileprivate var saidUDPDestinationPort: UInt64? { isUDP ? transport?.values[Self.destination]?.value : nil }

  /// The port of UDP or TCP that it comes from; nil where the file says none.
  public var saidSourcePort: UInt16? {
    transport?.values[Self.source].map { UInt16(truncatingIfNeeded: $0.value) }
  }

  /// The same message to the address and the port that its question came from; an address that the file says stays.
  public func answering(_ address: IPAddress, port: UInt16, in scenario: Scenario) -> Message {
    var message = self
    message.transports[0].values[Self.destination] = Located(UInt64(port))
    if header.values[.destination] == nil, scenario.network[from.value.other].address(of: version) != address
    {
      message.header.values[.destination] = Located(address.number)
    }
    return message
  }
}

/// What keeps answers from being sent to where their questions came from.
struct AnswerCheck {
  private let scenario: Scenario
  private(set) var diagnostics = Diagnostics()
  /// Where the messages before went.
  private var asked: Set<Question> = []

  /// Where a message goes.
  private struct Question: Hashable {
    let host: HostName
    let port: UInt64
  }

  /// Checks the answers of a scenario whose messages have their transport headers.
  init(_ scenario: Scenario) {
    self.scenario = scenario
    for message in scenario.exchange {
      if message.answersQuestion, scenario.program(in: message.from.value) == nil { check(message) }
      if let port = message.saidUDPDestinationPort {
        asked.insert(Question(host: message.from.value.other, port: port))
      }
    }
  }

  private mutating func check(_ message: Message) {
    let host = message.from.value
    guard scenario.program(in: host.other) != nil else { return }
    let span = message.span
    if scenario.pacing == .burst {
      return diagnostics.report(
        "in a burst it is not known where the question came from when this is sent:"
          + " give its \"destinationPort\"",
        at: span)
    }
    let own = UInt64(DatagramPorts(message.packet(in: scenario)).source)
    guard !asked.contains(Question(host: host, port: own)) else { return }
    diagnostics.report(
      "no message from the \(host.other.rawValue) to port \(own) comes before this one, so it is not known"
        + " to which port it goes", at: span,
      notes: [
        "give the port: { \(message.transport?.layer.filterName ?? ""): { destinationPort: 40000 }, … }, or"
          + " put a question before it"
      ])
  }
}
