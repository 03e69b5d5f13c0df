// SPDX-License-Identifier: Apache-2.0

/// What a cable is to do to one packet, and what of that cannot be done beside the rest.
public struct PacketOrders: Sendable {
  /// What can be done.
  public private(set) var done: [CableOrder] = []
  /// What cannot.
  public private(set) var refused: [Refusal] = []
  /// What lets it change places with the packet before it.
  private let swap: CableOrder?

  /// Something that cannot be done to a packet.
  public struct Refusal: Sendable {
    /// Why not, as the rest of a sentence that begins with the packet.
    public let reason: String
    /// Where the file asks for it.
    public let span: SourceSpan?
  }

  /// Sorts out what is asked of a packet, beside an order to change places with the one before it.
  ///
  /// What is asked of every packet, or of every so many-th, is asked of those of which it can be done.
  public init(_ orders: [CableOrder], behind swap: CableOrder? = nil, isLost: Bool) {
    self.swap = swap
    if isLost {
      refuseAll(orders, "is lost because of the seed: nothing else can be done to it")
    } else if let drop = orders.first(where: { $0.treatment == .drop }) {
      done = [drop]
      let others = orders.filter { $0.index != drop.index }
      for again in others where again.treatment == .drop { refuse(again, "is in \"drop\" twice") }
      refuseAll(others.filter { $0.treatment != .drop }, "is dropped: nothing else can be done to it")
    } else {
      sort(orders)
    }
  }

  private mutating func sort(_ orders: [CableOrder]) {
    let cut = orders.lazy.compactMap { if case .cut(let length) = $0.treatment { length } else { nil } }.first
    for order in orders {
      if let obstacle = obstacle(to: order) {
        refuse(order, obstacle)
      } else if case .flip(let bit) = order.treatment, let obstacle = obstacle(toFlip: bit, cut) {
        refuse(order, obstacle, at: order.span)
      } else {
        done.append(order)
      }
    }
  }

  private mutating func refuseAll(_ orders: [CableOrder], _ reason: String) {
    for order in orders + [swap].compactMap({ $0 }) { refuse(order, reason) }
  }

  private mutating func refuse(_ order: CableOrder, _ reason: String, at span: SourceSpan? = nil) {
    guard order.packets.value.isOfSingles else { return }
    refused.append(Refusal(reason: reason, span: span ?? order.packets.span))
  }

  /// What keeps an order from being carried out behind those before it.
  private func obstacle(to order: CableOrder) -> String? {
    let isSwapped = swap != nil || done.contains { $0.treatment == .swap }
    let isAgain = done.contains { $0.treatment.key == order.treatment.key }
    switch order.treatment {
    case .swap: return isSwapped ? "changes places twice" : nil
    case .delay where isSwapped: return "changes places with another: it cannot be delayed too"
    case .drop, .duplicate, .cut, .delay: return isAgain ? "is in \"\(order.treatment.key)\" twice" : nil
    case .flip: return nil
    }
  }

  /// What keeps a bit from being flipped, so that it shows, in a packet that is cut to so many bytes.
  private func obstacle(toFlip bit: Int, _ cut: Int?) -> String? {
    if done.contains(where: { $0.treatment == .flip(bit: bit) }) { return "has its bit \(bit) flipped twice" }
    guard let cut, bit >= cut * 8 else { return nil }
    return "is truncated to \(cut) bytes: its bit \(bit) does not come out"
  }
}
