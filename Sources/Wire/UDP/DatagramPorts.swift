// SPDX-License-Identifier: Apache-2.0

/// The ports that a header of UDP or TCP begins with (RFC 768, RFC 9293 §3.1).
public struct DatagramPorts: Hashable, Sendable {
  /// The one that it comes from.
  public let source: UInt16
  /// The one that it goes to.
  public let destination: UInt16

  /// Reads the first four bytes of a packet's payload; what is not there is 0.
  public init(_ packet: IPPacket) {
    let bytes = packet.payload.prefix(4).map { UInt16($0) } + [0, 0, 0, 0]
    (source, destination) = (bytes[0] << 8 | bytes[1], bytes[2] << 8 | bytes[3])
  }
}
