// SPDX-License-Identifier: Apache-2.0

import Report
import Testing
import Wire

/// The two lines that the documented receiver prints of a packet.
@Suite struct ReceivedPacketTextTests {
  // The packets and texts of the documented exchange.
  @Test(
    "the documented packets give the documented two lines",
    arguments: [
      ("4500002136c8000080fdfeb1010101640101010148656c6c6f20576f726c642021", "Hello World !"),
      ("4500001636dd000080fdfea701010164010101014869", "Hi"),
      ("450000213716000080fdfe630101016401010101486f772061726520796f75203f", "How are you ?"),
      ("450000183760000080fdfe22010101640101010151756974", "Quit"),
    ])
  func documented(_ hex: String, _ text: String) throws {
    #expect(ReceivedPacketText.text(try HexDump.bytes(fromHex: hex)) == "\(hex)\n\(text)\n")
  }

  private func textLine(of payload: [UInt8], options: [UInt8] = []) -> String {
    let address = IPv4Address(1, 1, 1, 1)
    let header = IPv4Header(source: address, destination: address, protocol: 253, options: options)
    let lines = ReceivedPacketText.text(IPv4Packet.build(header: header, payload: payload).bytes)
    return lines.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().joined(separator: "\n")
  }

  @Test("the text begins where the header length says, not at byte 20")
  func options() {
    #expect(textLine(of: Array("Hi".utf8), options: [1, 1, 1, 0]) == "Hi\n")
  }

  @Test("what is no text is escaped")
  func escaped() {
    #expect(textLine(of: [0x41, 0xff, 0x1b, 0x42]) == "A\\xff\\x1bB\n")
    #expect(textLine(of: Array("\u{1b}[2J\nä\u{202e}".utf8)) == "\\u{1b}[2J\\nä\\u{202e}\n")
    #expect(textLine(of: []) == "\n")
  }

  @Test("bytes that are too few for a header have no text")
  func short() {
    #expect(ReceivedPacketText.text([0x45, 0x00]) == "4500\n\n")
  }
}
