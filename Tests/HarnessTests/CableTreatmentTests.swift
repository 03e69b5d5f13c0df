// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

@testable import Harness

/// What the cable does to frames: which come out, when, in which order and how changed, without a kernel.
@Suite struct CableTreatmentTests {
  private static let sender = MACAddress(0xf0, 0x1f, 0xaf, 0x28, 0x8d, 0x92)
  private static let receiver = MACAddress(0x00, 0x00, 0x91, 0x06, 0x41, 0xe1)

  /// What a cable that does something to the packets of one host does to those of a host.
  private static func treatment(
    _ cable: String, of treated: HostName = .sender, from host: HostName = .sender
  ) throws -> CableTreatment {
    let both = treated == .sender ? cable : "{ reverse: \(cable) }"
    // What either may send keeps the check from knowing how many packets there will be.
    let text = "{ network: { cable: \(both) }, exchange: ['x', { payload: 'x', from: 'receiver' }] }"
    return CableTreatment(try #require(scenario(text).network.cable).value, from: host)
  }

  private static func deed(
    _ number: Int, _ kind: CableDeed.Kind, from host: HostName = .sender
  ) -> CableDeed {
    CableDeed(CablePacket(number, from: host), kind)
  }

  /// A frame with a documented packet, and how it is told again.
  private static func frame(_ name: String) -> [UInt8] {
    let header = IPv4Header(
      source: IPv4Address(1, 1, 1, 100), destination: IPv4Address(1, 1, 1, 1), protocol: 253)
    let packet = IPv4Packet.build(header: header, payload: Array(name.utf8), fillingIn: .all)
    return EthernetHeader(destination: receiver, source: sender).bytes + packet.bytes
  }

  private static func name(_ frame: [UInt8]) -> String {
    BarrierMarker(frame).map { "marker \($0.number)" } ?? String(decoding: frame.dropFirst(34), as: UTF8.self)
  }

  private static func marker(_ number: UInt64) -> [UInt8] {
    BarrierMarker(number: number).frame(from: sender, to: receiver)
  }

  /// What comes out of packets a, b, c … that enter at once, and a marker behind them, at the given milliseconds.
  private func played(
    _ cable: String, _ names: [String], at moments: [Int] = [0], of treated: HostName = .sender,
    from host: HostName = .sender
  ) throws -> [[String]] {
    var treatment = try Self.treatment(cable, of: treated, from: host)
    for name in names { treatment.enter(Self.frame(name), at: .zero) }
    treatment.enter(Self.marker(1), at: .zero)
    return moments.map { moment in treatment.leave(at: .milliseconds(moment)).map(Self.name) }
  }

  @Test("deeds are taken once, and packets go on to be counted behind those that are forgotten")
  func forgets() throws {
    var treatment = try Self.treatment("{ drop: [1, 3] }")
    treatment.enter(Self.frame("a"), at: .zero)
    treatment.enter(Self.frame("b"), at: .zero)
    #expect(treatment.takeDeeds() == [Self.deed(1, .dropped)])
    #expect(treatment.takeDeeds().isEmpty && treatment.record.entered.isEmpty)
    treatment.enter(Self.frame("c"), at: .zero)
    #expect(treatment.takeDeeds() == [Self.deed(3, .dropped)])
  }

  static let orders: [(cable: String, out: [String])] = [
    ("{}", ["a", "b", "c", "marker 1"]), ("{ drop: [1, 3] }", ["b", "marker 1"]),
    ("{ duplicate: [2] }", ["a", "b", "b", "c", "marker 1"]),
    ("{ swap: [[1, 2]] }", ["b", "a", "c", "marker 1"]), ("{ swap: [[2, 3]] }", ["a", "c", "b", "marker 1"]),
    ("{ swap: [[1, 2]], duplicate: [1, 2] }", ["b", "b", "a", "a", "c", "marker 1"]),
    // Of the first three packets chance takes the second, by this seed.
    ("{ duplicate: [3], loss: { percent: 25, seed: 1 } }", ["a", "c", "c", "marker 1"]),
    // Of a pair whose second never comes, the first comes out before all is over.
    ("{ swap: [[3, 4]] }", ["a", "b", "c", "marker 1"]),
  ]

  @Test("packets come out as often and in the order that is asked for", arguments: orders, HostName.allCases)
  func order(_ row: (cable: String, out: [String]), from host: HostName) throws {
    #expect(try played(row.cable, ["a", "b", "c"], of: host, from: host) == [row.out])
  }

  @Test("what is asked of one direction is not done to the other", arguments: orders, HostName.allCases)
  func directions(_ row: (cable: String, out: [String]), from host: HostName) throws {
    let untouched = try played(row.cable, ["a", "b", "c"], of: host.other, from: host)
    #expect(untouched == [["a", "b", "c", "marker 1"]])
  }

  @Test("each direction has numbers of its own, and its deeds and failures say whose they are")
  func numbers() throws {
    let text = "{ duplicate: [1], reverse: { drop: [1], corrupt: [{ packet: 2, bit: 168 }] } }"
    var (forward, reverse) = (
      try Self.treatment(text, from: .sender), try Self.treatment(text, from: .receiver)
    )
    for name in ["a", "b"] {
      forward.enter(Self.frame(name), at: .zero)
      reverse.enter(Self.frame(name), at: .zero)
    }
    #expect(forward.leave(at: .zero).map(Self.name) == ["a", "a", "b"])
    #expect(reverse.leave(at: .zero).map(Self.name) == ["b"])
    #expect(forward.record.deeds == [Self.deed(1, .duplicated)])
    #expect(reverse.record.deeds == [Self.deed(1, .dropped, from: .receiver)])
    #expect(forward.record.failures.isEmpty)
    #expect(reverse.record.failures.map(\.packet) == [CablePacket(2, from: .receiver)])
  }

  @Test("a packet that is held back is passed by those behind it, never early, and by no marker")
  func delay() throws {
    let cable = "{ delay: [{ packet: 1, by: '20ms' }, { packet: 2, by: '10ms' }] }"
    let out = try played(cable, ["a", "b", "c"], at: [0, 9, 10, 19, 20])
    #expect(out == [["c"], [], ["b"], [], ["a", "marker 1"]])
  }

  @Test("when nobody looked in time, what was held back comes out in the order of its time")
  func late() throws {
    let cable = "{ delay: [{ packet: 1, by: '20ms' }, { packet: 2, by: '10ms' }] }"
    #expect(try played(cable, ["a", "b", "c"], at: [50]) == [["c", "b", "a", "marker 1"]])
  }

  @Test("what is no IPv4 packet passes untouched and is not numbered")
  func others() throws {
    var treatment = try Self.treatment("{ drop: [1], padTo: 60 }")
    let request =
      EthernetHeader(destination: Self.receiver, source: Self.sender, etherType: .arp).bytes + [1, 2]
    treatment.enter(request, at: .zero)
    treatment.enter(Self.frame("a"), at: .zero)
    treatment.enter(Self.frame("b"), at: .zero)
    let out = treatment.leave(at: .zero)
    #expect(out.first == request)
    #expect(out.map(\.count) == [16, 60])
    #expect(treatment.record.packets == 2)
    #expect(treatment.record.emitted == [2])
  }

  @Test("a checksum whose right value is 0 is not filled in, and one that is there neither")
  func nothingToFillIn() throws {
    var header = IPv4Header(
      source: IPv4Address(1, 1, 1, 100), destination: IPv4Address(1, 1, 1, 1), protocol: 253, totalLength: 20)
    header.identification = header.rightChecksum()
    // The words of a header sum up to 0xffff then, without a checksum (RFC 1071).
    #expect(header.rightChecksum() == 0 && header.checksum == 0)
    var wrong = header
    (wrong.identification, wrong.checksum) = (7, 0x0bad)
    for header in [header, wrong] {
      let frame = EthernetHeader(destination: Self.receiver, source: Self.sender).bytes + header.bytes
      var treatment = try Self.treatment("{ checksumOffload: true }")
      treatment.enter(frame, at: .zero)
      #expect(treatment.leave(at: .zero) == [frame])
      #expect(treatment.record.deeds.isEmpty)
    }
  }

  @Test("the documented packet leaves the NIC with the documented checksum and length")
  func documented() throws {
    // Example 1: identification 0x02aa, checksum 0x32d1, 46 bytes at the sender and 60 at the receiver.
    let packet = try HexDump.bytes(
      fromHex: "4500002002aa000080fd0000010101640101010148656c6c6f20576f726c6421")
    var treatment = try Self.treatment("{ padTo: 60, checksumOffload: true }")
    let header = EthernetHeader(destination: Self.receiver, source: Self.sender).bytes
    treatment.enter(header + packet, at: .zero)
    var right = header + packet
    right.replaceSubrange(24..<26, with: [0x32, 0xd1])
    #expect(treatment.leave(at: .zero) == [right + [UInt8](repeating: 0, count: 14)])
    #expect(
      treatment.record.deeds == [Self.deed(1, .checksumFilledIn(0x32d1)), Self.deed(1, .padded(14))])
  }

