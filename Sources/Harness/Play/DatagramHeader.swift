// SPDX-License-Identifier: Apache-2.0

import Linux
import Wire

/// A UDP header between a packet's IP header and its payload, as far as a UDP socket has to do with it (RFC 768).
struct DatagramHeader {
  /// UDP's number in an IP header.
  static let number: UInt8 = 17
  /// How long it is, in bytes.
  static let length = 8

  let source: UInt16
  let destination: UInt16

  init(source: UInt16, destination: UInt16) {
    self.source = source
    self.destination = destination
  }

  /// Reads the ports that a packet's payload begins with.
  init(_ packet: IPPacket) {
    let ports = DatagramPorts(packet)
    (source, destination) = (ports.source, ports.destination)
  }

  /// The header and a payload, with a length, and a checksum that is right where all of the payload is there: what a
  /// kernel hands to a socket had such a one, or none.
  func bytes(carrying payload: [UInt8], length: Int, in header: IPHeader) -> [UInt8] {
    guard let layer = Protocols.all.transport(Self.number) else { return payload }
    let values = [
      "sourcePort": UInt64(source), "destinationPort": UInt64(destination),
      "length": UInt64(clamping: min(length, Int(UInt16.max))),
    ]
    return Segment(layer, values, payload: payload, in: header).bytes
  }
}

extension UDPSocket {
  /// Sends what follows a packet's UDP header under headers that the kernel writes with the packet's values.
  mutating func send(_ packet: IPPacket) throws(SystemError) {
    try setTTL(packet.header.hops)
    try setTypeOfService(packet.header.typeOfService)
    try send(
      Array(packet.payload.dropFirst(DatagramHeader.length)), to: packet.header.destination,
      port: DatagramHeader(packet).destination)
  }
}
