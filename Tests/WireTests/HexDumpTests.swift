// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("Hex dump")
struct HexDumpTests {
  private let packet = KnownBytes.bytes(
    "45 00 00 24 1c 46 00 00 40 fd 48 fb 01 01 01 64 01 01 01 01 48 65")

  // The layout is the one that the documentation of the command line shows.
  @Test("a marked run stands in brackets, and a short last line keeps the text in its column")
  func layout() {
    #expect(
      HexDump.lines(packet, marking: [4, 5]) == [
        "0000  45 00 00 24[1c 46]00 00 40 fd 48 fb 01 01 01 64   E..$.F..@.H....d",
        "0010  01 01 01 01 48 65                                 ....He",
      ])
  }

  @Test("a run that crosses the end of a line is closed and opened again")
  func crossesLines() {
    #expect(
      HexDump.lines(packet, marking: Set(14..<18)) == [
        "0000  45 00 00 24 1c 46 00 00 40 fd 48 fb 01 01[01 64]  E..$.F..@.H....d",
        "0010 [01 01]01 01 48 65                                 ....He",
      ])
  }

  @Test("the last byte of a short line can be marked")
  func marksLastByte() {
    #expect(HexDump.lines([0x41, 0x42], marking: [1])[0].hasPrefix("0000  41[42] "))
    #expect(HexDump.lines([0x41], marking: [1, -1, 99]) == HexDump.lines([0x41]))
  }

  @Test("beyond the limit only the number of bytes is told")
  func limit() {
    let bytes = [UInt8](repeating: 0x20, count: 155)
    #expect(HexDump.lines(bytes, limit: 32).count == 3)
    #expect(HexDump.lines(bytes, limit: 32).last == "0020  ... 123 more bytes")
    #expect(HexDump.lines(bytes, limit: 154).last == "009a  ... 1 more byte")
    #expect(HexDump.lines(bytes, limit: 155) == HexDump.lines(bytes))
    #expect(HexDump.lines(bytes, limit: -1) == ["0000  ... 155 more bytes"])
    #expect(HexDump.lines([]).isEmpty)
  }

  @Test("only printable ASCII is shown as it is")
  func printable() {
    let line = HexDump.lines([0x1F, 0x20, 0x7E, 0x7F, 0x80, 0xFF, 0x1B])[0]
    #expect(line.hasSuffix("   . ~...."))
  }

  @Test("offsets beyond four digits get a fifth")
  func longOffset() {
    let lines = HexDump.lines([UInt8](repeating: 0, count: 65537))
    #expect(lines.last?.hasPrefix("10000  00 ") == true)
  }

  @Test(
    "bytes are read from digits of either case, with white space or colons between them",
    arguments: ["4aBc01", "4a bc 01", "4A:BC:01", " 4a\n\tbc\r\n01 ", "4abc:01", "4a:  bc 01"])
  func readsHex(_ text: String) throws {
    #expect(try HexDump.bytes(fromHex: text) == [0x4A, 0xBC, 0x01])
  }

  @Test("no text is no bytes")
  func readsNothing() throws {
    #expect(try HexDump.bytes(fromHex: " ") == [])
  }

  @Test(
    "the first wrong character is told by its place",
    arguments: [
      ("4", 0, HexError.Reason.halfByte), ("4a b", 3, .halfByte), ("4 a", 0, .halfByte),
      ("4:aa", 0, .halfByte), ("4g", 1, .notHexadecimal), ("g4", 0, .notHexadecimal),
      ("0x4a", 1, .notHexadecimal), ("4a é", 3, .notHexadecimal), (":4a", 0, .misplacedColon),
      ("4a:", 2, .misplacedColon), ("4a::bc", 3, .misplacedColon), ("4a :bc", 3, .misplacedColon),
    ])
  func wrongHex(_ text: String, _ index: Int, _ reason: HexError.Reason) throws {
    let error = try #require(throws: HexError.self) { try HexDump.bytes(fromHex: text) }
    #expect((error.index, error.reason) == (index, reason))
    #expect(error.description.hasPrefix("the character at \(index) "))
  }

  @Test("a string of digits reads as the bytes that it was made of")
  func hexString() throws {
    #expect(HexDump.hexString([0x00, 0x0F, 0xF0]) == "000ff0")
    let bytes = (0...255).map { UInt8($0) }
    #expect(try HexDump.bytes(fromHex: HexDump.hexString(bytes)) == bytes)
  }
}