  @Test("a checksum that already exists is left alone")
  func checksumIsThere() throws {
    var treatment = try Self.treatment("{ checksumOffload: true }")
    var wrong = Self.frame("a")
    wrong[24] ^= 0xff
    treatment.enter(wrong, at: .zero)
    #expect(treatment.leave(at: .zero) == [wrong])
    #expect(treatment.record.deeds.isEmpty)
  }

  @Test("bit 0 is the top bit of the packet's first byte, and the last is the lowest of its last byte")
  func bits() throws {
    let frame = Self.frame("a")
    for (bit, position, mask) in [(0, 14, 0x80), (7, 14, 0x01), (8, 15, 0x80), (167, 34, 0x01)] {
      var treatment = try Self.treatment("{ corrupt: [{ packet: 1, bit: \(bit) }] }")
      treatment.enter(frame, at: .zero)
      var right = frame
      right[position] ^= UInt8(mask)
      #expect(treatment.leave(at: .zero) == [right])
      #expect(treatment.record.deeds == [Self.deed(1, .bitFlipped(bit))])
    }
  }

  @Test("just the bit that is named is flipped, whichever it is")
  func everyBit() throws {
    let frame = Self.frame("a")
    var seen: Set<[UInt8]> = []
    for bit in 0..<168 {
      var treatment = try Self.treatment("{ corrupt: [{ packet: 1, bit: \(bit) }] }")
      treatment.enter(frame, at: .zero)
      let changed = try #require(treatment.leave(at: .zero).first)
      #expect(zip(frame, changed).map { ($0 ^ $1).nonzeroBitCount }.reduce(0, +) == 1)
      seen.insert(changed)
    }
    #expect(seen.count == 168)
  }

