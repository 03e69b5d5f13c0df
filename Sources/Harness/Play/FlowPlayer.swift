// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// Plays the flows of one scenario, one after the other, between two hosts.
///
/// This thread sends, another receives and checks. The end is proved by the same barrier as for messages: markers
/// that leave from this thread's processor behind the last packet.
struct FlowPlayer: ~Copyable {
  private let scenario: Scenario
  private let deadline: Deadline
  private let resources: RunResources
  let hosts: HostPair
  private var watch = Watch()

  /// A packet that was lost rings no bell: after this long it is asked where the missing ones are.
  private static let patience = Duration.milliseconds(5)

  /// What was seen so far.
  private(set) var record = CaseRecord()

  /// Builds the network, whose captures take the barrier's markers alone.
  init(
    _ scenario: Scenario, with resources: RunResources, until deadline: Deadline
  ) throws(SystemError) {
    hosts = try HostPair(scenario, with: resources, until: deadline)
    self.scenario = scenario
    self.deadline = deadline
    self.resources = resources
  }

  /// Plays the flows.
  ///
  /// - Throws: `ETIMEDOUT` past the deadline, with the record as far as it came.
  mutating func play() throws(SystemError) {
    let home = try resources.processors.keepCurrent()
    defer { resources.processors.restore() }
    for (index, play) in scenario.plays.enumerated() {
      guard let flow = play.message.flow?.value,
        let format = play.message.flowFormat(in: scenario, number: index + 1)
      else { continue }
      try self.play(flow, play.message, format, besides: home)
    }
    for (host, after) in try hosts.counters() {
      record.rises[host] = NetworkCounters.rises(from: nil, to: after)
    }
    record.cable = try hosts.cableRecord()
  }

  /// Takes the hosts down.
  consuming func end() {}

  private mutating func play(
    _ flow: Flow, _ message: Message, _ format: FlowFormat, besides processor: Int
  ) throws(SystemError) {
    let far = message.from.value.other
    let before = (counters: try hosts.counters(of: far), drops: try hosts.interfaceDrops(of: far))
    let receiver = try openReceiver(format, in: far)
    var sender = try openSender(format, message)
    try receiver?.start(besides: processor, of: resources.processors)
    var failure: SystemError?
    do throws(SystemError) {
      try send(flow, &sender, receiver)
      try watch.settle(hosts, until: deadline)
    } catch {
      failure = error
    }
    // Whatever becomes of the flow, the thread comes to its end.
    let tally = try receiver?.finish()
    if let failure { throw failure }
    var seen = MessageRecord()
    seen.rises = NetworkCounters.rises(from: before.counters, to: try hosts.counters(of: far))
    seen.flow = FlowRecord(format, sender, tally)
    seen.flow?.droppedByInterface = try hosts.interfaceDrops(of: far) - before.drops
    record.messages.append(seen)
  }

  /// The socket of the role in a host; an idle one has none.
  private func openReceiver(_ format: FlowFormat, in host: HostName) throws(SystemError) -> FlowReceiver? {
    if case .idle = scenario.role(of: host) { return nil }
    var address: IPAddress?
    if case .receive(let role) = scenario.role(of: host) {
      switch role.bind.value {
      case .any: address = nil
      case .host: address = format.destination
      case .address(let own): address = own
      }
    }
    return try hosts.enter(host) { () throws(SystemError) in try FlowReceiver(format, boundTo: address) }
  }

  private func openSender(_ format: FlowFormat, _ message: Message) throws(SystemError) -> FlowSender {
    let host = message.from.value
    let (near, far) = (hosts.mac(of: host), hosts.mac(of: host.other))
    let (link, closing) = (hosts.link(of: host), resources.closing)
    return try hosts.enter(host) { () throws(SystemError) in
      guard message.wayOut == .frame else { return try FlowSender(format, closedBy: closing) }
      let header = EthernetHeader(destination: far, source: near, etherType: format.version.etherType)
      return try FlowSender(format, under: header, link: link, closedBy: closing)
    }
  }

  // MARK: - Sending

  private mutating func send(
    _ flow: Flow, _ sender: inout FlowSender, _ receiver: FlowReceiver?
  ) throws(SystemError) {
    if let rate = flow.rate?.value {
      try send(flow, &sender, at: FlowPace(rate))
    } else if let receiver {
      try send(flow, &sender, within: FlowWindow(receiver))
    } else {
      // Nobody takes what comes to an idle host, and nothing waits for room there.
      while sender.sent < flow.packets { try sendBatch(FlowSender.mostAtOnce, &sender, of: flow) }
    }
  }

