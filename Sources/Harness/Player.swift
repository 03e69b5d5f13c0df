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
  private let stop: StopRequest
  private var hosts: HostPair
  private var senderRole: RoleSocket
  private var receiverRole: RoleSocket
  private var fromSender: MessageSender
  private var fromReceiver: MessageSender
  private var programs = Programs()
  private var watch: Watch
  private let firstRound: UInt64
  /// What the counters of hosts that have served before were at when this case began.
  private let countersBefore: [HostName: NetworkCounters.Reading]

  private static let shortestSettling = Duration.seconds(2)

  /// What was seen so far.
  private(set) var record = CaseRecord()

  /// Takes hosts that have served another case, or builds the network, and opens the roles' sockets.
  init(
    _ scenario: Scenario, spare: inout SpareHosts, closing: ClosingPool, stop: StopRequest,
    until deadline: Deadline
  ) throws(SystemError) {
    let used = spare.take(for: scenario)
    let isUsed = used != nil
    let pair =
      if let used { used } else { try HostPair(scenario, closing: closing, stop: stop, until: deadline) }
    let before = isUsed || scenario.asksForCounters ? try pair.counters() : [:]
    let receiver = try RoleSocket(of: .receiver, in: scenario, pair.receiver.space)
    let sender = try RoleSocket(of: .sender, in: scenario, pair.sender.space)
    senderRole = sender
    receiverRole = receiver
    fromSender = MessageSender(scenario)
    fromReceiver = MessageSender(scenario)
    hosts = pair
    countersBefore = before
    firstRound = isUsed ? spare.rounds : 0
    watch = Watch(after: firstRound)
    self.scenario = scenario
    self.deadline = deadline
    self.closing = closing
    self.stop = stop
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
    if scenario.hasPrograms { try playWithPrograms() } else { try playExchange() }
    if senderRole.hasEnded { record.ended.insert(.sender) }
    if receiverRole.hasEnded { record.ended.insert(.receiver) }
    guard scenario.asksForCounters || record.lacksDelivery else { return }
    // Where nobody asked beforehand, the hosts were new: their counters began at 0.
    for (host, after) in try hosts.counters() {
      record.rises[host] = NetworkCounters.rises(from: countersBefore[host], to: after)
    }
  }

  /// Records what the captures counted, also of an exchange that came to no end.
  mutating func countCaptures() throws(SystemError) {
    record.counts[.sender] = try hosts.sender.capture.counts(without: watch.rounds - firstRound)
    record.counts[.receiver] = try hosts.receiver.capture.counts(without: watch.rounds - firstRound)
    record.cable = hosts.cableRecord
    record.cable?.overflowed = try hosts.framesDroppedByCable()
  }

  /// Ends the roles and hands the hosts over where others may have them; else they are taken down.
  consuming func end(handingTo spare: inout SpareHosts) throws(SystemError) {
    let (scenario, record, rounds) = (scenario, record, watch.rounds)
    let hosts = takeHosts()
    try spare.keep(hosts, of: scenario, record, rounds: rounds)
  }

  private consuming func takeHosts() -> HostPair { hosts }

  private mutating func playExchange() throws(SystemError) {
    if scenario.isInStep { try playInStep() } else { try playInBurst() }
  }

  /// Whatever becomes of the exchange, nothing is left of the programs when it is over.
  private mutating func playWithPrograms() throws(SystemError) {
    var failure: SystemError?
    do throws(SystemError) {
      if try programs.start(scenario, hosts, until: deadline) { try playExchange() }
      try programs.end(hosts, until: deadline)
      try settleAfterPrograms()
    } catch {
      failure = error
      if error.errno == .canceled { try programs.interrupt() }
      try programs.kill()
    }
    record.programs = programs.records
    if let failure { throw failure }
  }

  /// What programs sent until their end is recorded beside the messages.
  private mutating func settleAfterPrograms() throws(SystemError) {
    var rest = record.burst ?? MessageRecord()
    // A program that had to be killed has used up the case's time.
    try settle(&rest, until: Deadline(after: max(deadline.remaining, Self.shortestSettling)))
    let (atSender, atReceiver) = try receive()
    rest.deliveries += (atReceiver + atSender).sorted { $0.timestamp < $1.timestamp }
    record.burst = rest
  }

  /// Each message is over, everywhere, before the next is sent.
  private mutating func playInStep() throws(SystemError) {
    for play in scenario.plays {
      guard !hasEnded(play.message.from.value) else { break }
      try stop.check()
      let message = play.message
      let host = message.from.value.other
      let before = message.expect.counters.rises.isEmpty ? nil : try hosts.counters(of: host)
      var seen = MessageRecord()
      seen.sendFailure = try send(play)
      try awaitPacket(of: play, 1, &seen.frames)
      try settle(&seen)
      // Both are emptied: what a host is handed of its own must not be taken for the next message's.
      let (atSender, atReceiver) = try receive()
      seen.deliveries = host == .sender ? atSender : atReceiver
      if let before { seen.rises = NetworkCounters.rises(from: before, to: try hosts.counters(of: host)) }
      record.messages.append(seen)
    }
  }

  /// All messages are sent, and then what was seen is sorted out.
  ///
  /// In lockstep a message still waits for the one before it, as far as a program must have sent that.
  private mutating func playInBurst() throws(SystemError) {
    var rest = MessageRecord()
    var awaited: [HostName: Int] = [:]
    for play in scenario.plays {
      let host = play.message.from.value
      guard !hasEnded(host) else { break }
      try stop.check()
      var seen = MessageRecord()
      seen.sendFailure = try send(play)
      // What a send call puts on the cable is in the capture at its end when the call returns; so may be what
      // the other host sent before.
      let frames = try watch.framesThere(host, hosts)
      let isProgram = programs.runs(in: host)
      seen.frames = isProgram ? [] : frames.filter(\.isOutgoing)
      rest.frames += isProgram ? frames : frames.filter { !$0.isOutgoing }
      record.messages.append(seen)
      if play.message.expect.mustBeSeen(at: .sent) { awaited[host, default: 0] += 1 }
      if scenario.pacing == .lockstep { try awaitPacket(of: play, awaited[host] ?? 0, &rest.frames) }
    }
    for play in scenario.plays where scenario.pacing == .burst {
      try awaitPacket(of: play, awaited[play.message.from.value] ?? 0, &rest.frames)
    }
    try settle(&rest)
    let (atSender, atReceiver) = try receive()
    rest.deliveries = (atReceiver + atSender).sorted { $0.timestamp < $1.timestamp }
    record.burst = rest
  }

  /// Awaits that a program has sent a message, and with it this many, unless it is not to: that is known only when
  /// the program has ended.
  private mutating func awaitPacket(
    of play: Play, _ number: Int, _ frames: inout [FrameRecord]
  ) throws(SystemError) {
    let host = play.message.from.value
    guard programs.runs(in: host), play.message.expect.mustBeSeen(at: .sent) else { return }
    while true {
      try programs.update()
      // What a program sent before its end is in the capture when its end is known.
      let isDeaf = programs.isDeaf(in: host)
      frames += try watch.framesThere(host, hosts)
      if isDeaf || frames.count(where: { play.isSent(in: $0, of: scenario) }) >= number { return }
      guard !deadline.hasPassed else {
        throw SystemError("ppoll", .timedOut, detail: "a packet of message \(play.number) from the program")
      }
      try hosts.wait(
        toRead: programs.readable + [hosts.capture(of: host)], toWrite: programs.writable, until: deadline)
    }
  }

  /// Awaits until both hosts are done; what was seen by then is recorded even if they never are.
  private mutating func settle(
    _ seen: inout MessageRecord, until end: Deadline? = nil
  ) throws(SystemError) {
    do throws(SystemError) {
      try watch.settle(hosts, until: end ?? deadline, &seen.frames)
    } catch {
      record.unfinished = seen
      throw error
    }
  }

  private mutating func send(_ play: Play) throws(SystemError) -> SendFailure? {
    let message = play.message
    guard !programs.runs(in: message.from.value) else {
      try programs.type(play)
      return nil
    }
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
    messages.count { $0.deliveries.isEmpty } > (burst?.deliveries.count ?? 0)
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