  @Test("a bit and a cut beyond the packet are not done, and said")
  func beyond() throws {
    let cable = "{ corrupt: [{ packet: 1, bit: 168 }], truncate: [{ packet: 2, to: 21 }] }"
    var treatment = try Self.treatment(cable)
    treatment.enter(Self.frame("a"), at: .zero)
    treatment.enter(Self.frame("b"), at: .zero)
    #expect(treatment.leave(at: .zero) == [Self.frame("a"), Self.frame("b")])
    #expect(treatment.record.deeds.isEmpty)
    #expect(treatment.record.failures.map(\.packet.number) == [1, 2])
  }

  @Test("what is cut is cut after padding")
  func cut() throws {
    var treatment = try Self.treatment("{ padTo: 60, truncate: [{ packet: 1, to: 3 }] }")
    treatment.enter(Self.frame("a"), at: .zero)
    #expect(treatment.leave(at: .zero) == [Array(Self.frame("a").prefix(17))])
  }

  @Test("chance takes the packets that SplitMix64 says, computed by another program")
  func loss() throws {
    // From a Python program after Steele, Lea and Flood: 25 % of the first twenty, by seeds 0 to 5.
    let taken = [
      [2, 7, 11, 15, 16, 18], [2, 9, 14, 15, 19], [1, 6, 12, 16, 17, 18, 19], [10, 11, 12, 15],
      [2, 7, 15, 16],
      [1, 4, 7, 8, 13, 14],
    ]
    for (seed, numbers) in taken.enumerated() {
      let cable = "{ loss: { percent: 25, seed: \(seed) } }"
      var treatment = try Self.treatment(cable)
      for _ in 1...20 { treatment.enter(Self.frame("x"), at: .zero) }
      #expect(treatment.leave(at: .zero).count == 20 - numbers.count)
      #expect(treatment.record.deeds == numbers.map { Self.deed($0, .lost) })
    }
  }

