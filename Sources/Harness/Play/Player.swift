// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// Plays one scenario's exchange between two hosts and records all that is seen of it.
struct Player: ~Copyable {
  private let scenario: Scenario
  private let deadline: Deadline
  private let resources: RunResources
  private var hosts: HostPair
  private var senderRole: RoleSocket
  private var receiverRole: RoleSocket
  private var fromSender: MessageSender
  private var fromReceiver: MessageSender
  private var programs = Programs()
  private var watch: Watch
  /// What the counters were at when this case began: all where it asks for any, else those that tell of drops alone.
  /// Empty where nobody has read them in these hosts: such counters began at 0.
  private let countersBefore: [HostName: NetworkCounters.Reading]

  /// Where programs have used up the case's time, what they sent is awaited for this long.
  private static let shortestSettling = Duration.milliseconds(200)

  /// What was seen so far.
  private(set) var record = CaseRecord()

  /// Takes hosts that have served another case, or builds the network, with what the run's cases share.
  init(
    _ scenario: Scenario, spare: inout SpareHosts, with resources: RunResources, until deadline: Deadline
  ) throws(SystemError) {
    let used = spare.take(for: scenario)
    let isUsed = used != nil
    var pair =
      if let used { used } else { try HostPair(scenario, with: resources, until: deadline) }
    if scenario.asksForCounters { pair.lastCounters = try pair.counters() }
    let receiverSocket = try pair.receiver.takeRoleSocket(.receiver, scenario)
    let senderSocket = try pair.sender.takeRoleSocket(.sender, scenario)
    senderRole = RoleSocket(of: .sender, in: scenario, senderSocket)
    receiverRole = RoleSocket(of: .receiver, in: scenario, receiverSocket)
    fromSender = MessageSender(scenario)
    fromReceiver = MessageSender(scenario)
    countersBefore = pair.lastCounters
    hosts = pair
    watch = Watch(mostSent: scenario.mostSentByPrograms, after: isUsed ? spare.lastMarker : 0)
    self.scenario = scenario
    self.deadline = deadline
    self.resources = resources
  }

  /// Plays the messages, in lockstep or in a burst.
  ///
  /// The thread stays on one processor, so that one marker a direction proves that all is over; programs run on all
  /// of its processors, and with them it takes a marker from each.
  ///
  /// - Throws: `ETIMEDOUT` past the deadline, with the record as far as it came.
  mutating func play() throws(SystemError) {
    let home = try resources.processors.keepCurrent()
    defer { resources.processors.restore() }
    if scenario.hasPrograms {
      watch.processors = [home] + resources.processors.processors.filter { $0 != home }
    }
    do throws(SystemError) {
      if scenario.hasPrograms { try playWithPrograms() } else { try playExchange() }
    } catch {
      // What was seen by then is recorded even if the exchange came to no end.
      record.unfinished = MessageRecord(frames: watch.takeFrames())
      throw error
    }
    if senderRole.hasEnded { record.ended.insert(.sender) }
    if receiverRole.hasEnded { record.ended.insert(.receiver) }
    let isAskedByNext = scenario.mayShareHosts && !record.isAllDelivered
    if scenario.asksForCounters || record.lacksDelivery || isAskedByNext { try readCounters() }
  }

  /// What is read is what the next case in these hosts begins with; those between leave the counters of drops alone.
  private mutating func readCounters() throws(SystemError) {
    hosts.lastCounters = try hosts.counters()
    for (host, after) in hosts.lastCounters {
      record.rises[host] = NetworkCounters.rises(from: countersBefore[host], to: after)
    }
  }

  /// Records what the captures counted, also of an exchange that came to no end.
  mutating func countCaptures() throws(SystemError) {
    record.counts[.sender] = try hosts.sender.capture.counts(without: watch.markers[.sender] ?? 0)
    record.counts[.receiver] = try hosts.receiver.capture.counts(without: watch.markers[.receiver] ?? 0)
    record.cable = try hosts.cableRecord()
  }

