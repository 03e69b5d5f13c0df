// SPDX-License-Identifier: Apache-2.0

import Wire

extension Scenario {
  /// Gives the segments of built-in roles that say no sequence number the one that follows: where the host left off on
  /// the connection, and 0 where it begins (RFC 9293 §3.4).
  mutating func numberSegments() {
    guard exchange.contains(where: { $0.transport?.layer.number == Segment.tcp }) else { return }
    var next: [TCPConnection: UInt32] = [:]
    for index in exchange.indices
    where program(in: exchange[index].from.value) == nil && exchange[index].stream == nil {
      guard let connection = TCPConnection(of: exchange[index]),
        let segment = Segment(of: exchange[index].packet(in: self))
      else { continue }
      let key = "sequenceNumber"
      let said = exchange[index].transport?.values[key].map { UInt32(truncatingIfNeeded: $0.value) }
      let number = said ?? next[connection] ?? 0
      if said == nil { exchange[index].transports[0].values[key] = Located(UInt64(number)) }
      next[connection] = number &+ segment.sequenceLength
    }
  }
}

/// A connection of TCP as one of its hosts sees it: which host, and the ports at both ends (RFC 9293 §3.3.1).
public struct TCPConnection: Hashable, Sendable {
  /// The host that sends.
  public let host: HostName
  /// Its port, and the other host's.
  public let (own, other): (UInt16, UInt16)

  /// The connection of a message; nil where it is no segment of TCP.
  public init?(of message: Message) {
    guard let transport = message.transport, transport.layer.number == Segment.tcp,
      let other = transport.destinationPort
    else { return nil }
    host = message.from.value
    own = UInt16(truncatingIfNeeded: transport.values["sourcePort"]?.value ?? 40_000)
    self.other = other
  }

  /// The connection on which a packet arrives at a host, as that host sees it; nil where it is no segment of TCP.
  public init?(receiving packet: IPPacket, at host: HostName) {
    guard let segment = Segment(of: packet) else { return nil }
    self.host = host
    own = UInt16(truncatingIfNeeded: segment.value("destinationPort"))
    other = UInt16(truncatingIfNeeded: segment.value("sourcePort"))
  }
}

extension Message {
  private static let acknowledgment = "acknowledgmentNumber"

  /// Whether it acknowledges what has arrived when it is sent: a segment of TCP with ACK that says no number.
  public var acknowledgesWhatArrived: Bool {
    guard stream == nil, let transport, transport.layer.number == Segment.tcp,
      transport.values[Self.acknowledgment] == nil
    else { return false }
    return transport.values["flags"].map { $0.value & Segment.ack != 0 } ?? true
  }

  /// Whether its receiver has anything to read of it: of a segment of TCP without payload its kernel has all.
  public var isToBeRead: Bool { transport?.layer.number != Segment.tcp || !payload.value.isEmpty }

  /// The same message with an acknowledgment number.
  public func acknowledging(_ number: UInt32) -> Message {
    var message = self
    message.transports[0].values[Self.acknowledgment] = Located(UInt64(number))
    return message
  }
}

extension Segment {
  /// TCP's number in an IP header.
  static let tcp: UInt8 = 6
  /// The bits of flags that matter for numbers (RFC 9293 §3.1).
  static let (fin, syn, ack): (UInt64, UInt64, UInt64) = (0x01, 0x02, 0x10)

  /// The segment that a packet carries whole; nil where that is none of TCP.
  public init?(of packet: IPPacket) {
    guard packet.header.protocol == Self.tcp, let layer = Protocols.all.transport(Self.tcp),
      packet.header.fragmentOffset == 0
    else { return nil }
    self.init(layer, parsing: packet.payload)
  }

  fileprivate func value(_ key: String) -> UInt64 {
    layer.messageFields.first { $0.key == key }.map(value) ?? 0
  }

  /// How many sequence numbers it takes: a byte each, and one each for SYN and FIN (RFC 9293 §3.4).
  var sequenceLength: UInt32 {
    let flags = value("flags")
    let controls = (flags & Self.syn != 0 ? 1 : 0) + (flags & Self.fin != 0 ? 1 : 0)
    return UInt32(truncatingIfNeeded: payload.count + controls)
  }

  /// Whether a connection begins with it (RFC 9293 §3.5).
  public var beginsConnection: Bool { value("flags") & Self.syn != 0 }

  /// The sequence number that follows its last.
  public var nextSequenceNumber: UInt32 {
    UInt32(truncatingIfNeeded: value("sequenceNumber")) &+ sequenceLength
  }
}