  // MARK: - By what a packet is

  static let matches: [(cable: String, out: [String])] = [
    ("{ drop: [{ payload: 'a' }] }", ["b", "a", "c", "a", "marker 1"]),
    ("{ drop: [{ nth: 2, payload: 'a' }] }", ["a", "b", "c", "a", "marker 1"]),
    ("{ drop: [{ nth: [1, 3], payload: 'a' }] }", ["b", "a", "c", "marker 1"]),
    ("{ drop: [{ nth: 'every', payload: 'a' }] }", ["b", "c", "marker 1"]),
    ("{ drop: [{ nth: { every: 2 }, header: { protocol: 253 } }] }", ["a", "a", "a", "marker 1"]),
    ("{ duplicate: [{ nth: 3, payload: 'a' }] }", ["a", "b", "a", "c", "a", "a", "marker 1"]),
    ("{ swap: [{ payload: 'a' }] }", ["b", "a", "a", "c", "a", "marker 1"]),
    ("{ swap: [{ nth: 2, payload: 'a' }] }", ["a", "b", "c", "a", "a", "marker 1"]),
    // One that has just changed places stays, although it matches, and of the last the next never comes.
    ("{ swap: [{ nth: 'every', header: { protocol: 253 } }] }", ["b", "a", "c", "a", "a", "marker 1"]),
    // A number counts all packets, a match its own.
    ("{ drop: [1, { nth: 2, payload: 'a' }] }", ["b", "c", "a", "marker 1"]),
    (
      "{ swap: [{ payload: 'c' }], duplicate: [{ nth: 'every', payload: 'a' }] }",
      ["a", "a", "b", "a", "a", "a", "a", "c", "marker 1"]
    ),
  ]

  @Test("packets are treated by what they are", arguments: matches, HostName.allCases)
  func match(_ row: (cable: String, out: [String]), from host: HostName) throws {
    #expect(try played(row.cable, ["a", "b", "a", "c", "a"], of: host, from: host) == [row.out])
  }

  @Test("what matches is counted, in each direction for itself, and told by its number")
  func counts() throws {
    let cable = "{ drop: [{ nth: 2, payload: 'a' }, { nth: 9, payload: 'b' }, 1] }"
    var treatment = try Self.treatment(cable)
    for name in ["x", "a", "b", "a", "a"] { treatment.enter(Self.frame(name), at: .zero) }
    #expect(treatment.record.matched == [0: 3, 1: 1])
    #expect(treatment.record.deeds == [Self.deed(1, .dropped), Self.deed(4, .dropped)])
    var other = try Self.treatment(cable, from: .receiver)
    other.enter(Self.frame("a"), at: .zero)
    #expect(other.record.matched == [:])
  }

