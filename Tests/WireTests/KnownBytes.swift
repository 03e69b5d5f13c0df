// SPDX-License-Identifier: Apache-2.0

import Wire

/// Bytes that other programs made.
enum KnownBytes {
  /// The four packets of the documented exchange, as its receiver printed them.
  static let documented: [[UInt8]] = [
    bytes("4500002136c8000080fdfeb1010101640101010148656c6c6f20576f726c642021"),
    bytes("4500001636dd000080fdfea701010164010101014869"),
    bytes("450000213716000080fdfe630101016401010101486f772061726520796f75203f"),
    bytes("450000183760000080fdfe22010101640101010151756974"),
  ]

  /// An ARP request for 10.0.0.9, as Linux 6.18 sent it.
  static let arpRequest = bytes(
    "ffffffffffff3aa00f7ec30c0806" + "00010800060400013aa00f7ec30c0a0000010000000000000a000009")

  /// An echo reply of Linux 6.18, with a record route option that it filled in.
  static let echoReply = bytes(
    "000000000000000000000000" + "0800" + "48000030d62f000040018d927f0000017f000001"
      + "070b0c7f0000017f00000100" + "00005c35123400016162636465666768")

  /// Port unreachable, as Linux 6.18 answered a UDP datagram.
  static let portUnreachable = bytes(
    "45c0003ad70300004001a4fd7f0000017f000001" + "03030ad400000000"
      + "4500001e591b40004011e3b17f0000017f0000018b8e0009000afe1d6869")

  /// Reads hexadecimal text that a test wrote; wrong text gives no bytes, and so no test passes with it.
  static func bytes(_ hex: String) -> [UInt8] {
    (try? HexDump.bytes(fromHex: hex)) ?? []
  }
}
