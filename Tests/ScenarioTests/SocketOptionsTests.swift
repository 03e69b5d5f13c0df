// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@testable import Scenario

/// What Linux 6.18 does with options that are set for a plain socket, as it was seen to; RFC 791 §3.1, RFC 2113 and the
/// CIPSO draft say what they are.
@Suite("Options of a plain socket")
struct SocketOptionsTests {
  private func options(_ hex: String) throws -> SocketOptions {
    let bytes = try HexDump.bytes(fromHex: hex)
    let padded = IPv4Option.paddedBytes(of: [.malformed(bytes)])
    return SocketOptions(padded, to: IPv4Address(1, 1, 1, 1), from: Network.lan.sender)
  }

  @Test(
    "the kernel sends these as they are",
    arguments: [
      "01", "01010101", "00", "01000000", "0100000000000000",
      // A type that nobody knows, of any length that fits.
      "1e02", "1e04abcd", "ff02", "82022a03ff", "8802",
      // A record route without an empty slot.
      "070304", "0703ff", "07070801010101", "070c0d010101010101010101",
      // A timestamp without room, one whose flag nobody knows, and one for another host.
      "44040500", "440405e0", "440405f3", "44080900 00000000", "440805f2 00000000",
      "440c0503 01010163 00000000",
      "440c0503 00010203 00000000", "440c0503 f0000001 00000000", "440c0d03 01010164 00000000",
      // A router alert, however long, twice too.
      "94040000", "94040001", "9406000000ff", "94040000 94040000",
      // A loose route to nobody but the destination.
      "83070401010101", "830b04 01010101 01010101",
      // One of each.
      "070304 44040500 83070401010101 94040000 1e02",
    ])
  func carried(_ hex: String) throws {
    let options = try options(hex)
    #expect(options.refusal == nil && options.change == nil)
  }

  @Test(
    "the kernel refuses these, for a reason that names the option",
    arguments: [
      // Cut by the end of the header, or by the options.
      ("01010107", "a record route without a length"), ("0101011e", "option 30 without a length"),
      ("07000000", "a record route of length 0"), ("1e010000", "option 30 of length 1"),
      ("1e090909", "option 30 of length 9, but only 4 bytes are left"),
      ("9405000000", nil), ("94ff0000", "a router alert of length 255, but only 4 bytes are left"),
      // Too short for what they are.
      ("0702", "a record route of length 2"), ("44030500", "a timestamp of length 3"),
      ("44020000", "a timestamp of length 2"), ("83030400", "a source route of length 3"),
      ("89060401010100", "a source route of length 6"), ("94030000", "a router alert of length 3"),
      ("94020000", "a router alert of length 2"),
      // Pointers before the first slot, and ones that leave room for half a slot.
      ("07070300000000", "a record route with pointer 3"), ("070703", "a record route"),
      ("07070000000000", "a record route with pointer 0"),
      ("44080400 00000000", "a timestamp with pointer 4"),
      ("07070500000000", "a record route with only 3 of 4 bytes"),
      ("44080600 00000000", "a timestamp with only 3 of 4 bytes"),
      ("44080802 00000000", "a timestamp with only 1 of 4 bytes"),
      ("44080501 00000000", "a timestamp with only 4 of 8 bytes"),
      ("44080503 00000000", "a timestamp with only 4 of 8 bytes"),
      ("83070301010101", "a source route with pointer 3"),
      ("83070801010101", "a source route with pointer 8"),
      ("890b08 01010101 01010101", "a source route with pointer 8"),
      ("8308040101010100", "a source route of length 8, which is not a whole number of addresses"),
      // Full, and nobody more can be counted.
      ("440405f0", "a full timestamp whose overflow is full too"), ("440405f1", "a full timestamp"),
      ("440405f2", "a full timestamp"), ("440809ff 00000000", "a full timestamp"),
      // Two of a kind.
      ("070304 070304", "a second record route"), ("44040500 44040500", "a second timestamp"),
      ("83070401010101 83070401010101", "a second source route"),
      ("83070401010101 89070401010101", "a second source route"),
      // Labels, right or not.
      ("86080000 00010102", "a CIPSO label"), ("86060000 0001", "a CIPSO label"),
      ("86020000", "a CIPSO label"),
      // Behind others that are right, or that it would fill in.
      ("01 1e02 9403ff", "a router alert"), ("07070400000000 0702", "a record route of length 2"),
    ] as [(String, String?)])
  func refused(_ hex: String, _ reason: String?) throws {
    let refusal = try options(hex).refusal
    if let reason { #expect(refusal?.hasPrefix(reason) == true, "\(refusal ?? "none")") }
    #expect((refusal == nil) == (reason == nil))
    #expect(try options(hex).change == nil)
  }

  @Test(
    "the kernel takes these and sends something else",
    arguments: [
      ("07070400000000", "its address"), ("07070401020304", "its address"),
      ("070b0801010101 00000000", "its address"),
      ("070a0400000000 000000", "its address"),
      ("44080500 00000000", "the time"), ("440c0501 00000000 00000000", "the time"),
      ("440805f0 00000000", "the time"),
      // For an address that the host takes for its own: itself, its loopback, all, a group.
      ("440c0503 01010164 00000000", "the time"), ("440c0503 7f000001 00000000", "the time"),
      ("440c0503 00000000 00000000", "the time"), ("440c0503 010101ff 00000000", "the time"),
      ("440c0503 ffffffff 00000000", "the time"), ("440c0503 e0000001 00000000", "the time"),
      ("44140d03 01010101 00000005 01010164 00000000", "the time"),
      ("83070401010102", "follows"), ("830b04 01010101 01010102", "follows"), ("89070401010102", "follows"),
      ("00010000", "follows the end"), ("01000001", "follows the end"),
      ("0000000000000007", "follows the end"),
      ("00 9403ff", "follows the end"), ("1e02 00 07", "follows the end"),
    ])
  func changed(_ hex: String, _ reason: String) throws {
    let options = try options(hex)
    #expect(options.refusal == nil)
    #expect(options.change?.contains(reason) == true, "\(options.change ?? "none")")
  }
}
