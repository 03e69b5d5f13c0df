// SPDX-License-Identifier: Apache-2.0

extension Dissection.Layer {
  /// The layers of an ARP packet, which `bytes` begin with.
  static func arp(_ bytes: ArraySlice<UInt8>) -> [Self] {
    let name = "Address Resolution Protocol"
    let packet: ARPPacket
    do {
      packet = try ARPPacket(parsing: bytes)
    } catch {
      return [.truncated(name, bytes, error)]
    }
    let fields = fields(of: packet).map { title, filterName, value, range in
      Dissection.Field(title, filterName, value, range.shifted(by: bytes.startIndex))
    }
    return [Self(name: name, fields: fields)] + padding(bytes.dropFirst(ARPPacket.length))
  }

  private static func fields(of packet: ARPPacket) -> [(String, String, String, Range<Int>)] {
    [
      ("Hardware type", "arp.hw.type", String(packet.hardwareType), 0..<2),
      ("Protocol type", "arp.proto.type", packet.protocolType.description, 2..<4),
      ("Hardware size", "arp.hw.size", "\(packet.hardwareSize) bytes", 4..<5),
      ("Protocol size", "arp.proto.size", "\(packet.protocolSize) bytes", 5..<6),
      ("Opcode", "arp.opcode", opcode(packet.operation), 6..<8),
      ("Sender MAC address", "arp.src.hw_mac", packet.senderMAC.description, 8..<14),
      ("Sender IP address", "arp.src.proto_ipv4", packet.senderAddress.description, 14..<18),
      ("Target MAC address", "arp.dst.hw_mac", packet.targetMAC.description, 18..<24),
      ("Target IP address", "arp.dst.proto_ipv4", packet.targetAddress.description, 24..<28),
    ]
  }

  private static func opcode(_ operation: UInt16) -> String {
    switch operation {
    case ARPPacket.request: "1 (request)"
    case ARPPacket.reply: "2 (reply)"
    default: String(operation)
    }
  }
}
