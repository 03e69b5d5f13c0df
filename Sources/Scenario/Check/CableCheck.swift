// SPDX-License-Identifier: Apache-2.0

import Wire

/// What a cable may not be asked in one direction although each word of it is right: two things that cannot both be
/// done to a packet.
struct CableCheck {
  private(set) var diagnostics = Diagnostics()

  /// Checks what is done to each packet against what else is done to it.
  init(_ impairments: Impairments) {
    checkRepetitions(impairments)
    checkDrops(impairments)
    checkLoss(impairments)
    checkPairs(impairments)
    checkBits(impairments)
  }

  /// A packet is dropped, duplicated, delayed or cut once.
  private mutating func checkRepetitions(_ impairments: Impairments) {
    let lists = [
      ("drop", impairments.drop), ("duplicate", impairments.duplicate),
      ("delay", impairments.delay.map(\.packet)),
      ("truncate", impairments.truncate.map(\.packet)),
    ]
    for (name, packets) in lists {
      var seen: Set<Int> = []
      for packet in packets where !seen.insert(packet.value).inserted {
        report("packet \(packet.value) is in \"\(name)\" twice", at: packet.span)
      }
    }
  }

  private mutating func checkDrops(_ impairments: Impairments) {
    let dropped = Set(impairments.drop.map(\.value))
    let others = impairments.named.dropFirst(impairments.drop.count)
    for packet in others where dropped.contains(packet.value) {
      report("packet \(packet.value) is dropped: nothing else can be done to it", at: packet.span)
    }
  }

  /// What the seed takes is known beforehand.
  private mutating func checkLoss(_ impairments: Impairments) {
    for packet in impairments.named where impairments.loses(packet.value) {
      report("packet \(packet.value) is lost by the seed: nothing else can be done to it", at: packet.span)
    }
  }

  /// A pair is told by places alone: what else moves one of the two would undo it or make it another.
  private mutating func checkPairs(_ impairments: Impairments) {
    var swapped: Set<Int> = []
    for pair in impairments.swap {
      if let again = pair.value.first(where: swapped.contains) {
        report("packet \(again) changes places twice", at: pair.span)
      }
      swapped.formUnion(pair.value)
    }
    for delay in impairments.delay where swapped.contains(delay.packet.value) {
      report(
        "packet \(delay.packet.value) changes places with another: it cannot be delayed too",
        at: delay.packet.span)
    }
  }

  private mutating func checkBits(_ impairments: Impairments) {
    var flipped: Set<[Int]> = []
    for corruption in impairments.corrupt {
      let (packet, bit) = (corruption.packet.value, corruption.bit.value)
      if !flipped.insert([packet, bit]).inserted {
        report("bit \(bit) of packet \(packet) is flipped twice", at: corruption.bit.span)
      }
      guard let cut = impairments.truncate.first(where: { $0.packet.value == packet }),
        bit >= cut.to.value * 8
      else { continue }
      report(
        "packet \(packet) is cut to \(cut.to.value) bytes: its bit \(bit) does not come out",
        at: corruption.bit.span)
    }
  }

  private mutating func report(_ message: String, at span: SourceSpan?) {
    guard let span else { return }
    diagnostics.report(message, at: span)
  }
}

extension Diagnostics {
  /// Reports what a cable is asked that the exchange of a scenario can never bring about.
  mutating func report(cable: Located<Cable>, in scenario: Scenario) {
    for host in HostName.allCases {
      if let offload = scenario.network[host].offload, offload.value {
        report(
          "what a cable acts on is as on a wire: leave \"offload\" or \"cable\" out",
          at: offload.span ?? scenario.whole)
      }
      report(cable.value[from: host], from: host, at: cable.span ?? scenario.whole, in: scenario)
    }
  }

  private mutating func report(
    _ impairments: Impairments, from host: HostName, at span: SourceSpan, in scenario: Scenario
  ) {
    let entering = EnteringPackets(scenario, from: host)
    for packet in impairments.named where packet.value > entering.most ?? .max {
      report(
        "packet \(packet.value) never enters the cable: the \(host.rawValue) sends \(entering.most ?? 0)",
        at: packet.span ?? span)
    }
    for corruption in impairments.corrupt {
      guard let length = entering.length(of: corruption.packet.value), corruption.bit.value >= length * 8
      else {
        continue
      }
      report(
        "packet \(corruption.packet.value) has \(length) bytes: there is no bit \(corruption.bit.value)",
        at: corruption.bit.span ?? span)
    }
    for cut in impairments.truncate {
      guard let length = entering.length(of: cut.packet.value), cut.to.value >= length else { continue }
      report(
        "packet \(cut.packet.value) has \(length) bytes: it cannot be cut to \(cut.to.value)",
        at: cut.to.span ?? span)
    }
    for pair in impairments.swap
    where scenario.pacing == .lockstep && !scenario.isOfFlows && entering.areOfTwoPlays(pair.value) {
      report(
        "in lockstep packet \(pair.value[1]) is sent when packet \(pair.value[0]) is over, so that they cannot change"
          + " places: pacing: \"burst\"", at: pair.span ?? span)
    }
    for delay in impairments.delay where delay.by.value >= scenario.timeout {
      report(
        "the case's time runs out while this packet is held back: a longer timeout",
        at: delay.by.span ?? span)
    }
  }
}

/// A host's packets in the order in which they enter the cable, as far as they are known beforehand.
private struct EnteringPackets {
  /// The play that sends each packet, and the packet's length where one carries the whole message.
  private var packets: [(play: Int, length: Int?)] = []
  /// Whether nothing but the host's own messages can be any.
  private let areAll: Bool

  init(_ scenario: Scenario, from host: HostName) {
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
  var most: Int? { areAll ? packets.count : nil }

  /// The length of a packet in bytes; nil where it is not known.
  func length(of number: Int) -> Int? {
    packets.indices.contains(number - 1) ? packets[number - 1].length : nil
  }

  /// Whether packets are known to be of different plays.
  func areOfTwoPlays(_ numbers: [Int]) -> Bool {
    let known = numbers.filter { packets.indices.contains($0 - 1) }.map { packets[$0 - 1].play }
    return Set(known).count > 1
  }
}

extension Message {
  /// The lengths of the packets that carry the message, nil for those that the kernel makes of one.
  fileprivate func pieces(in scenario: Scenario) -> [Int?] {
    if let flow = flow?.value {
      let length = IPv4Header.minimumLength + flow.size.value
      return Array(repeating: length, count: min(flow.packets, Flow.mostPacketsOverCable))
    }
    guard expect.error == nil, frame.etherType.map({ $0.value == 0x0800 }) ?? true else { return [] }
    let packet = packet(in: scenario)
    let (header, length) = (20 + packet.header.options.count, packet.bytes.count)
    guard wayOut.isUnderKernelHeader, length > scenario.network.mtu else { return [length] }
    // RFC 791 §3.2: all pieces but the last carry whole units of 8 bytes, and each as much as fits.
    let room = max(8, scenario.network.mtu - header)
    let unit = room / 8 * 8
    let piecesBeforeLast = (packet.payload.count - room + unit - 1) / unit
    return Array(repeating: nil, count: piecesBeforeLast + 1)
  }
}
