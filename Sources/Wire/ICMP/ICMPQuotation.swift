// SPDX-License-Identifier: Apache-2.0

extension ICMPMessage {
  /// How long the datagram of an error may be, in bytes (RFC 1812 §4.3.2.3).
  private static let mostOfError = 576

  /// What an error quotes of a packet: its IP header and as much behind it as the error's own datagram has room for, under
  /// an IP header of so many bytes (RFC 792, RFC 1812 §4.3.2.3).
  public static func quotation(of packet: [UInt8], underHeaderOf headerLength: Int) -> [UInt8] {
    Array(packet.prefix(max(0, mostOfError - headerLength - Self.headerLength)))
  }
}
