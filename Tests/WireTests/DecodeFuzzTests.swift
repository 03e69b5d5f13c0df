// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing
import Wire

/// Packets and capture files broken by the thousand, and by the million in `ci/fuzz`: whatever the bytes are,
/// taking them apart ends without a trap.
@Suite("Fuzzing the dissection")
struct DecodeFuzzTests {
  /// How many inputs: `TWOHOST_FUZZ_ROUNDS`, or enough to be worth a second of the tests.
  private static let rounds =
    ProcessInfo.processInfo.environment["TWOHOST_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 2_000

  /// Some bytes changed, cut out or put in.
  private func mutated(_ original: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1 where !bytes.isEmpty: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
      case 2: bytes.insert(contentsOf: random.bytes(1...8), at: min(place, bytes.count))
      default: bytes.append(contentsOf: random.bytes(1...40))
      }
    }
    return bytes
  }

  @Test("mutated packets are taken apart, and each field lies inside the packet")
  func packets() {
    var random = SplitMix64(seed: 20_260_103)
    for round in 0..<Self.rounds {
      let bytes = mutated(KnownBytes.documented[round % KnownBytes.documented.count], &random)
      for dissection in [Dissection(packet: bytes, as: .v4), Dissection(ethernet: bytes)] {
        let fields = dissection.layers.flatMap(\.fields)
        if !fields.allSatisfy({ $0.range.upperBound <= bytes.count }) {
          Issue.record("a field outside of \(bytes)")
        }
      }
    }
  }

  /// A packet that begins with any link type that is read, or with one of its neighbours, and goes on at random: half of
  /// them with the beginning of a packet that is known.
  private func randomPacket(_ random: inout SplitMix64) -> CaptureFile.Packet {
    let links: [UInt16] = [0, 1, 1, 1, 9, 12, 14, 50, 101, 101, 108, 113, 127, 228, 229, 276]
    let types: [[UInt8]] = [[8, 0], [8, 6], [0x81, 0], [0x88, 0xA8], [0x86, 0xDD], [0, 40]]
    let protocols: [UInt8] = [0, 1, 4, 6, 17, 41, 43, 44, 51, 58, 59, 60]
    var bytes = random.bytes(0...120)
    func set(_ place: Int, _ values: [UInt8]) {
      for (offset, value) in values.enumerated() where place + offset < bytes.count {
        bytes[place + offset] = value
      }
    }
    let link = links.randomElement(using: &random) ?? 1
    let number = protocols.randomElement(using: &random) ?? 0
    var begin = 0
    if link == 1 {
      set(12, types.randomElement(using: &random) ?? [])
      begin = 14
    }
    if Bool.random(using: &random) {
      set(
        begin,
        Bool.random(using: &random)
          ? [0x45, 0, 0, 80, 0, 0, 0, 0, 64, number] : [0x60, 0, 0, 0, 0, 60, number])
    }
    return CaptureFile.Packet(bytes, linkType: link)
  }

  @Test("random packets of each link type are taken apart, and match a filter or not")
  func randomPackets() throws {
    let filter = try PacketFilter("tcp.port == 80 or not (udp and frame.len > 20) or ip.src == 1.1.1.1")
    var random = SplitMix64(seed: 20_260_105)
    for _ in 0..<Self.rounds {
      let packet = randomPacket(&random)
      let dissection = Dissection(packet)
      _ = filter.matches(dissection, of: packet, number: 1)
      let fields = dissection.layers.flatMap(\.fields)
      if !fields.allSatisfy({ $0.range.upperBound <= packet.bytes.count }) {
        Issue.record("a field outside of \(packet)")
      }
    }
  }

  @Test("mutated capture files are read or refused")
  func captureFiles() {
    var random = SplitMix64(seed: 20_260_104)
    let whole =
      CaptureFileTests.section + CaptureFileTests.text2pcapInterface + CaptureFileTests.editcapPacket
    var refused = 0
    for _ in 0..<Self.rounds {
      let bytes = mutated(whole, &random)
      if (try? CaptureFile.parse(bytes)) == nil { refused += 1 }
    }
    #expect(refused > 0 && refused < Self.rounds)
  }
}
