// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("IPv4 options")
struct IPv4OptionTests {
  private static let loopback = IPv4Address(127, 0, 0, 1)

  // Types and layouts by RFC 791 §3.1 and RFC 2113 §2.1; the record routes and timestamps are from Linux 6.18.
  @Test(
    "each option is read, and writes the same bytes",
    arguments: [
      ("00", IPv4Option.end, "end of options"),
      ("01", .noOperation, "no operation"),
      (
        "070b087f00000100000000", .recordRoute(pointer: 8, route: [loopback, .any]),
        "record route (pointer 8): 127.0.0.1, 0.0.0.0"
      ),
      (
        "440c0d0004d75e8c04d75e8d",
        .timestamp(pointer: 13, overflow: 0, flag: 0, words: [0x04D7_5E8C, 0x04D7_5E8D]),
        "timestamp (pointer 13, overflow 0, flag 0): 81223308 ms, 81223309 ms"
      ),
      (
        "440c0d217f00000100000005",
        .timestamp(pointer: 13, overflow: 2, flag: 1, words: [0x7F00_0001, 5]),
        "timestamp (pointer 13, overflow 2, flag 1): 127.0.0.1, 5 ms"
      ),
      ("94040000", .routerAlert(0), "router alert: 0"),
      (
        "8307047f000001", .looseSourceRoute(pointer: 4, route: [loopback]),
        "loose source route (pointer 4): 127.0.0.1"
      ),
      (
        "8907047f000001", .strictSourceRoute(pointer: 4, route: [loopback]),
        "strict source route (pointer 4): 127.0.0.1"
      ),
      ("070304", .recordRoute(pointer: 4, route: []), "record route (pointer 4)"),
      ("1e04abcd", .unknown(type: 30, data: [0xAB, 0xCD]), "option 30: abcd"),
    ])
  func wellFormed(_ hex: String, _ option: IPv4Option, _ description: String) {
    let bytes = KnownBytes.bytes(hex)
    #expect(IPv4Option.parse(bytes) == [option])
    #expect(option.bytes == bytes)
    #expect(option.description == description)
  }

  @Test(
    "an option whose length is missing, below 2, or beyond the header spoils the rest",
    arguments: ["07", "0700", "0701ffff", "070b08", "1eff0000"])
  func spoilsTheRest(_ hex: String) {
    let bytes = KnownBytes.bytes(hex)
    #expect(IPv4Option.parse([1] + bytes) == [.noOperation, .malformed(bytes)])
  }

  @Test(
    "an option whose length is not that of its type is malformed, and the next is read",
    arguments: ["0702", "07040400", "070604010101", "4403ff", "440605000000", "94030000", "9405000000"])
  func wrongLengthForType(_ hex: String) throws {
    let bytes = KnownBytes.bytes(hex)
    let length = Int(bytes[1])
    let malformed = Array((bytes + [1]).prefix(length))
    #expect(IPv4Option.parse(malformed + [1]) == [.malformed(malformed), .noOperation])
  }

  @Test("zeros after the end are padding, and anything else after it is malformed")
  func afterTheEnd() {
    #expect(IPv4Option.parse([1, 0, 0, 0]) == [.noOperation, .end, .end, .end])
    #expect(IPv4Option.parse([0, 0, 1, 0]) == [.end, .end, .malformed([1, 0])])
  }

  @Test("new options have the pointer at their first slot")
  func newOptions() {
    #expect(IPv4Option.recordRoute(slots: 2).bytes == KnownBytes.bytes("070b040000000000000000"))
    #expect(IPv4Option.timestamp(slots: 2, flag: 0).bytes == KnownBytes.bytes("440c05000000000000000000"))
    #expect(IPv4Option.timestamp(slots: 1, flag: 1).bytes == KnownBytes.bytes("440c05010000000000000000"))
    #expect(
      IPv4Option.looseSourceRoute([Self.loopback]) == .looseSourceRoute(pointer: 4, route: [Self.loopback]))
    #expect(
      IPv4Option.strictSourceRoute([Self.loopback])
        == .strictSourceRoute(pointer: 4, route: [Self.loopback]))
  }

  @Test("a list is padded with ends to a multiple of 4")
  func padded() {
    #expect(IPv4Option.paddedBytes(of: []).isEmpty)
    #expect(IPv4Option.paddedBytes(of: [.noOperation]) == [1, 0, 0, 0])
    #expect(IPv4Option.paddedBytes(of: [.routerAlert(0)]) == [0x94, 4, 0, 0])
  }

  @Test("whatever the bytes, those of the options read from them are the same again")
  func roundTrip() {
    let types: [UInt8] = [0, 1, 7, 68, 131, 137, 148]
    var random = SplitMix64(seed: 2113)
    for _ in 0..<5000 {
      var bytes = random.bytes(0...40)
      // Random bytes alone would hardly ever be an option that is read.
      if let type = types.randomElement(using: &random), bytes.count > 1 {
        bytes[0] = type
        bytes[1] = UInt8.random(in: 0...41, using: &random)
      }
      #expect(IPv4Option.parse(bytes).flatMap { $0.bytes } == bytes)
    }
  }
}