  /// Ends the roles and hands the hosts over where others may have them; else they are taken down.
  consuming func end(handingTo spare: inout SpareHosts) throws(SystemError) {
    let (scenario, record, lastMarker) = (scenario, record, watch.lastMarker)
    let hosts = takeHosts()
    try spare.keep(hosts, of: scenario, record, lastMarker: lastMarker)
  }

  /// The roles' sockets stay open for the next case: they are empty, since its end was awaited.
  private consuming func takeHosts() -> HostPair {
    var pair = hosts
    pair.sender.keep(senderRole.takeSocket())
    pair.receiver.keep(receiverRole.takeSocket())
    return pair
  }

  private mutating func playExchange() throws(SystemError) {
    if scenario.isInStep { try playInStep() } else { try playInBurst() }
  }

  /// Whatever becomes of the exchange, nothing is left of the programs when it is over.
  private mutating func playWithPrograms() throws(SystemError) {
    var failure: SystemError?
    if !scenario.isInStep { watch.awaited = AwaitedPackets(scenario.plays, of: scenario) }
    do throws(SystemError) {
      let isReady = try programs.start(scenario, hosts, &watch, on: resources.processors, until: deadline)
      if isReady { try playExchange() }
      try programs.end(hosts, &watch, until: deadline)
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
    // What is there already could leave no room for the barrier.
    try watch.collect(hosts)
    try watch.settle(hosts, until: Deadline(after: max(deadline.remaining, Self.shortestSettling)))
    let rest = try takeSeen()
    record.burst = MessageRecord(
      frames: (record.burst?.frames ?? []) + rest.frames,
      deliveries: (record.burst?.deliveries ?? []) + rest.deliveries)
  }

  /// Each message is over, everywhere, before the next is sent.
  private mutating func playInStep() throws(SystemError) {
    for play in scenario.plays {
      guard !hasEnded(play.message.from.value) else { break }
      try resources.stop.check()
      let message = play.message
      let host = message.from.value.other
      let before = message.expect.counters.rises.isEmpty ? nil : try hosts.counters(of: host)
      watch.awaited = AwaitedPackets([play], of: scenario)
      var seen = MessageRecord()
      seen.sendFailure = try send(play)
      try awaitPacket(of: play)
      try watch.settle(hosts, everywhere: false, until: deadline)
      seen.deliveries = try receive(at: host)
      let hasPrograms = programs.runs(in: .sender) || programs.runs(in: .receiver)
      // What a program sent since then is this message's rather than the next one's.
      if hasPrograms { try watch.collect(hosts) }
      if hasPrograms, !watch.hasComeThrough(to: host, seen.deliveries) {
        try watch.settle(hosts, until: deadline)
        seen.deliveries += try receive(at: host)
      }
      seen.frames = watch.takeFrames()
      if let before { seen.rises = NetworkCounters.rises(from: before, to: try hosts.counters(of: host)) }
      record.messages.append(seen)
    }
  }

  /// All messages are sent, and then what was seen is sorted out.
  ///
  /// In lockstep a message still waits for the one before it, as far as a program must have sent that.
  private mutating func playInBurst() throws(SystemError) {
    for play in scenario.plays {
      let host = play.message.from.value
      guard !hasEnded(host) else { break }
      try resources.stop.check()
      var seen = MessageRecord()
      seen.sendFailure = try send(play)
      // What a send call puts on the cable is in the capture at its end when the call returns; so may be what
      // the other host sent before.
      try watch.collect(hosts)
      if !programs.runs(in: host) { seen.frames = watch.takeFrames(sentBy: host) }
      record.messages.append(seen)
      if scenario.pacing == .lockstep { try awaitPacket(of: play) }
    }
    for play in scenario.plays where scenario.pacing == .burst { try awaitPacket(of: play) }
    try watch.settle(hosts, until: deadline)
    record.burst = try takeSeen()
  }

  /// What was seen since the last time, of messages that do not wait for each other.
  private mutating func takeSeen() throws(SystemError) -> MessageRecord {
    let (atSender, atReceiver) = try receive()
    return MessageRecord(
      frames: watch.takeFrames(),
      deliveries: (atReceiver + atSender).sorted { $0.timestamp < $1.timestamp })
  }

  /// Awaits that a program has sent a message, unless it is not to: that is known only when the program has ended.
  private mutating func awaitPacket(of play: Play) throws(SystemError) {
    let host = play.message.from.value
    guard programs.runs(in: host) else { return }
    while true {
      try programs.update()
      // What a program sent before its end is in the capture when its end is known.
      let isDeaf = programs.isDeaf(in: host)
      try watch.collect(hosts)
      guard !isDeaf, let lacking = watch.awaited.lacking(of: play) else { return }
      guard !deadline.hasPassed else {
        throw SystemError("ppoll", .timedOut, detail: "\(lacking) from the program")
      }
      try hosts.wait(
        toRead: programs.readable + hosts.captures, toWrite: programs.writable, until: deadline)
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
        message, from: hosts.receiver, to: hosts.sender.mac, by: &receiverRole, closing: resources.closing)
    }
    let failure = try fromSender.send(
      message, from: hosts.sender, to: hosts.receiver.mac, by: &senderRole, closing: resources.closing)
    if let until = scenario.sendRole.until, until.isWhole(message.payload.value) { senderRole.end() }
    return failure
  }

