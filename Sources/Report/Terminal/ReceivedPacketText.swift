// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A received packet by the two lines of the documented receiver: the packet in hexadecimal, then its text.
public enum ReceivedPacketText {
  /// The two lines, line ends included.
  ///
  /// The text is what follows the header by the header's own length, decoded as UTF-8; what is no text is
  /// shown escaped. Over IPv6 a raw socket is handed no header.
  public static func text(_ bytes: [UInt8], over version: IPVersion = .v4) -> String {
    let payload = payload(of: bytes, over: version)
    return HexDump.hexString(bytes) + "\n" + shown(payload) + "\n"
  }

  /// What a raw socket was handed behind the header that it is handed too, where it is.
  public static func payload(of bytes: [UInt8], over version: IPVersion) -> [UInt8] {
    version == .v6 ? bytes : (try? IPv4Packet(parsing: bytes[...]))?.payload ?? []
  }

  private static func shown(_ payload: [UInt8]) -> String {
    if let text = String(validating: payload, as: UTF8.self) { return Printable.escape(text) }
    return payload.map { byte in
      (0x20...0x7e).contains(byte)
        ? String(Unicode.Scalar(byte)) : "\\x" + HexDump.hexString([byte])
    }.joined()
  }
}
