// SPDX-License-Identifier: Apache-2.0

extension ICMPMessage {
  /// What an error quotes of a packet: its IP header and as much behind it as the error's own packet has room for, under an
  /// IP header of so many bytes (RFC 792, RFC 1812 §4.3.2.3, RFC 4443 §2.4).
  public static func quotation(
    of packet: [UInt8], underHeaderOf headerLength: Int, as version: IPVersion
  ) -> [UInt8] {
    Array(packet.prefix(max(0, version.mostOfError - headerLength - Self.headerLength)))
  }
}
