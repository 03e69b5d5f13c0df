// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// Plays one scenario's exchange between two hosts and records all that is seen of it.
struct Player: ~Copyable {
  private let scenario: Scenario
  private let deadline: Deadline
  private let closing: ClosingPool
  private var hosts: HostPair
  private var senderRole: RoleSocket
  private var receiverRole: RoleSocket
  private var fromSender: MessageSender
  private var fromReceiver: MessageSender
  private var watch = Watch()

  /// What was seen so far.
  private(set) var record = CaseRecord()

  /// Builds the network and opens the roles' sockets.
  init(_ scenario: Scenario, closing: ClosingPool, until deadline: Deadline) throws(SystemError) {
    let pair = try HostPair(scenario, closing: closing, until: deadline)
    let receiver = try RoleSocket(of: .receiver, in: scenario, pair.receiver.space)
    let sender = try RoleSocket(of: .sender, in: scenario, pair.sender.space)
    senderRole = sender
    receiverRole = receiver
    fromSender = MessageSender(scenario)
    fromReceiver = MessageSender(scenario)
    hosts = pair
    self.scenario = scenario
    self.deadline = deadline
    self.closing = closing
  }

  /// Plays the messages, in lockstep or in a burst.
  ///
  /// The thread stays on one processor, so that one marker a direction proves that all is over.
  ///
  /// - Throws: `ETIMEDOUT` past the deadline, with the record as far as it came.
  mutating func play() throws(SystemError) {
    let affinity = try CPUAffinity.ofThisThread()
    try affinity.keepCurrent()
    defer { affinity.restore() }
    let before = scenario.asksForCounters ? try counters() : [:]
    switch scenario.pacing {
    case .lockstep: try playInLockstep()
    case .burst: try playInBurst()
    }
    if senderRole.hasEnded { record.ended.insert(.sender) }
    if receiverRole.hasEnded { record.ended.insert(.receiver) }
    guard scenario.asksForCounters || record.lacksDelivery else { return }
    // Where nobody asked beforehand, the hosts were new: their counters began at 0.
    for (host, after) in try counters() {
      record.rises[host] = NetworkCounters.rises(from: before[host] ?? [:], to: after)
    }
  }

  /// Records what the captures counted, also of an exchange that came to no end.
  mutating func countCaptures() throws(SystemError) {
    record.counts[.sender] = try hosts.sender.capture.counts(without: watch.rounds)
    record.counts[.receiver] = try hosts.receiver.capture.counts(without: watch.rounds)
  }

  /// Lets go of hosts and cable.
  consuming func close() {
    fromSender.close()
    fromReceiver.close()
    hosts.close()
  }

  /// Each message is over, everywhere, before the next is sent.
  private mutating func playInLockstep() throws(SystemError) {
    for play in scenario.plays {
      guard !hasEnded(play.message.from.value) else { break }
      let message = play.message
      let host = message.from.value.other
      let before = message.expect.counters.rises.isEmpty ? nil : try counters(of: host)
      var seen = MessageRecord()
      seen.sendFailure = try send(message)
      try settle(&seen)
      // Both are emptied: what a host is handed of its own must not be taken for the next message's.
      let (atSender, atReceiver) = try receive()
      seen.deliveries = host == .sender ? atSender : atReceiver
      if let before { seen.rises = NetworkCounters.rises(from: before, to: try counters(of: host)) }
      record.messages.append(seen)
    }
  }

  /// All messages are sent, and then what was seen is sorted out.
  private mutating func playInBurst() throws(SystemError) {
    var rest = MessageRecord()
    for play in scenario.plays {
      guard !hasEnded(play.message.from.value) else { break }
      var seen = MessageRecord()
      seen.sendFailure = try send(play.message)
      // What a send call puts on the cable is in the capture at its end when the call returns; so may be what
      // the other host sent before.
      let frames = try watch.framesThere(play.message.from.value, hosts)
      seen.frames = frames.filter(\.isOutgoing)
      rest.frames += frames.filter { !$0.isOutgoing }
      record.messages.append(seen)
    }
    try settle(&rest)
    let (atSender, atReceiver) = try receive()
    rest.deliveries = atReceiver + atSender
    record.burst = rest
  }

  /// Awaits until both hosts are done; what was seen by then is recorded even if they never are.
  private mutating func settle(_ seen: inout MessageRecord) throws(SystemError) {
    do throws(SystemError) {
      try watch.settle(hosts, until: deadline, &seen.frames)
    } catch {
      record.unfinished = seen
      throw error
    }
  }

  private mutating func send(_ message: Message) throws(SystemError) -> SendFailure? {
    if message.from.value == .receiver {
      return try fromReceiver.send(
        message, from: hosts.receiver, to: hosts.sender.mac, by: receiverRole, closing: closing)
    }
    let failure = try fromSender.send(
      message, from: hosts.sender, to: hosts.receiver.mac, by: senderRole, closing: closing)
    if let until = scenario.sendRole.until, until.isWhole(message.payload.value) { senderRole.end() }
    return failure
  }

  /// Whether a host sends no more: the sender does not after its end.
  private func hasEnded(_ host: HostName) -> Bool { host == .sender && senderRole.hasEnded }

  private func counters(of host: HostName) throws(SystemError) -> [String: Int] {
    try host == .sender
      ? hosts.sender.space.enter { () throws(SystemError) in try NetworkCounters.read() }
      : hosts.receiver.space.enter { () throws(SystemError) in try NetworkCounters.read() }
  }

  private func counters() throws(SystemError) -> [HostName: [String: Int]] {
    [.sender: try counters(of: .sender), .receiver: try counters(of: .receiver)]
  }

  private mutating func receive() throws(SystemError) -> (atSender: [Delivery], atReceiver: [Delivery]) {
    (try senderRole.receive(), try receiverRole.receive())
  }
}

extension Scenario {
  /// Whether anything is asked of counters over the whole exchange.
  fileprivate var asksForCounters: Bool { expect.counters.values.contains { !$0.rises.isEmpty } }
}

extension CaseRecord {
  /// Whether a message was delivered nowhere, so that a counter may say why.
  fileprivate var lacksDelivery: Bool {
    burst.map { $0.deliveries.count < messages.count } ?? messages.contains { $0.deliveries.isEmpty }
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
