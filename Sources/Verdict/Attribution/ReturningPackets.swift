// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What came back to a host, in the order in which it arrived, until plays take it.
struct ReturningPackets {
  private let packets: [OtherPacket]
  private var isTaken: [Bool]
  private var order = Queue()
  /// The packets that are alike in some way, less those that were found taken.
  private var alike: [Likeness: [Int]] = [:]

  /// In which way packets can be pieces or copies of one.
  enum Likeness: Hashable {
    /// The cable numbered them as one.
    case number(CablePacket)
    /// They are pieces of one datagram.
    case piece(DatagramName)
    /// They say the same.
    case copy(PacketWay, ByteKey)
  }

  /// Takes the packets that go back to a host.
  init(_ others: [OtherPacket], to host: HostName) {
    packets = others.filter { $0.goesBack(to: host) }.inOrderOfArrival
    isTaken = Array(repeating: false, count: packets.count)
    for (index, packet) in packets.enumerated() {
      order.append(index)
      for likeness in packet.likenesses { alike[likeness, default: []].append(index) }
    }
  }

  /// The first that no play has taken, which is then taken; nil where there is none.
  mutating func popFirst() -> OtherPacket? {
    guard let index = order.next(where: { !isTaken[$0] }) else { return nil }
    isTaken[index] = true
    return packets[index]
  }

  /// Gives a datagram its other pieces and copies.
  mutating func give(to datagram: inout ReturnedDatagram) {
    var found: Set<Int> = []
    var (asked, looked) = (datagram.likenesses, Set<Likeness>())
    while let likeness = asked.popLast() {
      guard looked.insert(likeness).inserted else { continue }
      for index in alike[likeness] ?? [] where !isTaken[index] && found.insert(index).inserted {
        if let number = packets[index].cablePacket { asked.append(.number(number)) }
      }
    }
    for index in found.sorted() { isTaken[index] = datagram.take(packets[index]) }
    for likeness in looked { alike[likeness]?.removeAll { isTaken[$0] } }
  }

  /// The positions of those that no play has taken.
  var leftPositions: [Int] { packets.indices.filter { !isTaken[$0] }.map { packets[$0].position } }
}

extension OtherPacket {
  /// In which ways others can be like it.
  fileprivate var likenesses: [ReturningPackets.Likeness] {
    let number = cablePacket.map { [ReturningPackets.Likeness.number($0)] } ?? []
    guard let packet else { return number }
    let piece = packet.isPiece ? [ReturningPackets.Likeness.piece(DatagramName(packet.header))] : []
    return number + piece + [.copy(PacketWay(packet.header), ByteKey(packet.payload))]
  }
}

extension ReturnedDatagram {
  /// In which ways the packets that it takes are like those that it has.
  fileprivate var likenesses: [ReturningPackets.Likeness] {
    packets.compactMap(\.cablePacket).map { .number($0) }
      + (packets.first?.likenesses ?? []).filter { likeness in
        switch likeness {
        case .number: false
        case .piece: wanted.fragments != nil
        case .copy: wanted.copies?.value.leastCopies != nil
        }
      }
  }
}