  /// Each packet leaves when it is due: between two of them there is nothing to wait for but the time.
  private func send(_ flow: Flow, _ sender: inout FlowSender, at pace: FlowPace) throws(SystemError) {
    while sender.sent < flow.packets {
      let due = pace.due - sender.sent
      if due > 0 {
        try sendBatch(due, &sender, of: flow)
      } else {
        try checkTime(sender, of: flow)
        let wait = min(pace.wait(for: sender.sent), deadline.remaining)
        try hosts.wait(toRead: [], until: Deadline(after: wait))
      }
    }
  }

  /// Packets leave as fast as the receiver takes them.
  private mutating func send(
    _ flow: Flow, _ sender: inout FlowSender, within opened: FlowWindow
  ) throws(SystemError) {
    var window = opened
    while sender.sent < flow.packets {
      let room = window.room(after: sender.sent)
      if room > 0 {
        try sendBatch(room, &sender, of: flow)
      } else {
        try checkTime(sender, of: flow)
        do throws(SystemError) {
          try awaitRoom(in: &window, after: sender.sent)
        } catch  where error.errno == .timedOut {
          // How far the flow came says more than that a barrier did not come through.
          try checkTime(sender, of: flow)
          throw error
        }
      }
    }
  }

  private func sendBatch(_ most: Int, _ sender: inout FlowSender, of flow: Flow) throws(SystemError) {
    try checkTime(sender, of: flow)
    let isStuck = try sender.send(atMost: most) == 0
    // The kernel's queue moves on as soon as this thread lets it.
    if isStuck { try hosts.wait(toRead: [], until: Deadline(after: .zero)) }
    try hosts.carry()
  }

  private func checkTime(_ sender: borrowing FlowSender, of flow: Flow) throws(SystemError) {
    try resources.stop.check()
    guard deadline.hasPassed else { return }
    throw SystemError(
      "sendmmsg", .timedOut,
      detail: "the end of the flow: \(sender.sent) of \(flow.packets) packets have left")
  }

  /// Waits until the receiver has taken half of what is under way; what is lost on the way it never takes.
  private mutating func awaitRoom(in window: inout FlowWindow, after sent: Int) throws(SystemError) {
    let (receiver, wanted) = (window.receiver, window.half(of: sent))
    let patience = Deadline(after: min(Self.patience, deadline.remaining))
    guard !receiver.await(wanted) else { return }
    while receiver.count < wanted && !patience.hasPassed {
      try hosts.wait(toRead: [receiver.rawDescriptor], until: patience)
    }
    guard receiver.count < wanted else { return }
    // All that has left is in the socket, and when that is empty, what was not received is lost.
    try watch.settle(hosts, until: deadline)
    let question = receiver.askWhetherEmpty()
    while !receiver.isAnswered(question) && !deadline.hasPassed {
      try hosts.wait(toRead: [receiver.rawDescriptor], until: deadline)
    }
    if receiver.isAnswered(question) { window.forgive(sent) }
  }
}

extension FlowRecord {
  fileprivate init(_ format: FlowFormat, _ sender: borrowing FlowSender, _ tally: FlowTally?) {
    self.init(format)
    sent = sender.sent
    retries = sender.retries
    sendingRate = Self.rate(of: sent, from: sender.start, to: sender.end)
    guard let tally else {
      examples[.lost] = Array((1...FlowTally.mostExamples).prefix(sent))
      return
    }
    delivered = tally.delivered
    duplicated = tally.duplicated
    reordered = tally.reordered
    wrong = tally.wrong
    wrongPackets = tally.wrongPackets
    droppedBySocket = tally.dropped
    examples = [.lost: tally.missing, .duplicated: tally.duplicates, .reordered: tally.latecomers]
    rate = Self.rate(of: delivered, from: sender.start, to: tally.end)
    guard delivered > 0 else { return }
    let times = tally.latencies
    latencies = [
      .p50: times.percentile(50), .p90: times.percentile(90), .p99: times.percentile(99), .max: times.max,
    ]
  }

  private static func rate(of count: Int, from start: UInt64, to end: UInt64) -> UInt64 {
    guard count > 0, end > start else { return 0 }
    return UInt64(Double(count) * 1e9 / Double(end - start))
  }
}
