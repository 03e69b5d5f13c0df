// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Which of the packets of a case are which message, which came back on its account, and which are nobody's.
///
/// What a built-in role sends is known by its call. What a program sends is given to the messages as explains most of
/// it; what nobody asked for, such as an identification that the kernel chose, says nothing of whose it is.
struct Attribution: Sendable {
  /// What was seen of each play that was played or under way, in order.
  private(set) var passages: [Passage] = []
  /// The numbers of the messages that were delivered, in order.
  private(set) var deliveryOrder: [Int] = []
  /// What nobody accounts for, in the order in which it was seen; what kernels send by themselves is set aside.
  private(set) var unaccounted: [Unaccounted] = []

  /// Sorts what was seen.
  init(_ scenario: Scenario, _ record: CaseRecord) {
    var sorting = Sorting(scenario, record)
    sorting.sortSent()
    sorting.sortArrived()
    sorting.sortDelivered()
    sorting.sortOthers()
    passages = sorting.passages
    deliveryOrder = sorting.deliveryOrder
    unaccounted = sorting.unaccounted
  }
}

/// The sorting of what was seen, place by place: whose a packet is follows from where it was before.
private struct Sorting {
  private let scenario: Scenario
  private let seen: SeenPackets
  private(set) var passages: [Passage]
  private(set) var deliveryOrder: [Int] = []
  private(set) var unaccounted: [Unaccounted] = []
  /// The packets that are no message's so far.
  private var rest: [SeenPackets.Packet] = []
  /// The plays by the packets that the cable numbered.
  private var owners: [CablePacket: Int] = [:]
  /// What the sockets of programs are handed.
  private let sockets: ProgramSockets
  /// Whether a file says that what kernels send by themselves comes back on a message's account.
  private let asksForHousekeeping: Bool
  /// The first play from each host that may miss its delivery.
  private var firstMissing: [HostName: Int] = [:]

  init(_ scenario: Scenario, _ record: CaseRecord) {
    self.scenario = scenario
    seen = SeenPackets(scenario, record)
    let sockets = ProgramSockets(scenario, record)
    self.sockets = sockets
    asksForHousekeeping = scenario.exchange.contains(where: \.asksForHousekeeping)
    let asked = scenario.exchange.map { $0.packet(in: scenario) }
    let underWay = record.unfinished == nil || scenario.pacing == .burst ? 0 : 1
    var messages = SentMessages(scenario)
    passages = scenario.plays.prefix(record.messages.count + underWay).map { play in
      let isOfProgram = sockets.hosts.contains(play.message.from.value)
      guard !isOfProgram, play.message.dependsOnWhatArrived else {
        return Passage(play, asked: asked[play.number - 1], isOfProgram: isOfProgram)
      }
      guard let message = messages.message(of: play, after: record) else {
        return Passage(play, asked: asked[play.number - 1], isNotDue: true)
      }
      let packet = message.packet(in: scenario)
      return Passage(message.quoted == nil ? play : play.of(message), asked: packet)
    }
  }

  private func isOfProgram(_ host: HostName) -> Bool { sockets.hosts.contains(host) }

  /// The play while which something was seen, where its packets are those seen meanwhile: a message of a built-in role.
  private func play(in window: Int?, from host: HostName) -> Int? {
    guard let window, window < passages.count, passages[window].play.message.from.value == host,
      !isOfProgram(host)
    else { return nil }
    return window
  }

  private mutating func add(_ sighting: Sighting, to index: Int) {
    passages[index].add(sighting)
    if sighting.place == .sent, let packet = sighting.captured?.cablePacket { owners[packet] = index }
  }

  // MARK: - Sent

  mutating func sortSent() {
    var pools: [HostName: [SeenPackets.Packet]] = [:]
    for packet in seen.packets where packet.captured.isOutgoing {
      let host = packet.captured.host
      if let index = play(in: packet.window, from: host),
        let sighting = passages[index].sighting(of: packet.captured)
      {
        add(sighting, to: index)
      } else {
        pools[host, default: []].append(packet)
      }
    }
    for host in HostName.allCases {
      guard let all = pools[host] else { continue }
      let own = passages.indices.filter { passages[$0].play.message.from.value == host }
      let kernels = resetsOfKernel(in: all, of: host, besides: own)
      rest += kernels
      let pool = kernels.isEmpty ? all : all.filter { !isReset($0) }
      // In lockstep what a built-in role did not send while its message passed is none of its messages.
      guard isOfProgram(host) || scenario.pacing == .burst else {
        rest += pool
        continue
      }
      let assignment = SentAssignment(own.map { passages[$0] }, pool.map(\.captured))
      for (packet, taker) in zip(pool, assignment.takers) {
        guard let taker,
          let sighting = Sighting(packet.captured, place: .sent, asked: passages[own[taker]].asked)
        else {
          rest.append(packet)
          continue
        }
        add(sighting, to: own[taker])
      }
    }
  }

