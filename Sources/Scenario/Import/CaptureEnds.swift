// SPDX-License-Identifier: Apache-2.0

import Wire

/// Finds of packets that were captured at both ends of a cable which one arrived as which.
struct CaptureEnds {
  /// The packets where they were sent, in the order in which they were, each with what came of it.
  private(set) var packets: [ImportedPacket] = []
  /// How many packets arrived that nobody was seen to send.
  private(set) var strays = 0
  /// How many packets arrived before one that was sent before them.
  private(set) var overtaken = 0

  private typealias Kept = CaptureSelection.Kept

  /// What nothing on the way changes of most packets: the number of their datagram, and which piece of it they are.
  private struct Mark: Hashable {
    let `protocol`: UInt8
    let identification: UInt32
    let offset: UInt16

    init(_ packet: IPPacket) {
      self.protocol = packet.header.protocol
      (identification, offset) = (packet.header.identification, packet.header.fragmentOffset)
    }
  }

  /// Pairs the packets of a conversation between two hosts that were seen at either end.
  init(_ kept: [CaptureSelection.Kept], between hosts: ImportedHosts) {
    var arrivals: [Int: [Int]] = [:]
    for host in HostName.allCases {
      let own = kept.indices.filter { hosts.sender(of: kept[$0].captured) == host }
      let sent = own.filter { kept[$0].end == host }
      let arrived = own.filter { kept[$0].end == host.other }
      pair(arrived, with: sent, kept, &arrivals)
    }
    let sent = kept.indices.filter { kept[$0].end == hosts.sender(of: kept[$0].captured) }
    packets = Self.ordered(sent, arrivals, kept).map { place in
      ImportedPacket(
        number: kept[place].number, kept[place].captured,
        arrivals: (arrivals[place] ?? []).map { kept[$0].captured.packet })
    }
  }

  /// Pairs what arrived with what was sent: first what is the same, then what has the same number, then what is like it.
  private mutating func pair(
    _ arrived: [Int], with sent: [Int], _ kept: [CaptureSelection.Kept], _ arrivals: inout [Int: [Int]]
  ) {
    var rest = assign(arrived, to: sent, kept, &arrivals, doubling: true) { kept[$0].captured.packet.bytes }
    rest = assign(rest, to: sent, kept, &arrivals, doubling: false) { place in
      let mark = Mark(kept[place].captured.packet)
      return mark.identification == 0 ? nil : mark
    }
    // The first at the end, whence it is taken without moving the rest.
    var open = Array(sent.filter { arrivals[$0] == nil }.reversed())
    for place in rest {
      let bytes = kept[place].captured.packet.bytes
      let candidates = open.indices.suffix(Self.window).reversed().map { index in
        (index: index, likeness: Self.likeness(kept[open[index]].captured.packet.bytes, bytes))
      }
      guard let likest = candidates.max(by: { $0.likeness < $1.likeness }), likest.likeness >= 0.75 else {
        strays += 1
        continue
      }
      arrivals[open.remove(at: likest.index)] = [place]
    }
    let order = sent.compactMap { arrivals[$0]?.first }
    overtaken += zip(order, order.dropFirst()).count { $0 > $1 }
  }

  /// A packet is looked for among as many that did not arrive.
  private static let window = 64

  /// Gives each packet that arrived to the first with the same key that did not yet, or else, where it may have been
  /// doubled, to the last; what is left of them.
  private func assign<Key: Hashable>(
    _ arrived: [Int], to sent: [Int], _ kept: [CaptureSelection.Kept], _ arrivals: inout [Int: [Int]],
    doubling: Bool, by key: (Int) -> Key?
  ) -> [Int] {
    var open: [Key: [Int]] = [:]
    for place in sent.reversed() where arrivals[place] == nil {
      if let key = key(place) { open[key, default: []].append(place) }
    }
    var last: [Key: Int] = [:]
    var rest: [Int] = []
    for place in arrived {
      guard let key = key(place) else {
        rest.append(place)
        continue
      }
      if let first = open[key]?.popLast() {
        arrivals[first] = [place]
        last[key] = first
      } else if doubling, let before = last[key] {
        arrivals[before, default: []].append(place)
      } else {
        rest.append(place)
      }
    }
    return rest
  }

  /// What share of the bytes of two packets is the same.
  private static func likeness(_ one: [UInt8], _ other: [UInt8]) -> Double {
    Double(zip(one, other).count { $0 == $1 }) / Double(max(one.count, other.count))
  }

  /// The packets in the order in which they were sent: that of one capture, and of two that of the sender's, in which what
  /// was lost on its way to it stands before what the receiver sent next.
  private static func ordered(
    _ sent: [Int], _ arrivals: [Int: [Int]], _ kept: [CaptureSelection.Kept]
  ) -> [Int] {
    guard kept.contains(where: { $0.capture > 0 }) else { return sent }
    var origins: [Int: Int] = [:]
    for (place, copies) in arrivals { for copy in copies { origins[copy] = place } }
    let own = Set(sent)
    var seen = sent.filter { kept[$0].end == .sender }.map { (key: $0, isOwn: 1, place: $0) }
    // What never came to the sender stands before the next that its capture has too.
    var next = Int.max
    for place in kept.indices.reversed() where kept[place].end == .receiver {
      next = own.contains(place) ? arrivals[place]?.first ?? next : origins[place] ?? next
      if own.contains(place) { seen.append((next, 0, place)) }
    }
    return seen.sorted { ($0.key, $0.isOwn, $0.place) < ($1.key, $1.isOwn, $1.place) }.map(\.place)
  }
}
