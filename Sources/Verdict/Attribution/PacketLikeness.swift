// SPDX-License-Identifier: Apache-2.0

import Wire

/// Between which addresses a packet goes, and under which protocol.
struct PacketWay: Hashable, Sendable {
  private let source: IPAddress
  private let destination: IPAddress
  private let number: UInt8

  /// The way of a packet with a header.
  init(_ header: IPHeader) {
    (source, destination, number) = (header.source, header.destination, header.protocol)
  }
}

/// By what the pieces of a datagram are known to belong together (RFC 791 §3.2, RFC 8200 §4.5).
struct DatagramName: Hashable, Sendable {
  private let way: PacketWay
  private let identification: UInt32

  /// The name of the datagram of a packet with a header.
  init(_ header: IPHeader) {
    (way, identification) = (PacketWay(header), header.identification)
  }
}

/// In which way two packets can be alike, the closest first.
enum PacketLikeness: CaseIterable {
  /// They have way and payload in common.
  case wayAndPayload
  /// They have the payload in common.
  case payload
  /// They have the way in common.
  case way

  /// What packets that are alike have in common.
  struct Key: Hashable {
    let way: PacketWay?
    let payload: ByteKey?
  }

  /// What a packet has in common with those to which it is alike.
  func key(of packet: IPPacket) -> Key {
    switch self {
    case .wayAndPayload: Key(way: PacketWay(packet.header), payload: ByteKey(packet.payload))
    case .payload: Key(way: nil, payload: ByteKey(packet.payload))
    case .way: Key(way: PacketWay(packet.header), payload: nil)
    }
  }
}