  /// The resets that the kernel of a host has sent by itself: all, where no message asks for one and the program there has
  /// no socket to make one with (RFC 9293 §3.10.7.1).
  private func resetsOfKernel(
    in packets: [SeenPackets.Packet], of host: HostName, besides own: [Int]
  ) -> [SeenPackets.Packet] {
    guard !sockets.mayMakeSegments(in: host), !own.contains(where: { passages[$0].asked.isReset }) else {
      return []
    }
    return packets.filter(isReset)
  }

  private func isReset(_ packet: SeenPackets.Packet) -> Bool { packet.captured.packet?.isReset == true }

  // MARK: - Arrived

  mutating func sortArrived() {
    for host in HostName.allCases {
      let arrived = seen.packets.filter { !$0.captured.isOutgoing && $0.captured.host == host.other }
      var pool: [SeenPackets.Packet] = []
      for packet in arrived {
        let index = packet.captured.cablePacket.map { owners[$0] } ?? play(in: packet.window, from: host)
        if let index, let sighting = passages[index].sighting(of: packet.captured) {
          add(sighting, to: index)
        } else if packet.captured.cablePacket != nil {
          rest.append(packet)
        } else {
          pool.append(packet)
        }
      }
      passOn(pool, from: host)
    }
  }

  private mutating func passOn(_ pool: [SeenPackets.Packet], from host: HostName) {
    guard !pool.isEmpty, isOfProgram(host) || scenario.pacing == .burst else {
      rest += pool
      return
    }
    var assignment = OnwardAssignment(passages, from: host, to: .arrived)
    let strays = rest.map(\.captured).filter { $0.isOutgoing && $0.host == host }
    let takers = assignment.takers(
      of: pool.map { OnwardPacket(bytes: $0.captured.bytes, version: $0.captured.version, isCut: false) },
      besides: Set(strays.map { ByteKey($0.bytesWithoutPadding) }))
    for (packet, taker) in zip(pool, takers) {
      if let taker, let sighting = passages[taker].sighting(of: packet.captured) {
        add(sighting, to: taker)
      } else {
        rest.append(packet)
      }
    }
  }

  // MARK: - Delivered

  mutating func sortDelivered() {
    for host in HostName.allCases {
      let handed = seen.deliveries.filter { $0.delivery.host == host.other }
      var takers: [Int?] = handed.map { play(in: $0.window, from: host) }
      let pooled = takers.indices.filter { takers[$0] == nil && !handed[$0].delivery.isStub }
      if isOfProgram(host) || scenario.pacing == .burst {
        var assignment = OnwardAssignment(passages, from: host, to: .delivered)
        let others = rest.map(\.captured).filter { !$0.isOutgoing && $0.host == host.other }
        let packets = pooled.map { index in
          let delivery = handed[index].delivery
          return OnwardPacket(
            bytes: delivery.bytes, version: delivery.version,
            isCut: delivery.bytes.count < delivery.originalLength, isMadeUp: delivery.isMadeUp)
        }
        let assigned = assignment.takers(
          of: packets, besides: Set(others.map { ByteKey($0.bytesWithoutPadding) }))
        for (index, taker) in zip(pooled, assigned) { takers[index] = taker }
      }
      for (one, taker) in zip(handed, takers) { deliver(one, to: taker, from: host) }
    }
  }

  private mutating func deliver(_ handed: SeenPackets.Handed, to taker: Int?, from host: HostName) {
    let delivery = handed.delivery
    if delivery.isStub {
      if let index = taker ?? stubTaker(from: host) { passages[index].add(delivery) }
    } else if let taker, let sighting = passages[taker].sighting(of: delivery),
      sockets.take(sighting, isOfTransport: passages[taker].play.message.transport != nil, in: delivery.host)
    {
      passages[taker].add(sighting)
      deliveryOrder.append(passages[taker].play.number)
    }
  }