  /// Whether a host sends no more: the sender does not after its end.
  private func hasEnded(_ host: HostName) -> Bool { host == .sender && senderRole.hasEnded }

  /// What the socket in a host was handed; both are emptied, since what a host is handed of its own must not be taken
  /// for the next message's.
  private mutating func receive(at host: HostName) throws(SystemError) -> [Delivery] {
    let (atSender, atReceiver) = try receive()
    return host == .sender ? atSender : atReceiver
  }

  private mutating func receive() throws(SystemError) -> (atSender: [Delivery], atReceiver: [Delivery]) {
    (try senderRole.receive(into: hosts.buffer), try receiverRole.receive(into: hosts.buffer))
  }
}

extension Scenario {
  /// Whether anything is asked of counters over the whole exchange.
  fileprivate var asksForCounters: Bool { expect.counters.values.contains { !$0.rises.isEmpty } }

  /// How many packets the program in a host may send before it is a flood.
  fileprivate var mostSentByPrograms: [HostName: Int] {
    let limits = HostName.allCases.map { ($0, PacketFlood.mostPackets(from: $0, self)) }
    return Dictionary(uniqueKeysWithValues: limits.compactMap { host, most in most.map { (host, $0) } })
  }
}

extension CaseRecord {
  /// Whether a message may have been delivered nowhere, so that a counter may say why.
  fileprivate var lacksDelivery: Bool {
    let withoutOwn = messages.count { $0.deliveries.isEmpty }
    return withoutOwn > (burst?.deliveries.count ?? 0) || (withoutOwn > 0 && !isHandedOver)
  }

  /// Whether every send call went well and every packet that came to a host was handed to a socket, and to no protocol
  /// of the kernel's own, so that no counter of drops has risen.
  fileprivate var isAllDelivered: Bool {
    all.allSatisfy { $0.sendFailure == nil } && arrived.allSatisfy(\.isUnanswered) && isHandedOver
  }

  /// Whether the socket in each host was handed what came to it on the cable, as it was, and nothing else: what a host
  /// sends to all is handed to its own socket too.
  private var isHandedOver: Bool {
    HostName.allCases.allSatisfy { host in
      all.flatMap(\.deliveries).filter { $0.host == host }.map(\.bytes)
        == arrived.filter { $0.host == host }.map { Array($0.bytes.dropFirst(EthernetHeader.length)) }
    }
  }

  private var arrived: [FrameRecord] { all.flatMap(\.frames).filter { !$0.isOutgoing } }

  private var all: [MessageRecord] { messages + [burst].compactMap { $0 } }
}

extension PacketSocket {
  /// What the kernel counted, without the barrier's own frames.
  fileprivate mutating func counts(without markers: UInt64) throws(SystemError) -> CaptureCounts {
    let statistics = try statistics()
    let received = statistics.received - min(markers, statistics.received)
    return CaptureCounts(received: received, dropped: statistics.dropped)
  }
}
