// SPDX-License-Identifier: Apache-2.0

import Wire

/// What a cable may not be asked in one direction although each word of it is right: two things that cannot both be
/// done to a packet, and matches that no packet can be as.
struct CableCheck {
  private(set) var diagnostics = Diagnostics()

  /// Checks what is done to each packet that has a number against what else is done to it, and each match for itself.
  init(_ impairments: Impairments) {
    let orders = impairments.orders
    checkNumbers(orders, impairments)
    checkNumberOfMatches(orders)
    for order in orders {
      if let seen = order.packets.value.seen { checkMatch(seen, at: order.packets.span) }
    }
  }

  // MARK: - Packets by number

  /// What is asked of a packet by its number and what the seed takes is known beforehand.
  private mutating func checkNumbers(_ orders: [CableOrder], _ impairments: Impairments) {
    var asked: [Int: [CableOrder]] = [:]
    for order in orders {
      guard let number = order.packets.value.number else { continue }
      asked[number, default: []].append(order)
      // It is named too: what is done to it is done to one of a pair.
      if order.treatment == .swap { asked[number + 1, default: []] += [] }
    }
    var swap: (order: CableOrder, first: Int)?
    for (number, orders) in asked.sorted(by: { $0.key < $1.key }) {
      let partner = swap.flatMap { $0.first + 1 == number ? $0.order : nil }
      let sorted = PacketOrders(orders, behind: partner, isLost: impairments.loses(number))
      for refusal in sorted.refused { report("packet \(number) \(refusal.reason)", at: refusal.span) }
      swap = sorted.done.first { $0.treatment == .swap }.map { ($0, number) }
    }
  }

  // MARK: - Matches

  /// Each packet is held against each of them.
  private static let mostMatches = 100

  private mutating func checkNumberOfMatches(_ orders: [CableOrder]) {
    let matches = orders.filter { $0.packets.value.seen != nil }
    guard matches.count > Self.mostMatches else { return }
    report(
      "a cable compares each packet with at most \(Self.mostMatches) matches in a direction, but there are"
        + " \(matches.count): ask for several values at once, { oneOf: [1, 2] }, for several places, "
        + "{ nth: [1, 3] }, or name packets by their number",
      at: matches[Self.mostMatches].packets.span)
  }

  private mutating func checkMatch(_ seen: Seen, at span: SourceSpan?) {
    diagnostics.report(transportsOf: seen)
    checkProtocol(seen)
    checkChecksums(seen)
    checkFrame(seen.frame)
    if seen.asksForAnything {
      report("every packet matches this: \"any\" requires nothing of it", at: span)
    }
  }

  private mutating func checkProtocol(_ seen: Seen) {
    guard let layer = seen.transport?.layer else { return }
    for field in [IPField.protocol, .nextHeader] {
      guard let asked = seen.header.matchers[field] else { continue }
      report(
        "`\(layer.filterName)` implies protocol \(layer.number): leave `\(field.rawValue)` out",
        at: asked.span)
    }
  }

  private mutating func checkChecksums(_ seen: Seen) {
    for matcher in (seen.transport?.matchers ?? [:]).values where matcher.value == .offloaded {
      report("a cable sees packets as on a wire: no checksum is left to a network card", at: matcher.span)
    }
  }

  /// The cable treats frames of one kind alone.
  private mutating func checkFrame(_ frame: FrameMatchers) {
    for (key, span) in [("vlan", frame.vlan?.span), ("etherType", frame[.etherType]?.span)] {
      report("the cable treats only IP packets in untagged frames: leave `\(key)` out", at: span)
    }
  }

  private mutating func report(_ message: String, at span: SourceSpan?) {
    guard let span else { return }
    diagnostics.report(message, at: span)
  }
}

extension Seen {
  /// Whether every packet is as asked, since nothing is asked but "any".
  fileprivate var asksForAnything: Bool {
    let isHeaderAny = header.matchers.values.allSatisfy { $0.value == .any }
    let areOptionsAny =
      (header.options.map { $0.value == .any } ?? true)
      && (header.extensions.map { $0.value == .any } ?? true)
    return isHeaderAny && areOptionsAny && transports.isEmpty && payload == nil && frame.vlan == nil
      && frame.matchers.values.allSatisfy { $0.value == .any }
  }
}

extension Diagnostics {
  /// Reports what a cable is asked that the exchange of a scenario can never bring about.
  mutating func report(cable: Located<Cable>, in scenario: Scenario) {
    for host in HostName.allCases {
      if let offload = scenario.network[host].offload, offload.value {
        report(
          "a cable sees packets as on a wire: leave \"offload\" or \"cable\" out",
          at: offload.span ?? scenario.whole)
      }
      report(cable.value[from: host], from: host, at: cable.span ?? scenario.whole, in: scenario)
    }
  }

