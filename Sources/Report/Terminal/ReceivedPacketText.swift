// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A received packet by the two lines of the documented receiver: the packet in hexadecimal, then its text.
public enum ReceivedPacketText {
  /// The two lines, line ends included.
  ///
  /// The text is what follows the header by the header's own length, decoded as UTF-8; what is no text is
  /// shown escaped.
  public static func text(_ bytes: [UInt8]) -> String {
    let payload = (try? IPv4Packet(parsing: bytes[...]))?.payload ?? []
    return HexDump.hexString(bytes) + "\n" + shown(payload) + "\n"
  }

  private static func shown(_ payload: [UInt8]) -> String {
    if let text = String(validating: payload, as: UTF8.self) { return Printable.escape(text) }
    return payload.map { byte in
      (0x20...0x7e).contains(byte)
        ? String(Unicode.Scalar(byte)) : "\\x" + HexDump.hexString([byte])
    }.joined()
  }
}
