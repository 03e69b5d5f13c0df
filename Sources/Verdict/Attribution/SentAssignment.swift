// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Which play each packet is that a host sent when it liked: as explains most of the packets.
///
/// First come those that are all that a play asks for, then more of them, and then those in which something is wrong:
/// each is the play from which it differs least, and of many that are wrong in the same way each is the next in order.
struct SentAssignment {
  /// The play of each packet, by its place among those that were given; nil for one that is nobody's.
  private(set) var takers: [Int?]
  private let plays: [AskedPacket]
  private let units: [Unit]
  /// The play of each unit.
  private var owners: [Int?]
  /// How many more units each play wants.
  private var wanted: [Int]

  /// A datagram that was sent, whole or in pieces.
  private struct Unit {
    /// The packet, or what its pieces make up, as far as they do.
    let packet: IPPacket
    var pieces: [Int]
  }

  /// As many pairs as can be compared one by one.
  private static let mostPairs = 4096

  /// Gives packets of one host, in the order in which they were sent, to the plays that it has to send.
  init(_ passages: [Passage], _ captured: [CapturedPacket]) {
    plays = passages.map(AskedPacket.init)
    units = Self.gather(captured)
    owners = Array(repeating: nil, count: units.count)
    wanted = zip(passages, plays).map { passage, asked in
      let copies = passage.play.message.expect.leastCopies(at: .sent)
      // One that must not be sent is found where it was.
      return max(0, max(1, copies) - passage.count(at: .sent))
    }
    takers = Array(repeating: nil, count: captured.count)
    assignRight()
    assignCopies()
    assignWrong()
    for (unit, owner) in zip(units, owners) {
      for piece in unit.pieces { takers[piece] = owner }
    }
  }

  // MARK: - Units

  private struct Piece: Hashable {
    let datagram: DatagramName
    let offset: UInt16
  }

  /// Gathers the pieces of each datagram (RFC 791 §3.2, RFC 8200 §4.5), in whatever order they were sent: one that comes
  /// again is a piece of another.
  private static func gather(_ captured: [CapturedPacket]) -> [Unit] {
    var units: [(packets: [IPPacket], pieces: [Int])] = []
    var begun: [DatagramName: [Int]] = [:]
    var times: [Piece: Int] = [:]
    for (index, one) in captured.enumerated() {
      guard let packet = one.packet else { continue }
      let datagram = DatagramName(packet.header)
      let piece = Piece(datagram: datagram, offset: packet.header.fragmentOffset)
      let time = times[piece, default: 0]
      if packet.isPiece { times[piece] = time + 1 }
      if packet.isPiece, let unit = begun[datagram]?.dropFirst(time).first {
        units[unit].packets.append(packet)
        units[unit].pieces.append(index)
      } else {
        if packet.isPiece { begun[datagram, default: []].append(units.count) }
        units.append(([packet], [index]))
      }
    }
    return units.map { Unit(packet: whole($0.packets), pieces: $0.pieces) }
  }

  /// What pieces make up: their datagram, or where they do not fit, the first of them.
  private static func whole(_ pieces: [IPPacket]) -> IPPacket {
    let ordered = pieces.sorted { $0.header.fragmentOffset < $1.header.fragmentOffset }
    guard ordered.count > 1, let payload = try? IPFragments.reassemble(ordered) else { return ordered[0] }
    return IPPacket.reassembled(ordered[0].header, payload)
  }

  // MARK: - What is as asked

  /// Those that are all that a play asks for: the plays that ask most have their choice first.
  private mutating func assignRight() {
    var index = AskedIndex(plays, wanted)
    for unit in units.indices {
      guard let play = index.take(units[unit].packet) else { continue }
      owners[unit] = play
      wanted[play] -= 1
    }
  }

  /// One too many is a copy of the play that it is like, and not another in which much would be wrong.
  private mutating func assignCopies() {
    let left = units.indices.filter { owners[$0] == nil }
    guard !left.isEmpty else { return }
    let index = AskedIndex(plays, Array(repeating: 1, count: plays.count))
    var copies: [(unit: Int, play: Int)] = []
    for unit in left { if let play = index.first(units[unit].packet) { copies.append((unit, play)) } }
    assignNear(copies)
    for (unit, play) in copies where owners[unit] == nil { owners[unit] = play }
  }

  /// One too many that differs in one header field alone from a play that is missing is that one.
  private mutating func assignNear(_ copies: [(unit: Int, play: Int)]) {
    let missing = plays.indices.filter { wanted[$0] > 0 }
    guard !copies.isEmpty, !missing.isEmpty, copies.count <= Self.mostPairs / missing.count else { return }
    let costs = copies.map { copy in
      missing.map { plays[$0].differsInOneField(from: units[copy.unit].packet) ? 0 : nil }
    }
    for (copy, column) in zip(copies, CostAssignment.columns(costs)) {
      guard let column else { continue }
      owners[copy.unit] = missing[column]
      wanted[missing[column]] -= 1
      keepOrder(copy.unit, of: missing[column], and: copy.play)
    }
  }

  /// Of two packets that are alike the first is the play that comes first.
  private mutating func keepOrder(_ unit: Int, of near: Int, and play: Int) {
    let earlier = units.indices.prefix(unit).last { owners[$0] == play }
    let later = units.indices.dropFirst(unit + 1).first { owners[$0] == play }
    guard let other = near < play ? earlier : later,
      plays[near].differsInOneField(from: units[other].packet)
    else { return }
    (owners[unit], owners[other]) = (play, near)
  }

  // MARK: - What is wrong

  private mutating func assignWrong() {
    var left = units.indices.filter { owners[$0] == nil }
    for likeness in PacketLikeness.allCases where pairs(of: left) > Self.mostPairs {
      assign(left, by: likeness)
      left = left.filter { owners[$0] == nil }
    }
    // What is then left of many is like nothing that is missing.
    guard pairs(of: left) <= Self.mostPairs else { return }
    // One that is wanted more than once is there as often.
    let missing = plays.indices.flatMap { Array(repeating: $0, count: min(wanted[$0], left.count)) }
    let costs = left.map { unit in
      missing.map { plays[$0].distance(to: units[unit].packet) }
    }
    for (unit, column) in zip(left, CostAssignment.columns(costs)) {
      guard let column else { continue }
      owners[unit] = missing[column]
      wanted[missing[column]] -= 1
    }
  }

  /// How many pairs units make with what is missing.
  private func pairs(of left: [Int]) -> Int {
    left.count * wanted.reduce(0) { $0 + min($1, left.count) }
  }

  /// Gives each unit the next play to which it is alike in one way.
  private mutating func assign(_ left: [Int], by likeness: PacketLikeness) {
    var queues: [PacketLikeness.Key: Queue] = [:]
    for play in plays.indices where wanted[play] > 0 {
      queues[likeness.key(of: plays[play].asked), default: Queue()].append(play)
    }
    for unit in left {
      let key = likeness.key(of: units[unit].packet)
      guard let play = queues[key]?.next(where: { wanted[$0] > 0 }) else { continue }
      owners[unit] = play
      wanted[play] -= 1
    }
  }
}