  private mutating func report(
    _ impairments: Impairments, from host: HostName, at span: SourceSpan, in scenario: Scenario
  ) {
    let entering = EnteringPackets(scenario, from: host)
    for order in impairments.orders {
      if let problem = entering.problem(with: order.packets.value, swaps: order.treatment == .swap) {
        report(problem, at: order.packets.span ?? span)
      }
      if let problem = entering.problem(with: order, isLockstep: scenario.isOfLockstepMessages) {
        report(problem, at: order.span ?? span)
      }
    }
    for delay in impairments.delay where delay.by.value >= scenario.timeout {
      report(
        "the case times out while this packet is held back: give it a longer timeout",
        at: delay.by.span ?? span)
    }
  }
}

extension Scenario {
  /// Whether each message is over before the next is sent.
  fileprivate var isOfLockstepMessages: Bool { pacing == .lockstep && !isOfFlows }
}

/// A host's packets in the order in which they enter the cable, as far as they are known beforehand.
private struct EnteringPackets {
  /// The play that sends each packet, and the packet's length where one carries the whole message.
  private var packets: [(play: Int, length: Int?)] = []
  /// Whether nothing but the host's own messages can be any.
  private let areAll: Bool
  private let host: HostName

  init(_ scenario: Scenario, from host: HostName) {
    self.host = host
    // The host's kernel may answer what comes from the other, also an answer that flipped bits have made a request,
    // and a program sends as it likes.
    let backFlips = scenario.network.cable?.value[from: host.other].corrupt ?? []
    areAll =
      !scenario.hasPrograms && !scenario.isOfStreams && backFlips.isEmpty
      && scenario.exchange.allSatisfy { $0.from.value == host }
    guard areAll else { return }
    let pieces = scenario.exchange.map { $0.pieces(in: scenario) }
    for (index, play) in scenario.plays.enumerated() {
      packets += pieces[play.number - 1].map { (index, $0) }
    }
  }

  /// How many there are; nil where that is not known.
  private var most: Int? { areAll ? packets.count : nil }

  /// What is said where packets that are named are known never to enter; nil where they may.
  func problem(with choice: PacketChoice, swaps: Bool) -> String? {
    guard let most else { return nil }
    let sends = "the \(host.rawValue) sends \(most)"
    guard let number = choice.number else {
      return choice.missing(of: most).map {
        "the cable never sees \($0.words) of those that match: \(sends)"
      }
    }
    return [number, swaps ? number + 1 : number].first { $0 > most }.map {
      "packet \($0) never enters the cable: \(sends)"
    }
  }

  /// What is said where something is known not to fit a packet; nil where it may.
  func problem(with order: CableOrder, isLockstep: Bool) -> String? {
    guard let number = order.packets.value.number else { return nil }
    let length = length(of: number) ?? .max / 8
    switch order.treatment {
    case .flip(let bit) where bit >= length * 8:
      return "packet \(number) has \(length) bytes: there is no bit \(bit)"
    case .cut(let rest) where rest >= length:
      return "packet \(number) has \(length) bytes: it cannot be truncated to \(rest)"
    case .swap where isLockstep && areOfTwoPlays([number, number + 1]):
      return
        "in lockstep packet \(number + 1) is sent only when packet \(number) is over, so they cannot change"
        + " places: use pacing: \"burst\""
    default: return nil
    }
  }

  /// The length of a packet in bytes; nil where it is not known.
  private func length(of number: Int) -> Int? {
    packets.indices.contains(number - 1) ? packets[number - 1].length : nil
  }

  /// Whether packets are known to be of different plays.
  private func areOfTwoPlays(_ numbers: [Int]) -> Bool {
    let known = numbers.filter { packets.indices.contains($0 - 1) }.map { packets[$0 - 1].play }
    return Set(known).count > 1
  }
}

extension Message {
  /// The lengths of the packets that carry the message, nil for those that the kernel makes of one.
  fileprivate func pieces(in scenario: Scenario) -> [Int?] {
    if let flow = flow?.value {
      let length = version.minimumHeaderLength + flow.size.value
      return Array(repeating: length, count: min(flow.packets, Flow.mostPacketsOverCable))
    }
    guard expect.error == nil, frame.etherType.map({ $0.value == version.etherType.rawValue }) ?? true else {
      return []
    }
    let packet = packet(in: scenario)
    let (header, length) = (packet.header.byteCount, packet.bytes.count)
    guard wayOut.isUnderKernelHeader, length > scenario.network.mtu else { return [length] }
    // RFC 791 §3.2: all pieces but the last carry whole units of 8 bytes, and each as much as fits; of IPv6 each has a
    // header of its own for that (RFC 8200 §4.5).
    let room = max(8, scenario.network.mtu - header - (version == .v6 ? IPv6ExtensionHeader.unit : 0))
    let unit = room / 8 * 8
    let piecesBeforeLast = (packet.payload.count - room + unit - 1) / unit
    return Array(repeating: nil, count: piecesBeforeLast + 1)
  }
}
