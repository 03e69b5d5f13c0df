// SPDX-License-Identifier: Apache-2.0

/// The parts of a TCP segment by which a connection is followed (RFC 9293 §3.1).
public struct TCPSegment: Sendable {
  /// The addresses of its IPv4 header.
  public let (source, destination): (IPv4Address, IPv4Address)
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
  /// How many bytes it carries, as its IPv4 header has it.
  public let length: Int
  /// Those of them that were captured.
  public let payload: ArraySlice<UInt8>

  /// Reads the segment in a frame of Ethernet II; nil where there is none of TCP over IPv4, whole or the first piece.
  public init?(frame: [UInt8]) {
    let ip = EthernetHeader.length
    guard frame.count >= ip + 20, frame[12] == 0x08, frame[13] == 0x00, frame[ip] >> 4 == 4,
      frame[ip + 9] == TCPProtocol.number, frame[ip + 6] & 0x1f == 0, frame[ip + 7] == 0
    else { return nil }
    let tcp = ip + Int(frame[ip] & 0x0f) * 4
    guard tcp >= ip + 20, frame.count >= tcp + 20 else { return nil }
    let word = { (at: Int) in UInt16(frame[at]) << 8 | UInt16(frame[at + 1]) }
    let long = { (at: Int) in UInt32(word(at)) << 16 | UInt32(word(at + 2)) }
    let body = tcp + Int(frame[tcp + 12] >> 4) * 4
    let end = ip + Int(word(ip + 2))
    guard body >= tcp + 20, end >= body else { return nil }
    source = IPv4Address(rawValue: long(ip + 12))
    destination = IPv4Address(rawValue: long(ip + 16))
    (sourcePort, destinationPort) = (word(tcp), word(tcp + 2))
    (sequenceNumber, acknowledgmentNumber) = (long(tcp + 4), long(tcp + 8))
    flags = frame[tcp + 13]
    window = word(tcp + 14)
    length = end - body
    payload = frame[min(body, frame.count)..<min(end, frame.count)]
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
