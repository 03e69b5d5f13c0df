// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Which orders hold for each packet that enters a cable in one direction: those for its number, and those for what it
/// is, whose packets are counted as they enter.
public struct CableSelection: Sendable {
  private var numbered: [Int: [CableOrder]] = [:]
  private var matching: [CableOrder] = []
  /// How many packets have matched each order that is for what they are, by the order's place among all.
  public private(set) var matched: [Int: Int] = [:]

  private let host: HostName

  /// Looks at the packets that a host sends for what is asked of them.
  public init(_ impairments: Impairments, from host: HostName) {
    self.host = host
    for order in impairments.orders {
      if let number = order.packets.value.number {
        numbered[number, default: []].append(order)
      } else {
        matching.append(order)
        matched[order.index] = 0
      }
    }
  }

  /// The orders for the packet in the frame that enters next, under its number; each packet is to be asked for once.
  public mutating func orders(for frame: [UInt8], number: Int) -> [CableOrder] {
    let byNumber = numbered[number] ?? []
    guard !matching.isEmpty, let packet = packet(in: frame) else { return byNumber }
    let byMatch = matching.filter { order in
      guard order.packets.value.seen?.matches(entering: packet) == true else { return false }
      matched[order.index, default: 0] += 1
      return order.packets.value.includes(matched[order.index] ?? 0)
    }
    return (byNumber + byMatch).sorted { $0.index < $1.index }
  }

  private func packet(in frame: [UInt8]) -> CapturedPacket? {
    let record = FrameRecord(
      host: host, isOutgoing: true, timestamp: 0, bytes: frame, originalLength: frame.count)
    return CapturedPacket(record, position: 0, types: FrameTypes())
  }
}

extension Seen {
  /// Whether a packet that enters a cable is as asked: only the first piece of a datagram has its transport header.
  fileprivate func matches(entering packet: CapturedPacket) -> Bool {
    if transport != nil, let header = packet.packet?.header, header.fragmentOffset > 0 {
      return false
    }
    return matches(packet)
  }
}