  /// What is too short to say whose it is belongs to the first that misses it, else to the first of all.
  private mutating func stubTaker(from host: HostName) -> Int? {
    var next = firstMissing[host] ?? 0
    while next < passages.count, !passages[next].misses(from: host) { next += 1 }
    firstMissing[host] = next
    return next < passages.count ? next : passages.firstIndex { $0.play.message.from.value == host }
  }

  // MARK: - What else was seen

  /// Gives what came back to the plays that await it: to the one while which it came, else in order.
  mutating func sortOthers() {
    let ip = rest.filter { IPVersion($0.captured.ethernet.etherType) != nil }
    let windows = Dictionary(uniqueKeysWithValues: ip.map { ($0.captured.position, $0.window) })
    let others = OtherPacket.join(ip.map(\.captured)).map {
      Unaccounted($0, window: windows[$0.position] ?? nil)
    }
    var left: [Unaccounted] = []
    for (window, packets) in Self.byWindow(others) {
      // What a program is sent back comes when it comes, and not while its message passed.
      if let window, window < passages.count, scenario.pacing == .lockstep, !passages[window].isOfProgram {
        left += takeReturned([window], from: packets)
      } else {
        left += packets
      }
    }
    if scenario.pacing == .burst || scenario.hasPrograms {
      left = takeReturned(passages.indices.filter { !passages[$0].hasAllReturned }, from: left)
    }
    guard scenario.expect.unexpected == .fail else { return }
    let frames = rest.filter { IPVersion($0.captured.ethernet.etherType) == nil }.map(OtherFrame.init)
    let all = left + Unaccounted.join(seen.others + frames)
    unaccounted = all.filter { !$0.summary.isHousekeeping && !isAllowed($0) }
      .sorted { $0.positions[0] < $1.positions[0] }
  }

  /// Gives plays, one after another, what came back to them, and gives back the rest.
  private mutating func takeReturned(_ plays: [Int], from others: [Unaccounted]) -> [Unaccounted] {
    var left: Set<Int> = []
    for host in HostName.allCases {
      let returning = others.filter { !$0.summary.isHousekeeping || asksForHousekeeping }
      var packets = ReturningPackets(returning.compactMap(\.packet), to: host)
      for index in plays where passages[index].play.message.from.value == host {
        passages[index].takeReturned(from: &packets)
      }
      left.formUnion(packets.leftPositions)
    }
    return others.filter {
      left.contains($0.positions[0]) || ($0.summary.isHousekeeping && !asksForHousekeeping)
    }
  }

  /// Whether the file passes over it, or has no exchange, so that whatever goes between the hosts may.
  private func isAllowed(_ one: Unaccounted) -> Bool {
    if scenario.expect.ignored.contains(where: { $0.matches(one) }) { return true }
    guard scenario.exchange.isEmpty, let packet = one.packet?.packet else { return false }
    return [packet.header.source, packet.header.destination].allSatisfy { address in
      HostName.allCases.contains { scenario.network[$0].has(address) }
    }
  }

  /// What was seen by the plays while which it was, in order; in a burst all of it together.
  private static func byWindow(_ others: [Unaccounted]) -> [(window: Int?, packets: [Unaccounted])] {
    var groups: [(window: Int?, packets: [Unaccounted])] = []
    var places: [Int?: Int] = [:]
    for one in others {
      if let place = places[one.window] {
        groups[place].packets.append(one)
      } else {
        places[one.window] = groups.count
        groups.append((one.window, [one]))
      }
    }
    return groups
  }
}

extension Message {
  /// Whether what kernels send by themselves comes back on its account.
  fileprivate var asksForHousekeeping: Bool {
    expect.returned.contains { seen in
      guard let transport = seen.transport, transport.layer.number == IPVersion.v6.controlProtocol else {
        return false
      }
      let type = transport.matchers["type"]?.value ?? .any
      return FrameSummary.housekeeping.contains { type.matches(UInt128($0)) }
    }
  }
}

extension Passage {
  /// Whether it comes from a host, must be delivered and was not yet.
  fileprivate func misses(from host: HostName) -> Bool {
    play.message.from.value == host && count(at: .delivered) == 0
      && play.message.expect.mustBeSeen(at: .delivered)
  }
}

extension Delivery {
  /// Whether it is too short to say whose it is.
  var isStub: Bool { bytes.count < version.minimumHeaderLength }
}
