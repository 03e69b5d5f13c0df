// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// Plays one scenario's exchange between two hosts and records all that is seen of it.
struct Player: ~Copyable {
  let scenario: Scenario
  let deadline: Deadline
  let resources: RunResources
  var stage: Stage
  var programs = Programs()
  /// The built-in roles' ends of the connection, where messages are streams.
  var streams: StreamEnds?
  private var fromSender: MessageSender
  private var fromReceiver: MessageSender
  /// What the counters were at when this case began: all where it asks for any, else those that tell of drops alone.
  /// Empty where nobody has read them in these hosts: such counters began at 0.
  private let countersBefore: [HostName: NetworkCounters.Reading]
  private let hostChanges: HostChanges

  /// Whether what a program has sent at will may still be under way.
  private var isUnsettled = false
  private var messages: SentMessages
  /// What was seen so far of the message that is awaited to be read or answered.
  private var underWay = MessageRecord()

  /// How many packets are sent in a burst before those that came are taken.
  private static let mostUnreceived = 32

  /// What was seen so far.
  var record = CaseRecord()

  /// Takes hosts that have served another case, or builds the network, with what the run's cases share.
  init(
    _ scenario: Scenario, spare: inout SpareHosts, with resources: RunResources, until deadline: Deadline
  ) throws(SystemError) {
    let used = spare.take(for: scenario)
    let isUsed = used != nil
    var pair =
      if let used { used } else { try HostPair(scenario, with: resources, until: deadline) }
    if scenario.asksForCounters { pair.lastCounters = try pair.counters() }
    let counters = pair.lastCounters
    let changes = try HostChanges(scenario, pair)
    let watch = Watch(
      awaiting: AwaitedPackets(of: scenario), mostSent: scenario.mostSentByPrograms,
      after: isUsed ? spare.lastMarker : BarrierMarker.startOfSeries())
    let built = try Stage(scenario, pair, watch)
    stage = built
    messages = SentMessages(scenario)
    fromSender = MessageSender(scenario)
    fromReceiver = MessageSender(scenario)
    countersBefore = counters
    hostChanges = changes
    record.macs = [.sender: stage.hosts.sender.mac, .receiver: stage.hosts.receiver.mac]
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
      stage.watch.processors = [home] + resources.processors.processors.filter { $0 != home }
    }
    do throws(SystemError) {
      try openStreams()
      if scenario.hasPrograms { try playWithPrograms() } else { try playExchange() }
    } catch {
      // What was seen by then is recorded even if the exchange came to no end.
      noteStreams()
      let seen = (try? stage.takeSeen()) ?? MessageRecord(frames: stage.watch.takeFrames())
      record.unfinished = MessageRecord(
        frames: seen.frames, deliveries: underWay.deliveries + seen.deliveries)
      throw error
    }
    noteStreams()
    if stage.sender.hasEnded { record.ended.insert(.sender) }
    if stage.receiver.hasEnded { record.ended.insert(.receiver) }
    let isAskedByNext = scenario.mayShareHosts && !record.isAllDelivered
    if scenario.asksForCounters || record.lacksDelivery || isAskedByNext { try readCounters() }
  }

  /// What is read is what the next case in these hosts begins with; those between leave the counters of drops alone.
  private mutating func readCounters() throws(SystemError) {
    stage.hosts.lastCounters = try stage.hosts.counters()
    for (host, after) in stage.hosts.lastCounters {
      record.rises[host] = NetworkCounters.rises(from: countersBefore[host], to: after)
    }
  }

  /// Records what the captures counted, also of an exchange that came to no end.
  mutating func countCaptures() throws(SystemError) {
    let markers = stage.watch.markers
    record.counts[.sender] = try stage.hosts.sender.capture.counts(without: markers[.sender] ?? 0)
    record.counts[.receiver] = try stage.hosts.receiver.capture.counts(without: markers[.receiver] ?? 0)
    record.cable = try stage.hosts.cableRecord()
    if record.lacksDelivery { record.overflowed = try stage.overflowed(record.rises) }
  }

  /// What the hosts do otherwise because of settings of the machine that could not be set in them, in sentences.
  func deviations() -> [String] {
    HostName.allCases.flatMap { host in
      let found = try? stage.hosts.enter(host) { () throws(SystemError) in InheritedSettings.deviations }
      return (found ?? []).map { deviation in
        "\(deviation.name) is \(deviation.value) in the \(host.rawValue), as on this machine, and could not be changed"
          + " there: its kernel \(deviation.effect)."
      }
    }
  }

  /// Ends the roles and hands the hosts over where others may have them; else they are taken down.
  consuming func end(handingTo spare: inout SpareHosts) throws(SystemError) {
    let (scenario, record, lastMarker) = (scenario, record, stage.watch.lastMarker)
    let hosts = try stage.takeHosts()
    try spare.keep(hosts, of: scenario, record, lastMarker: lastMarker)
  }

  private mutating func playExchange() throws(SystemError) {
    guard !scenario.isOfStreams else {
      try playStreams()
      return
    }
    switch scenario.pacing {
    case .lockstep: try playInStep()
    case .burst: try playInBurst()
    }
  }

  // MARK: - Lockstep

  /// Each message is over, everywhere, before the next is sent: one to a program when that has read it.
  private mutating func playInStep() throws(SystemError) {
    var last: Play?
    for play in scenario.plays {
      guard !hasEnded(play.message.from.value) else { break }
      last = play
      try resources.stop.check()
      underWay = MessageRecord()
      let message = play.message
      let host = message.from.value.other
      let before = message.expect.counters.rises.isEmpty ? nil : try stage.hosts.counters(of: host)
      var seen = scenario.hasPrograms ? try playWithProgram(play) : try playAlone(play)
      seen.frames = stage.watch.takeFrames()
      if let before {
        seen.rises = NetworkCounters.rises(from: before, to: try stage.hosts.counters(of: host))
      }
      record.messages.append(seen)
    }
    guard isUnsettled else { return }
    let marker = stage.watch.lastMarker
    try stage.settle(until: deadline)
    isUnsettled = false
    noteOver(upTo: last)
    try awaitReadingOfAll(after: marker)
  }

  private mutating func playAlone(_ play: Play) throws(SystemError) -> MessageRecord {
    var seen = MessageRecord()
    seen.sendFailure = try send(play)
    try stage.settle(everywhere: false, until: deadline)
    seen.deliveries = try stage.takeDeliveries(at: play.message.from.value.other)
    return seen
  }

  private mutating func playWithProgram(_ play: Play) throws(SystemError) -> MessageRecord {
    let host = play.message.from.value.other
    let sentBefore = stage.watch.count(sentBy: host)
    var seen = MessageRecord()
    if isSentAtWill(play.message) {
      // Nobody waits for it: a barrier now would only stand between it and the next that it sends.
      try awaitPacket(of: play)
      try lookAtSockets(for: play.message)
      isUnsettled = true
      return seen
    }
    if isUnsettled { try stage.settle(until: deadline) }
    isUnsettled = false
    seen.hasTaker = try hasTaker(play.message)
    let marker = stage.watch.lastMarker
    seen.sendFailure = try send(play)
    try awaitPacket(of: play)
    try stage.settle(everywhere: false, until: deadline)
    seen.deliveries = try stage.takeDeliveries(at: host, keepingOthers: true)
    // What a program sent since then is this message's rather than the next one's.
    try stage.watch.collect(stage.hosts)
    if !stage.watch.hasComeThrough(to: host, seen.deliveries) {
      try stage.settle(until: deadline)
      seen.deliveries += try stage.takeDeliveries(at: host, keepingOthers: true)
    }
    underWay = seen
    noteOver(upTo: play)
    if seen.hasTaker == true { try awaitReading(of: play, after: marker) }
    try awaitAnswers(to: play, after: sentBefore)
    return seen
  }

  // MARK: - Burst

  /// All messages are sent, and then what was seen is sorted out.
  private mutating func playInBurst() throws(SystemError) {
    var last: Play?
    for play in scenario.plays {
      let host = play.message.from.value
      guard !hasEnded(host) else { break }
      last = play
      try resources.stop.check()
      var seen = MessageRecord()
      seen.hasTaker = try hasTaker(play.message)
      seen.sendFailure = try send(play)
      // What a send call puts on the cable is in the capture at its end when the call returns; so may be what
      // the other host sent before.
      try stage.watch.collect(stage.hosts)
      if !programs.runs(in: host) { seen.frames = stage.watch.takeFrames(sentBy: host) }
      record.messages.append(seen)
      // A socket has room for so many packets, and more are to come.
      if play.position % Self.mostUnreceived == 0 { try stage.receive() }
    }
    if scenario.hasPrograms {
      for play in scenario.plays { try awaitPacket(of: play) }
    }
    let marker = stage.watch.lastMarker
    try stage.settle(until: deadline)
    noteOver(upTo: last)
    try awaitReadingOfAll(after: marker)
    record.burst = try stage.takeSeen()
  }

  // MARK: - Sending

  private mutating func send(_ play: Play) throws(SystemError) -> SendFailure? {
    guard !programs.runs(in: play.message.from.value) else {
      try programs.type(play)
      return nil
    }
    guard let message = messages.message(of: play, after: record) else { return nil }
    let closing = resources.closing
    if message.from.value == .receiver {
      return try fromReceiver.send(
        message, from: stage.hosts.receiver, to: stage.hosts.sender.mac, by: stage.receiver, closing: closing
      )
    }
    let failure = try fromSender.send(
      message, from: stage.hosts.sender, to: stage.hosts.receiver.mac, by: stage.sender, closing: closing)
    if let until = scenario.sendRole.until, until.isWhole(message.payload.value) { stage.sender.end() }
    return failure
  }

  /// Whether a host sends no more: the sender does not after its end.
  private func hasEnded(_ host: HostName) -> Bool { host == .sender && stage.sender.hasEnded }

  // MARK: - Programs

  /// Where programs have used up the case's time, what they sent is awaited for this long.
  private static let shortestSettling = Duration.milliseconds(200)

  /// Whatever becomes of the exchange, nothing is left of the programs when it is over.
  private mutating func playWithPrograms() throws(SystemError) {
    var failure: SystemError?
    do throws(SystemError) {
      let isReady = try programs.start(scenario, &stage, with: resources, until: deadline)
      if isReady { try playExchange() }
      try programs.end(scenario, &stage, until: deadline)
      try settleAfterPrograms()
    } catch {
      failure = error
      if error.errno == .canceled { try programs.interrupt() }
      try programs.kill()
    }
    record.programs = programs.records
    record.hostChanges = try hostChanges.found(in: stage.hosts)
    if let failure {
      if record.hostChanges.isEmpty { record.hostChanges = hostChanges.lapse(failure) }
      throw failure
    }
  }

  /// What programs sent until their end is recorded beside the messages.
  private mutating func settleAfterPrograms() throws(SystemError) {
    // What is there already could leave no room for the barrier.
    try stage.collect()
    if scenario.isOfStreams { try awaitEndOfConnection() }
    try stage.settle(until: Deadline(after: max(deadline.remaining, Self.shortestSettling)))
    let rest = try stage.takeSeen()
    record.burst = MessageRecord(
      frames: (record.burst?.frames ?? []) + rest.frames,
      deliveries: (record.burst?.deliveries ?? []) + rest.deliveries)
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

extension PacketSocket {
  /// What the kernel counted, without the barrier's own frames.
  fileprivate mutating func counts(without markers: UInt64) throws(SystemError) -> CaptureCounts {
    let statistics = try statistics()
    let received = statistics.received - min(markers, statistics.received)
    return CaptureCounts(received: received, dropped: statistics.dropped)
  }
}
