// SPDX-License-Identifier: Apache-2.0

/// One thing that a cable is to do to packets of one direction.
public struct CableOrder: Sendable {
  /// Its place among all orders of its direction.
  public let index: Int
  /// The packets, where the file names them.
  public let packets: Located<PacketChoice>
  /// What is to be done to them.
  public let treatment: Treatment
  /// Where the file says what is to be done.
  public let span: SourceSpan?

  /// What can be done to a packet that is named.
  public enum Treatment: Hashable, Sendable {
    /// It never comes out.
    case drop
    /// It comes out twice.
    case duplicate
    /// It changes places with the one behind it.
    case swap
    /// A bit is flipped.
    case flip(bit: Int)
    /// It is cut to so many bytes.
    case cut(to: Int)
    /// It is held back so long.
    case delay(Duration)

    /// The key under which a file asks for it.
    var key: String {
      switch self {
      case .drop: "drop"
      case .duplicate: "duplicate"
      case .swap: "swap"
      case .flip: "corrupt"
      case .cut: "truncate"
      case .delay: "delay"
      }
    }
  }
}

extension Impairments {
  /// All that is to be done to packets that the file names, each thing for itself, in the order in which it is done.
  public var orders: [CableOrder] {
    var orders: [CableOrder] = []
    let add = { (packets: Located<PacketChoice>, treatment: CableOrder.Treatment, span: SourceSpan?) in
      orders.append(CableOrder(index: orders.count, packets: packets, treatment: treatment, span: span))
    }
    for packets in drop { add(packets, .drop, packets.span) }
    for one in corrupt { add(one.packet, .flip(bit: one.bit.value), one.bit.span) }
    for one in truncate { add(one.packet, .cut(to: one.to.value), one.to.span) }
    for packets in duplicate { add(packets, .duplicate, packets.span) }
    for packets in swap { add(packets, .swap, packets.span) }
    for one in delay { add(one.packet, .delay(one.by.value), one.packet.span) }
    return orders
  }
}
