// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A packet as it was seen at a place behind the first.
struct OnwardPacket {
  /// Its bytes from the IP header on.
  let bytes: [UInt8]
  /// The version that it is of.
  let version: IPVersion
  /// Whether its reader's buffer has cut it.
  let isCut: Bool
  /// Whether a socket was handed it that is told only some of its headers.
  var isMadeUp = false

  /// Its bytes without padding.
  fileprivate var core: [UInt8] { bytes.withoutPadding(as: version) }

  /// The bytes of a packet, without padding, as far as its reader is told of them: of identification, flags, fragment
  /// offset and checksum a UDP socket is not, and of an IPv6 header none is told all; what stands for them is made up.
  fileprivate func told(_ packet: IPPacket) -> [UInt8] {
    let header = packet.header
    if isMadeUp, version == .v6 { return header.source.octets + header.destination.octets + packet.payload }
    var told = packet.bytes.withoutPadding(as: version)
    guard isMadeUp, told.count >= IPv4Header.minimumLength else { return told }
    for index in [4, 5, 6, 7, 10, 11] { told[index] = 0 }
    return told
  }
}

/// Which play each packet is that arrived or was delivered: the one that was seen with the same bytes at the place
/// before, else one of those that are most like it there.
struct OnwardAssignment {
  /// What the plays were like at the place before, in the order in which they were seen there.
  private let seen: [Seen]
  /// The plays that were seen with certain bytes at the place before, in order.
  private var exact: [ByteKey: Queue] = [:]
  /// How many datagrams each play misses here; of one of the other host, none.
  private var missing: [Int]
  /// Those of what was seen that are alike in some way, made when the first packet asks for them.
  private var likenesses: [Likeness: [Likeness.Key: Queue]] = [:]

  /// A packet at the place before; one that was not seen there as it was sent or asked for.
  private struct Seen {
    let play: Int
    /// Where it was captured at the place before; behind all that were, where it was not.
    let position: Int
    let source: Source

    var packet: IPPacket {
      switch source {
      case .seen(let sighting), .sent(let sighting): sighting.packet
      case .asked(let packet): packet
      }
    }
  }

  /// What is known of a packet; no larger than a reference, since there are as many as packets.
  private enum Source {
    case seen(Sighting)
    case sent(Sighting)
    indirect case asked(IPPacket)
  }

  /// Of so many packets that are equally like one, the one is looked for that differs least.
  private static let mostCompared = 16

  /// Begins with what was seen of the plays of a host at the places before one.
  init(_ passages: [Passage], from host: HostName, to place: Place) {
    let before: Place = place == .delivered ? .arrived : .sent
    missing = Array(repeating: 0, count: passages.count)
    let own = passages.indices.filter { passages[$0].play.message.from.value == host }
    for index in own {
      let sightings = passages[index].sightings[before]
      let count = place == .delivered ? SeenDatagram.gather(sightings).count : sightings.count
      missing[index] = max(0, count - passages[index].count(at: place))
    }
    var seen = Self.places(of: own, passages, before)
    seen.sort { $0.position < $1.position }
    exact.reserveCapacity(seen.count)
    for one in seen {
      guard case .seen(let sighting) = one.source else { continue }
      exact[ByteKey(sighting.bytes.withoutPadding(as: sighting.version)), default: Queue()].append(one.play)
    }
    self.seen = seen
  }

  private static func places(of own: [Int], _ passages: [Passage], _ before: Place) -> [Seen] {
    var places: [Seen] = []
    places.reserveCapacity(own.count)
    for play in own {
      let sightings = passages[play].sightings[before]
      for one in sightings {
        places.append(Seen(play: play, position: one.captured?.position ?? 0, source: .seen(one)))
      }
      guard sightings.isEmpty else { continue }
      let sent = passages[play].sightings[.sent].map(Source.sent)
      let sources = sent.isEmpty ? [.asked(passages[play].asked)] : sent
      places += sources.map { Seen(play: play, position: .max, source: $0) }
    }
    return places
  }

  /// The play of each packet; nil for one that is nobody's.
  ///
  /// Those with the same bytes come first: what is changed must not take their play away. What was seen with the same
  /// bytes at the place before and is no play's there is none here either.
  mutating func takers(of packets: [OnwardPacket], besides others: Set<ByteKey> = []) -> [Int?] {
    let cores = packets.map { ByteKey($0.core) }
    // A UDP socket is told neither identification nor flags: that one packet had none of either says nothing of whose it is.
    var takers: [Int?] = zip(packets, cores).map { $0.isMadeUp ? nil : takeExact($1) }
    for index in packets.indices where takers[index] == nil && !others.contains(cores[index]) {
      takers[index] = takeLike(packets[index])
    }
    return takers
  }