  @Test("a packet that matches is changed and held back as one with a number")
  func matchesThatChange() throws {
    let cable = """
      { corrupt: [{ packet: { payload: 'a' }, bit: 160 }], truncate: [{ packet: { payload: 'b' }, to: 20 }],
        delay: [{ packet: { payload: 'a' }, by: '20ms' }] }
      """
    var treatment = try Self.treatment(cable)
    for name in ["x", "a", "b"] { treatment.enter(Self.frame(name), at: .zero) }
    var flipped = Self.frame("a")
    flipped[34] ^= 0x80
    #expect(treatment.leave(at: .zero) == [Self.frame("x"), Array(Self.frame("b").prefix(34))])
    #expect(treatment.leave(at: .milliseconds(20)) == [flipped])
    #expect(
      treatment.record.deeds == [
        Self.deed(2, .bitFlipped(160)), Self.deed(2, .delayed(.milliseconds(20))),
        Self.deed(3, .truncated(20)),
      ])
  }

  static let contradictions: [(cable: String, out: [String], reasons: [String])] = [
    (
      "{ drop: [{ payload: 'a' }], duplicate: [1] }", ["b", "a"],
      ["is dropped: nothing else can be done to it"]
    ),
    ("{ drop: [1, { payload: 'a' }] }", ["b", "a"], ["is in \"drop\" twice"]),
    ("{ duplicate: [1, { payload: 'a' }] }", ["a", "a", "b", "a"], ["is in \"duplicate\" twice"]),
    ("{ swap: [{ payload: 'a' }, { payload: 'b' }] }", ["b", "a", "a"], ["changes places twice"]),
    (
      "{ swap: [{ payload: 'a' }], drop: [{ payload: 'b' }] }", ["a", "a"],
      ["is dropped: nothing else can be done to it"]
    ),
    (
      "{ swap: [{ nth: 2, payload: 'a' }] }", ["a", "b", "a"],
      ["should have changed places with packet 4, which never came"]
    ),
    (
      "{ swap: [{ payload: 'a' }], delay: [{ packet: { payload: 'b' }, by: '1ms' }] }", ["b", "a", "a"],
      ["changes places with another: it cannot be delayed too"]
    ),
    (
      "{ corrupt: [{ packet: 1, bit: 9 }, { packet: { payload: 'a' }, bit: 9 }], drop: [3] }", ["?", "b"],
      ["has its bit 9 flipped twice"]
    ),
    (
      "{ corrupt: [{ packet: { payload: 'b' }, bit: 165 }], truncate: [{ packet: 2, to: 20 }] }",
      ["a", "", "a"],
      ["is truncated to 20 bytes: its bit 165 does not come out"]
    ),
    (
      "{ loss: { percent: 100, seed: 1 }, duplicate: [{ payload: 'b' }] }", [],
      ["is lost because of the seed: nothing else can be done to it"]
    ),
    // Of every packet that matches, what can be done is done.
    ("{ drop: [1], duplicate: [{ nth: 'every', payload: 'a' }] }", ["b", "a", "a"], []),
    ("{ loss: { percent: 100, seed: 1 }, duplicate: [{ nth: { every: 1 }, payload: 'b' }] }", [], []),
  ]

  @Test(
    "what cannot be done to a packet beside something else is not done, and said", arguments: contradictions)
  func contradiction(_ row: (cable: String, out: [String], reasons: [String])) throws {
    var treatment = try Self.treatment(row.cable)
    for name in ["a", "b", "a"] { treatment.enter(Self.frame(name), at: .zero) }
    treatment.enter(Self.marker(1), at: .zero)
    let out = treatment.leave(at: .zero).map { BarrierMarker($0) == nil && $0[15] != 0 ? "?" : Self.name($0) }
    #expect(out == row.out + ["marker 1"])
    #expect(treatment.record.failures.map(\.reason) == row.reasons)
    #expect(treatment.record.failures.allSatisfy { $0.span != nil })
  }

  @Test("a pair of which one is dropped has not changed places")
  func noPartner() throws {
    var treatment = try Self.treatment("{ swap: [{ nth: 'every', payload: 'a' }], drop: [{ payload: 'b' }] }")
    for name in ["a", "b", "a", "c"] { treatment.enter(Self.frame(name), at: .zero) }
    #expect(treatment.leave(at: .zero).map(Self.name) == ["a", "c", "a"])
    #expect(treatment.record.deeds == [Self.deed(2, .dropped), Self.deed(3, .swapped)])
    #expect(treatment.record.emitted == [1, 4, 3])
  }
}
