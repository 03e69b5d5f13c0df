// SPDX-License-Identifier: Apache-2.0

/// The parts of a TCP segment by which a connection is followed (RFC 9293 §3.1).
public struct TCPSegment: Sendable {
  /// The addresses of its IP header.
  public let (source, destination): (IPAddress, IPAddress)
  /// Its ports.
  public let (sourcePort, destinationPort): (UInt16, UInt16)
  /// The number of its first byte, or of its SYN.
  public let sequenceNumber: UInt32
  /// The number that its host awaits next, where ACK is set.
  public let acknowledgmentNumber: UInt32
  /// Its flags: FIN the lowest bit.
  public let flags: UInt8
  /// The room that its host has, before any scaling.
  public let window: UInt16
  /// How many bytes it carries, as its IP header has it.
  public let length: Int
  /// Those of them that were captured.
  public let payload: ArraySlice<UInt8>

  /// Reads the segment in a frame of Ethernet II; nil where there is none of TCP over IP, whole or the first piece.
  public init?(frame: [UInt8]) {
    guard let place = Place(in: frame) else { return nil }
    let tcp = place.start
    guard frame.count >= tcp + 20 else { return nil }
    let word = { (at: Int) in UInt16(frame[at]) << 8 | UInt16(frame[at + 1]) }
    let long = { (at: Int) in UInt32(word(at)) << 16 | UInt32(word(at + 2)) }
    let body = tcp + Int(frame[tcp + 12] >> 4) * 4
    guard body >= tcp + 20, place.end >= body else { return nil }
    (source, destination) = (place.source, place.destination)
    (sourcePort, destinationPort) = (word(tcp), word(tcp + 2))
    (sequenceNumber, acknowledgmentNumber) = (long(tcp + 4), long(tcp + 8))
    flags = frame[tcp + 13]
    window = word(tcp + 14)
    length = place.end - body
    payload = frame[min(body, frame.count)..<min(place.end, frame.count)]
  }

  /// Where in a frame a segment stands, and between whom it goes.
  private struct Place {
    let start: Int
    let end: Int
    let (source, destination): (IPAddress, IPAddress)

    init?(in frame: [UInt8]) {
      let ip = EthernetHeader.length
      guard frame.count >= ip + IPv4Header.minimumLength else { return nil }
      let word = { (at: Int) in Int(frame[at]) << 8 | Int(frame[at + 1]) }
      switch (word(12), frame[ip] >> 4) {
      case (0x0800, 4):
        guard frame[ip + 9] == TCPProtocol.number, frame[ip + 6] & 0x1f == 0, frame[ip + 7] == 0 else {
          return nil
        }
        let address = { (at: Int) in IPv4Address(rawValue: UInt32(word(at)) << 16 | UInt32(word(at + 2))) }
        (source, destination) = (.v4(address(ip + 12)), .v4(address(ip + 16)))
        start = ip + Int(frame[ip] & 0x0f) * 4
        end = ip + word(ip + 2)
        guard start >= ip + IPv4Header.minimumLength else { return nil }
      case (0x86DD, 6):
        guard let header = try? IPv6Header(parsing: frame[ip...]), header.protocol == TCPProtocol.number,
          header.fragment.map({ $0.fragmentOffset == 0 }) ?? true
        else { return nil }
        (source, destination) = (.v6(header.source), .v6(header.destination))
        start = ip + header.byteCount
        end = ip + IPv6Header.length + Int(header.payloadLength)
      default: return nil
      }
    }
  }

  /// Whether its host sends no more (FIN).
  public var isLast: Bool { flags & 0x01 != 0 }
  /// Whether a connection begins with it (SYN).
  public var isFirst: Bool { flags & 0x02 != 0 }
  /// Whether it ends the connection at once (RST).
  public var isReset: Bool { flags & 0x04 != 0 }
  /// Whether it acknowledges anything (ACK).
  public var acknowledges: Bool { flags & 0x10 != 0 }
}
