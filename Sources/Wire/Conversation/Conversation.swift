// SPDX-License-Identifier: Apache-2.0

/// Who talks with whom: two addresses, an IP protocol, and the ports where it has some.
public struct Conversation: Hashable, Sendable {
  /// One of the two.
  public struct End: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Its address.
    public let address: IPAddress
    /// Its port; nil where the protocol has none.
    public let port: UInt16?

    /// The address, and behind a colon the port: `1.1.1.1:80`, `[fd00::1]:80`.
    public var description: String { port.map { address.text(port: $0) } ?? "\(address)" }

    /// Orders them by address, then by port.
    public static func < (left: End, right: End) -> Bool {
      (left.address.number, left.port ?? 0) < (right.address.number, right.port ?? 0)
    }
  }

  /// The IP protocol.
  public let `protocol`: UInt8
  /// Who sent the first packet, or is taken for it.
  public let first: End
  /// The other one.
  public let second: End

  /// The conversation that a packet is of, its sender being the first; nil for a piece that does not begin with its
  /// header, whose ports stand elsewhere.
  public init?(_ packet: IPPacket) {
    guard packet.header.fragmentOffset == 0 else { return nil }
    // Extension headers may stand in the first piece, where they are a part of what was cut.
    let whole = packet.header.isPiece ? .reassembled(packet.header, packet.payload) : packet
    let header = whole.header
    self.protocol = header.protocol
    let ports = Self.ports(header, whole.payload)
    first = End(address: header.source, port: ports?.source)
    second = End(address: header.destination, port: ports?.destination)
  }

  private init(_ number: UInt8, _ first: End, _ second: End) {
    (self.protocol, self.first, self.second) = (number, first, second)
  }

  /// The same with the other one as the first.
  public var reversed: Conversation { Conversation(self.protocol, second, first) }

  /// The same for both directions.
  var key: Conversation { first < second ? self : reversed }

  /// The ports of a protocol whose header has some that change places in an answer.
  private static func ports(_ header: IPHeader, _ payload: [UInt8]) -> (source: UInt16, destination: UInt16)?
  {
    guard let layer = header.transport, let segment = Segment(layer, parsing: payload) else { return nil }
    let ports = layer.messageFields.filter { layer.mirrored[$0.key] != nil }
    guard ports.count == 2 else { return nil }
    let numbers = ports.map { UInt16(truncatingIfNeeded: segment.value(of: $0)) }
    return (numbers[0], numbers[1])
  }
}

extension Conversation: CustomStringConvertible {
  /// Protocol and ends: `UDP, 1.1.1.100:40000 to 1.1.1.1:7777`.
  public var description: String { "\(FrameSummary.protocolName(self.protocol)), \(first) to \(second)" }
}
