// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// Plays one scenario's exchange between two hosts and records all that is seen of it.
struct Player: ~Copyable {
  private let scenario: Scenario
  private let deadline: Deadline
  private var hosts: HostPair
  private var sender: BuiltInSender
  private var receiver: BuiltInReceiver
  private var watch = Watch()

  /// What was seen so far.
  private(set) var record = CaseRecord()

  /// Builds the network and opens the roles' sockets.
  init(_ scenario: Scenario, closing: ClosingPool, until deadline: Deadline) throws(SystemError) {
    let destinations = Set(scenario.exchange.map { $0.packet(in: scenario).header.destination })
    let pair = try HostPair(
      scenario.network, destinations: destinations, closing: closing, until: deadline)
    let opened = try BuiltInReceiver(scenario, in: pair.receiver.space)
    sender = try BuiltInSender(scenario, in: pair.sender.space)
    receiver = opened
    hosts = pair
    self.scenario = scenario
    self.deadline = deadline
  }

  /// Plays the messages in lockstep: each is over, everywhere, before the next is sent.
  ///
  /// The thread stays on one processor, so that one marker a direction proves that all is over.
  ///
  /// - Throws: `ETIMEDOUT` past the deadline, with the record as far as it came.
  mutating func play() throws(SystemError) {
    let affinity = try CPUAffinity.ofThisThread()
    try affinity.keepCurrent()
    defer { affinity.restore() }
    for message in scenario.exchange where !sender.hasEnded {
      record.messages.append(try play(message))
    }
    if sender.hasEnded { record.ended.insert(.sender) }
    if receiver.hasEnded { record.ended.insert(.receiver) }
    record.counts[.sender] = try hosts.sender.capture.counts(without: watch.rounds)
    record.counts[.receiver] = try hosts.receiver.capture.counts(without: watch.rounds)
  }

  /// Lets go of hosts and cable.
  consuming func close() {
    hosts.close()
  }

  private mutating func play(_ message: Message) throws(SystemError) -> MessageRecord {
    var seen = MessageRecord()
    seen.sendFailure = try sender.send(message, in: hosts.sender.space)
    seen.frames = try watch.settle(hosts, until: deadline)
    seen.deliveries = try receiver.receive()
    return seen
  }
}

extension PacketSocket {
  /// What the kernel counted, without the barrier's own frames.
  fileprivate mutating func counts(without markers: UInt64) throws(SystemError) -> CaptureCounts {
    let statistics = try statistics()
    let received = statistics.received - min(markers, statistics.received)
    return CaptureCounts(received: received, dropped: statistics.dropped)
  }
}