  /// The next of the plays that were seen with these bytes; where all were taken, the last.
  private mutating func takeExact(_ core: ByteKey) -> Int? {
    guard let play = exact[core]?.popFirst() ?? exact[core]?.last else { return nil }
    missing[play] -= 1
    return play
  }

  private mutating func takeLike(_ packet: OnwardPacket) -> Int? {
    guard let parsed = try? IPPacket(parsing: packet.bytes[...], as: packet.version) else { return nil }
    for likeness in Likeness.all(for: parsed, packet) {
      let key = likeness.key(of: parsed)
      if likenesses[likeness] == nil { likenesses[likeness] = index(by: likeness) }
      // Taken out while it is changed: else all of it would be copied.
      guard var queue = likenesses[likeness]?.removeValue(forKey: key) else { continue }
      let isMissing = queue.next { isMissed(seen[$0].play) } != nil
      let candidates = isMissing ? queue.ahead(Self.mostCompared) : queue.all(Self.mostCompared)
      likenesses[likeness]?[key] = queue
      let core = packet.told(parsed)
      let ranked = candidates.enumerated().map { place, index in
        let distance = core.differences(from: packet.told(seen[index].packet))
        return (rank: isMissed(seen[index].play) ? 0 : 1, distance, place, play: seen[index].play)
      }
      guard let best = ranked.min(by: { ($0.rank, $0.1, $0.2) < ($1.rank, $1.1, $1.2) }) else { continue }
      missing[best.play] -= 1
      return best.play
    }
    return nil
  }

  /// Whether datagrams of a play are still missing here.
  private func isMissed(_ play: Int) -> Bool { missing[play] > 0 }

  /// What was seen at the place before by what it is like, in order.
  private func index(by likeness: Likeness) -> [Likeness.Key: Queue] {
    var queues: [Likeness.Key: Queue] = [:]
    for (index, one) in seen.enumerated() {
      queues[likeness.key(of: one.packet), default: Queue()].append(index)
    }
    return queues
  }

  /// In which way a packet can be like what was seen before.
  private enum Likeness: Hashable {
    case wayIdentificationAndPayload
    case wayAndBeginning(Int)
    case wayAndIdentification
    case wayAndPayload
    case payload
    case way

    struct Key: Hashable {
      var way: PacketWay?
      var identification: UInt32?
      var payload: ByteKey?
    }

    /// The ways in which a packet can be like others, the closest first.
    static func all(for packet: IPPacket, _ seen: OnwardPacket) -> [Likeness] {
      let parts: [Likeness] = seen.isCut ? [.wayAndBeginning(packet.payload.count)] : []
      let payload: [Likeness] = packet.payload.isEmpty ? [] : [.payload]
      if seen.isMadeUp { return parts + [.wayAndPayload] + payload + [.way] }
      return [.wayIdentificationAndPayload] + parts + [.wayAndIdentification, .wayAndPayload] + payload + [
        .way
      ]
    }

    func key(of packet: IPPacket) -> Key {
      let (way, identification) = (PacketWay(packet.header), packet.header.identification)
      return switch self {
      case .wayIdentificationAndPayload:
        Key(way: way, identification: identification, payload: ByteKey(packet.payload))
      case .wayAndBeginning(let count):
        Key(way: way, payload: ByteKey(Array(packet.payload.prefix(count))))
      case .wayAndIdentification: Key(way: way, identification: identification)
      case .wayAndPayload: Key(way: way, payload: ByteKey(packet.payload))
      case .payload: Key(payload: ByteKey(packet.payload))
      case .way: Key(way: way)
      }
    }
  }
}

extension [UInt8] {
  /// A packet's bytes up to the length that it states, as far as they are there.
  func withoutPadding(as version: IPVersion) -> [UInt8] {
    guard count >= version.minimumHeaderLength else { return self }
    switch version {
    case .v4:
      let totalLength = Int(self[2]) << 8 | Int(self[3])
      return (IPv4Header.minimumLength..<count).contains(totalLength) ? Array(prefix(totalLength)) : self
    case .v6:
      let length = IPv6Header.length + (Int(self[4]) << 8 | Int(self[5]))
      // A payload length of 0 may leave it to a jumbo payload option (RFC 2675).
      let isLeftOut = length == IPv6Header.length && self[6] == IPv6ExtensionHeader.hopByHopNumber
      return length < count && !isLeftOut ? Array(prefix(length)) : self
    }
  }

  /// In how many positions two runs of bytes differ, what only one of them has included.
  func differences(from other: [UInt8]) -> Int {
    zip(self, other).count { $0 != $1 } + abs(count - other.count)
  }
}
